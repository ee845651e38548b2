"""Creatinine after immunoglobulin against KDIGO stage 1, the proposed number behind the labels' stop rule (CLINICAL_DECISIONS 6.3)."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.infusions import infusions
from app.clinical.intervals import at_least
from app.clinical.laboratory import Sample, read_number, samples
from app.clinical.laboratory_tests import TESTS
from app.clinical.spans import after, span
from app.clinical.timeline import interval_of, minus, truth_of
from app.logic.truth import Truth, all_of, any_of
from app.logic.values import Fact, Interval, Known, Reason, Unknown

CREATININE = TESTS["creatinine"]
HOURS_IN_DAY = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """A creatinine in umol/L, and the days (ordinals) on which it may have been sampled."""

    pointer: str
    value: Interval
    when: Interval


@fact(
    "ivig.creatinine_rise",
    "boolean",
    question="Were creatinine before and in the week after the last immunoglobulin measured, and on which days?",
    read_from=("laboratory", "previous_ivig", "pregnancies"),
    codes=CREATININE.codes,
)
def creatinine_rise(case: Case) -> Fact:
    """Whether creatinine rose by KDIGO stage 1 in the days after an immunoglobulin [kdigo-aki-definition].

    By 26.5 umol/L within 48 hours, or to 1.5 times an earlier value within 7 days; the later value lies after a dose,
    at most those days. Samples carry days, not hours: two days apart may be more or less than 48 hours. False only
    where there was no immunoglobulin, or the list of results is complete and no pair shows a rise.
    """
    naive = case.fact("ivig.first_course")
    if truth_of(naive) is Truth.TRUE:
        return Known(False, naive.sources)
    open_: dict[str, None] = {}
    for old, new, dosed in _pairs(case):
        truth = all_of((dosed, _rose(case, old, new)))
        if truth is Truth.TRUE:
            return Known(True, (old.pointer, new.pointer))
        if truth is Truth.UNKNOWN:
            open_ |= dict.fromkeys((old.pointer, new.pointer))
    if open_:
        return Unknown(Reason.NOT_DETERMINABLE, tuple(open_))
    if not case.complete(Section.LABORATORY) or not case.complete(Section.PREVIOUS_IVIG):
        return case.absent(Section.LABORATORY)
    return Known(False, ("/laboratory",))


def _pairs(case: Case) -> Iterator[tuple[Reading, Reading, Truth]]:
    """Two readings, and whether the second lies within the days after a dose; those that certainly do not are left out."""
    readings, doses = tuple(_readings(case)), infusions(case).values()
    for new in readings:
        dosed = any_of(_follows(case, new.when, given) for given in doses)
        if dosed is not Truth.FALSE:
            yield from ((old, new, dosed) for old in readings if old is not new)


def _readings(case: Case) -> Iterator[Reading]:
    for sample in (*samples(case, CREATININE.code), *samples(case, CREATININE.code, baseline=True)):
        value = _value(case, sample)
        if value is not None:
            yield Reading(sample.pointer, value, span(sample.entry.on))


def _value(case: Case, sample: Sample) -> Interval | None:
    read = read_number(case, (sample,), CREATININE.scales[0], CREATININE)
    return interval_of(read) if isinstance(read, Known) else None


def _follows(case: Case, when: Interval, given: Interval) -> Truth:
    """Whether a day lies after a dose, by at most the days of the definition."""
    return all_of((after(when, given), at_least(minus(_plus(given, case), when), 0)))


def _plus(given: Interval, case: Case) -> Interval:
    days = case.number("kdigo.ratio_days")
    return Interval(*(None if end is None else end + days for end in (given.low, given.high)))


def _rose(case: Case, old: Reading, new: Reading) -> Truth:
    """Whether the second reading is a rise by KDIGO stage 1 from the first, sampled before it."""
    amount = at_least(minus(new.value, old.value), case.number("kdigo.rise_umol_l"))
    ratio = at_least(minus(new.value, _times(old.value, case)), 0)
    if amount is ratio is Truth.FALSE:
        return Truth.FALSE
    apart = minus(new.when, old.when)
    sooner = all_of((amount, _within_hours(apart, case)))
    later = all_of((ratio, at_least(minus(_days(case), apart), 0)))
    return all_of((after(new.when, old.when), any_of((sooner, later))))


def _times(value: Interval, case: Case) -> Interval:
    factor = case.number("kdigo.ratio")
    return Interval(*(None if end is None else end * factor for end in (value.low, value.high)))


def _days(case: Case) -> Interval:
    return Interval(case.number("kdigo.ratio_days"), case.number("kdigo.ratio_days"))


def _within_hours(apart: Interval, case: Case) -> Truth:
    """Whether two days lie at most the hours of the definition apart: a day's difference may be 0 to 48 hours."""
    hours = case.number("kdigo.rise_hours")
    if apart.high is not None and (apart.high + 1) * HOURS_IN_DAY <= hours:
        return Truth.TRUE
    impossible = apart.low is not None and (apart.low - 1) * HOURS_IN_DAY >= hours
    return Truth.FALSE if impossible else Truth.UNKNOWN
