"""Small mistakes an author could make in a condition, one at a time, as a tree of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from app.authoring.ranges import Ranges
from app.logic.conditions import (
    All,
    AnyOf,
    AtLeast,
    Between,
    Compare,
    Condition,
    Not,
    OneOf,
    Operator,
    Path,
    RuleRef,
    ScoreRef,
    children,
    located,
)
from app.logic.values import Number, is_number

T = TypeVar("T")
_NEXT: dict[Operator, Operator] = {"ge": "gt", "gt": "ge", "lt": "le", "le": "lt", "eq": "ne", "ne": "eq"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A condition with one mistake: where it is, and what it is."""

    path: Path
    what: str
    condition: Condition


def mutants(condition: Condition, ranges: Ranges) -> Iterator[Mutant]:
    """Every mutant of a condition, in the order of its nodes."""
    for path, node in located(condition):
        for what, changed in _of(node, ranges):
            yield Mutant(path, what, put(condition, path, changed))


def put(condition: Condition, path: Path, changed: Condition) -> Condition:
    """The condition with the node at ``path`` replaced; the path is that of ``conditions.located``."""
    if not path:
        return changed
    if isinstance(condition, Not):
        return Not(put(condition.item, path[1:], changed))
    assert isinstance(condition, All | AnyOf | AtLeast)
    index, rest = path[1], path[2:]
    items = tuple(
        put(item, rest, changed) if place == index else item for place, item in enumerate(children(condition))
    )
    return replace(condition, items=items)


def _of(node: Condition, ranges: Ranges) -> Iterator[tuple[str, Condition]]:
    match node:
        case All(items) | AnyOf(items):
            other = AnyOf if isinstance(node, All) else All
            if len(items) > 1:
                yield "all and any swapped", other(items)
                yield from (
                    (f"part {place} dropped", type(node)(_without(items, place))) for place in range(len(items))
                )
        case AtLeast(k, items):
            yield from (
                (f"at least {other}", AtLeast(other, items)) for other in (k - 1, k + 1) if 1 <= other <= len(items)
            )
        case Not(item):
            yield "not dropped", item
        case _:
            yield from _of_leaf(node, ranges)


def _of_leaf(node: Condition, ranges: Ranges) -> Iterator[tuple[str, Condition]]:
    match node:
        case Compare(_, op, value) if is_number(value):
            yield f"{op} read as {_NEXT[op]}", replace(node, op=_NEXT[op])
            yield from ((f"{near} for {value}", replace(node, value=near)) for near in _near(node.fact, value, ranges))
        case Between(fact, low, high):
            yield from ((f"{near} for {low}", replace(node, low=near)) for near in _near(fact, low, ranges))
            yield from ((f"{near} for {high}", replace(node, high=near)) for near in _near(fact, high, ranges))
        case OneOf(_, values):
            yield "negated", Not(node)
            if len(values) > 1:
                yield from (
                    (f"{value} dropped", replace(node, values=_without(values, place)))
                    for place, value in enumerate(values)
                )
        case ScoreRef(_, op, value):
            yield f"{op} read as {_NEXT[op]}", replace(node, op=_NEXT[op])
            yield from ((f"{near} for {value}", replace(node, value=near)) for near in (value - 1, value + 1))
        case Compare() | RuleRef():
            yield "negated", Not(node)


def _without(items: tuple[T, ...], place: int) -> tuple[T, ...]:
    return (*items[:place], *items[place + 1 :])


def _near(fact: str, value: Number, ranges: Ranges) -> tuple[Number, Number]:
    step = ranges[fact].step if fact in ranges else 1
    return value - step, value + step
