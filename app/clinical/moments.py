"""Moments known to the minute or only to the day, and the time that has passed since, in hours and in calendar days.

Hours are exact where both clock times are known, otherwise an interval. Days are calendar days, as guidelines print them:
day 0 is the day of the event, whatever the hour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from app.clinical.catalogue import Case, fact
from app.clinical.scalars import partial_date_bounds
from app.logic.values import Fact, Interval, Known, Number, Unknown

MINUTES = 60
LAST_MINUTE = time(23, 59)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: not before ``earliest`` and not after ``latest``, local time; and where that was read."""

    earliest: datetime
    latest: datetime
    sources: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the very minute is known."""
        return self.earliest == self.latest

    @property
    def days(self) -> tuple[date, date]:
        """First and last calendar day on which it can have been."""
        return self.earliest.date(), self.latest.date()


Anchor = Callable[[Case], Moment | Unknown]

_ANCHORS: dict[str, Anchor] = {}


def moment(on: date | str, clock: str | None = None, *sources: str) -> Moment:
    """The moment that a (partial) date, and a time of day HH:MM if there is one, name."""
    first, last = partial_date_bounds(str(on))
    if clock is not None and first == last:
        exact = datetime.combine(first, time.fromisoformat(clock))
        return Moment(exact, exact, sources)
    return Moment(datetime.combine(first, time.min), datetime.combine(last, LAST_MINUTE), sources)


def now(case: Case) -> Moment:
    """The assessment: its minute where the sender gave one, otherwise the whole day."""
    return moment(case.as_of, case.history.as_of_time)


def until_now(case: Case, found: Moment) -> Moment:
    """The moment without its part that lies after the assessment."""
    end = now(case).latest
    return Moment(min(found.earliest, end), min(found.latest, end), found.sources)


def anchors() -> Mapping[str, Anchor]:
    """For each fact of elapsed time, what its time is counted from."""
    return _ANCHORS


def declare_elapsed(subject: str, question: str, read_from: tuple[str, ...], anchor: Anchor) -> None:
    """Declare ``<subject>_hours`` (h) and ``<subject>_days`` (calendar days, d) as the time since ``anchor``."""
    for name, unit, count in ((f"{subject}_hours", "h", _hours), (f"{subject}_days", "d", _days)):
        _ANCHORS[name] = anchor
        declare = fact(name, "number", unit=unit, question=question, read_from=(*read_from, "as_of", "as_of_time"))
        declare(partial(_since, anchor=anchor, count=count))


def _since(case: Case, anchor: Anchor, count: Callable[[Moment, Moment], Interval]) -> Fact:
    start = anchor(case)
    if isinstance(start, Unknown):
        return start
    found = count(start, now(case))
    return Known(found.low if found.exact and found.low is not None else found, start.sources)


def _hours(start: Moment, end: Moment) -> Interval:
    return Interval(max(0, hours(end.earliest - start.latest)), max(0, hours(end.latest - start.earliest)))


def hours(gap: timedelta) -> Number:
    """A span of time in hours, to two decimals: they tell each minute of an hour from the next."""
    whole, rest = divmod(gap // timedelta(minutes=1), MINUTES)
    return whole + (Decimal(rest) / MINUTES).quantize(HUNDREDTH) if rest else whole


def _days(start: Moment, end: Moment) -> Interval:
    (first, last), today = start.days, end.days[0]
    return Interval(max(0, (today - last).days), max(0, (today - first).days))
