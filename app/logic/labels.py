"""What a node says of itself, whatever the patient: written once per program, shared by all explanations."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from app.logic.conditions import (
    All,
    AnyOf,
    AtLeast,
    Between,
    Compare,
    Condition,
    Literal_,
    Not,
    OneOf,
    RuleRef,
)

Kind = Literal["all", "any", "not", "at_least", "fact", "rule", "score", "item"]
Threshold = Literal_ | tuple[Literal_, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """``subject`` is the fact, rule, score or item it is about; ``number`` the k of an at_least or an item's points."""

    kind: Kind
    subject: str
    op: str
    threshold: Threshold | None
    number: int | None
    data: Mapping[str, Any]


def json_number(value: object) -> object:
    """A Decimal as a number that JSON writes the same way: 2.50 as 2.5. Anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def label(
    kind: Kind, subject: str = "", op: str = "", threshold: Threshold | None = None, number: int | None = None
) -> Label:
    """A label, and its form for JSON."""
    data: dict[str, Any] = {"kind": kind}
    if subject:
        data[kind] = subject
    if number is not None:
        data["points" if kind == "item" else "k"] = number
    if op:
        plain = list(map(json_number, threshold)) if isinstance(threshold, tuple) else json_number(threshold)
        data |= {"op": op, "threshold": plain}
    return Label(kind, subject, op, threshold, number, data)


def label_of(condition: Condition) -> Label:
    match condition:
        case All():
            return label("all")
        case AnyOf():
            return label("any")
        case Not():
            return label("not")
        case AtLeast(k):
            return label("at_least", number=k)
        case Compare(fact, op, value):
            return label("fact", fact, op, value)
        case Between(fact, low, high):
            return label("fact", fact, "between", (low, high))
        case OneOf(fact, values):
            return label("fact", fact, "in", values)
        case RuleRef(rule):
            return label("rule", rule)
        case _:
            return label("score", condition.score, condition.op, condition.value)
