"""Half-known dates as spans of days, and how far apart two of them lie."""

from app.clinical.intervals import at_least
from app.clinical.scalars import partial_date_bounds
from app.clinical.timeline import minus
from app.logic.comparisons import span as compared
from app.logic.truth import Truth, all_of, any_of
from app.logic.values import Interval, Number

ANY_DAY = Interval()


def span(on: str | None) -> Interval:
    """The days that a partial date names, counted from year 1; unbounded without a date."""
    if on is None:
        return ANY_DAY
    first, last = partial_date_bounds(on)
    return Interval(first.toordinal(), last.toordinal())


def distance(one: Interval, other: Interval) -> Interval:
    """Days between two spans in either direction."""
    gap = minus(one, other)
    if gap.low is not None and gap.low >= 0:
        return gap
    if gap.high is not None and gap.high <= 0:
        return Interval(-gap.high, None if gap.low is None else -gap.low)
    return Interval(0, None if gap.low is None or gap.high is None else max(-gap.low, gap.high))


def within(value: Interval, least: Number, most: Number) -> Truth:
    """Whether ``least <= value <= most``."""
    return all_of((compared("ge", value, least), compared("le", value, most)))


def later_by(one: Interval, other: Interval, days: Number) -> Truth:
    """Whether ``one`` lies at least so many days after ``other``."""
    return at_least(minus(one, other), days)


def after(one: Interval, other: Interval) -> Truth:
    """Whether ``one`` lies after ``other``; within one day the order is not known."""
    gap = minus(one, other)
    return all_of((at_least(gap, 0), any_of((at_least(gap, 1), Truth.UNKNOWN))))
