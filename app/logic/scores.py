"""Additive scores whose value is an interval, as narrow as what is known allows."""

from collections.abc import Callable
from dataclasses import dataclass

from app.logic.conditions import Condition
from app.logic.truth import Truth
from app.logic.values import Interval


@dataclass(frozen=True, slots=True)
class Item:
    """``points`` when the condition is true, none when it is false, and either while it is unknown."""

    id: str
    points: int
    when: Condition


@dataclass(frozen=True, slots=True)
class Domain:
    """Items of which only the best one counts."""

    id: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of its domains."""

    id: str
    domains: tuple[Domain, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of all domains, in the order written."""
        return tuple(item for domain in self.domains for item in domain.items)


def total(score: Score, truth_of: Callable[[Condition], Truth]) -> Interval:
    """From the points that are certain to the points that are still possible."""
    low = high = 0
    for domain in score.domains:
        found = [(item.points, truth_of(item.when)) for item in domain.items]
        low += max((points for points, truth in found if truth is Truth.TRUE), default=0)
        high += max((points for points, truth in found if truth is not Truth.FALSE), default=0)
    return Interval(low, high)
