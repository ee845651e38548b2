"""Arithmetic on half-known counts and dates."""

from collections.abc import Iterable
from datetime import date

from app.clinical.scalars import partial_date_bounds
from app.logic.truth import Truth
from app.logic.values import Interval, Number


def count(members: Iterable[Truth]) -> Interval:
    """How many members hold: the certain ones up to the certain and the possible ones."""
    seen = list(members)
    return Interval(sum(item is Truth.TRUE for item in seen), sum(item is not Truth.FALSE for item in seen))


def longest_run(members: Iterable[Truth]) -> Interval:
    """Length of the longest unbroken run of members that hold."""
    seen = list(members)
    return Interval(_run([item is Truth.TRUE for item in seen]), _run([item is not Truth.FALSE for item in seen]))


def _run(flags: list[bool]) -> int:
    best = current = 0
    for flag in flags:
        current = current + 1 if flag else 0
        best = max(best, current)
    return best


def at_least_so_many(known: Interval) -> Interval:
    """A count whose list may not be complete: the upper end is open."""
    return Interval(known.low, None)


def intersect(first: Interval, second: Interval) -> Interval | None:
    """What both intervals allow, or None when they contradict each other."""
    low = first.low if second.low is None or (first.low is not None and first.low > second.low) else second.low
    high = first.high if second.high is None or (first.high is not None and first.high < second.high) else second.high
    return None if low is not None and high is not None and low > high else Interval(low, high)


def below(value: Interval, limit: Number) -> Truth:
    """Whether value < limit."""
    if value.high is not None and value.high < limit:
        return Truth.TRUE
    return Truth.FALSE if value.low is not None and value.low >= limit else Truth.UNKNOWN


def at_least(value: Interval, limit: Number) -> Truth:
    """Whether value >= limit."""
    return ~below(value, limit)


def days_between(first: str, second: str) -> Interval:
    """Days between two partial dates, in either direction, as an interval."""
    one, two = _ordinals(first), _ordinals(second)
    gap = max(0, one[0] - two[1], two[0] - one[1])
    return Interval(gap, max(one[1] - two[0], two[1] - one[0]))


def days_since(stated: str, as_of: date) -> Interval:
    """Days from a partial date to ``as_of``, never negative."""
    first, last = _ordinals(stated)
    today = as_of.toordinal()
    return Interval(max(0, today - last), max(0, today - first))


def _ordinals(stated: str) -> tuple[int, int]:
    first, last = partial_date_bounds(stated)
    return first.toordinal(), last.toordinal()
