"""Conditions as data: a small closed set of nodes, without Python callables so that they stay translatable."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from app.logic.values import Number

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge"]
Literal_ = bool | str | Number


@dataclass(frozen=True, slots=True)
class All:
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    item: "Condition"


@dataclass(frozen=True, slots=True)
class AtLeast:
    k: int
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    fact: str
    op: Operator
    value: Literal_


@dataclass(frozen=True, slots=True)
class Between:
    """``low <= fact <= high``."""

    fact: str
    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class OneOf:
    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleRef:
    rule: str


@dataclass(frozen=True, slots=True)
class ScoreRef:
    score: str
    op: Operator
    value: Number


Condition = All | AnyOf | Not | AtLeast | Compare | Between | OneOf | RuleRef | ScoreRef


class ConditionError(ValueError):
    """A condition that cannot be read; ``path`` leads from the condition's root to the fault."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


_ = (Decimal, Any)
