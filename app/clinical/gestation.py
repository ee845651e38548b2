"""Gestational age and due date from a last menstrual period, a scan or an embryo transfer; half-known dates give intervals.

Each method is turned into the first day of the last menstrual period, or the day that stands for it, as an interval of
day numbers (``date.toordinal``). From there all is one arithmetic. Source: statements house-gestation-arithmetic, dating-due-date.
"""

from datetime import date

from app.clinical.scalars import partial_date_bounds
from app.logic.values import Interval

TERM_DAYS = 280
"""From the first day of the last menstrual period to the due date: 40w0d."""

FERTILISATION_DAYS = 14
"""Gestation on the day of fertilisation, which is day 0 of the embryo: 2w0d."""

EMBRYO_DAYS = (3, 5, 6)
"""Age of an embryo at transfer, days."""


def days_of(stated: str, latest: date) -> Interval:
    """The days that a partial date may name, up to ``latest``: no event of the past lies after it.

    Raises ValueError when every day it may name lies after ``latest``.
    """
    first, last = partial_date_bounds(stated)
    return Interval(first.toordinal(), min(last, latest).toordinal())


def start_by_scan(scanned_on: Interval, gestation_days: Interval) -> Interval:
    """The start by a scan: the day of the scan less the gestation found, days."""
    return _less(scanned_on, gestation_days)


def start_by_transfer(transferred_on: Interval, embryo_days: Interval) -> Interval:
    """The start by an embryo transfer: 14 days and the embryo's age (days) before it."""
    assert embryo_days.low is not None
    assert embryo_days.high is not None
    age = Interval(FERTILISATION_DAYS + embryo_days.low, FERTILISATION_DAYS + embryo_days.high)
    return _less(transferred_on, age)


def gestation_on(on: date, start: Interval) -> Interval:
    """Gestation on a day, in days (10w0d = 70); negative before the start."""
    return _less(Interval(on.toordinal(), on.toordinal()), start)


def due_date(start: Interval) -> tuple[date, date]:
    """The earliest and the latest day that the due date, 280 days after the start, may be."""
    assert start.low is not None
    assert start.high is not None
    return date.fromordinal(int(start.low) + TERM_DAYS), date.fromordinal(int(start.high) + TERM_DAYS)


def _less(first: Interval, second: Interval) -> Interval:
    assert first.low is not None
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    return Interval(first.low - second.high, first.high - second.low)
