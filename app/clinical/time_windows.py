"""Time windows: how many hours are left before a time limit passes, most urgent first.

A window counted in hours closes to the minute. One counted in days is open to the end of its last calendar day, as
guidelines print "up to 6 days"; the hours left then begin at what the same number of hours would leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from app.clinical.assessment import TimeWindowFinding
from app.clinical.catalogue import Case, specifications
from app.clinical.findings import View, tri
from app.clinical.history import Indication
from app.clinical.moments import Moment, anchors, now
from app.clinical.order_rules import TimeWindow
from app.logic.truth import Truth
from app.logic.values import Unknown

M = TypeVar("M", date, datetime)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOURS_IN_DAY = 24


def time_windows(view: View, case: Case, indications: Iterable[Indication]) -> tuple[TimeWindowFinding, ...]:
    """The windows of the given indications that reach the chosen place and may be meant for this patient.

    Open or possibly open ones come first, the soonest to close before the others; one of which nothing is known counts as
    closing now. Closed ones come last.
    """
    wanted = set(indications)
    found = [
        _finding(view, case, rule, indication)
        for rule in _here(view)
        if view.truth(rule.id) is not Truth.FALSE
        for indication in rule.applies_to
        if indication in wanted
    ]
    return tuple(sorted(found, key=_urgency))


def _here(view: View) -> Iterable[TimeWindow]:
    """Windows that reach the place; with none chosen, all: the soonest must not be missed."""
    return view.rules.of(TimeWindow) if view.lens.jurisdiction is None else view.lens.all_here(TimeWindow)


def _urgency(item: TimeWindowFinding) -> tuple[bool, int, int, str]:
    return item.open == "false", item.hours_left_min or 0, item.hours_left_max or 0, item.id


def _finding(view: View, case: Case, rule: TimeWindow, indication: Indication) -> TimeWindowFinding:
    start = anchors()[rule.since](case)
    in_days = specifications()[rule.since].unit == "d"
    closing = None if isinstance(start, Unknown) else _closing(start, rule.closes_after_hours, in_days=in_days)
    least, most = (None, None) if closing is None else _left(closing, now(case))
    return TimeWindowFinding(
        rule.id,
        indication,
        rule.title,
        rule.jurisdictions,
        tri(view.truth(rule.id)),
        None if closing is None else closing.named,
        least,
        most,
        None if least is None else least // HOURS_IN_DAY,
        None if most is None else most // HOURS_IN_DAY,
        tri(Truth.UNKNOWN if closing is None else closing.still_open(now(case))),
        rule.text,
        rule.cite,
    )


@dataclass(frozen=True, slots=True)
class _Closing:
    """When a window closes: by the hour not before ``earliest``; it is certainly closed after ``latest``.

    For a window in days ``latest`` is the end of the last day, and ``last_days`` the first and last day that this can be.
    """

    earliest: datetime
    latest: datetime
    last_days: tuple[date, date] | None = None

    @property
    def named(self) -> str | None:
        """The closing minute or day, where one is known."""
        if self.last_days is None and self.earliest == self.latest:
            return self.latest.isoformat(timespec="minutes")
        first, last = self.last_days or (self.earliest.date(), self.latest.date())
        return last.isoformat() if first == last else None

    def still_open(self, at: Moment) -> Truth:
        """Whether the limit has not passed at the assessment."""
        if self.last_days is None:
            return _not_after((at.earliest, at.latest), (self.earliest, self.latest))
        return _not_after(at.days, self.last_days)


def _not_after(value: tuple[M, M], limit: tuple[M, M]) -> Truth:
    if value[1] <= limit[0]:
        return Truth.TRUE
    return Truth.FALSE if value[0] > limit[1] else Truth.UNKNOWN


def _closing(start: Moment, closes_after_hours: int, *, in_days: bool) -> _Closing:
    length = timedelta(hours=closes_after_hours)
    earliest, latest = start.earliest + length, start.latest + length
    if not in_days:
        return _Closing(earliest, latest)
    days = earliest.date(), latest.date()
    return _Closing(earliest, datetime.combine(days[1], time.min) + DAY, days)


def _left(closing: _Closing, at: Moment) -> tuple[int, int]:
    return _hours(closing.earliest - at.latest), _hours(closing.latest - at.earliest)


def _hours(gap: timedelta) -> int:
    return max(0, gap // HOUR)
