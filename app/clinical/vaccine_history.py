"""Vaccines and immunoglobulin of one history: until when a live vaccine waits, and which lie too close (CLINICAL_DECISIONS 6.5)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.clinical.catalogue import Case, Entry, declare_entry
from app.clinical.history import Section
from app.clinical.infusions import infusions
from app.clinical.intervals import at_least, below
from app.clinical.sections import Immunisation, PreviousIvig
from app.clinical.spans import distance, span, within
from app.clinical.timeline import interval_of, minus
from app.clinical.vaccine_interval import CitedText, Parameters, VaccineInterval, cited, interval_after
from app.logic.truth import Truth, all_of
from app.logic.values import Interval, Number

HELD_BACK = {
    "mmr": "Measles, mumps and rubella vaccine",
    "mmrv": "Measles, mumps, rubella and varicella vaccine",
    "measles": "Measles vaccine",
    "measles_rubella": "Measles and rubella vaccine",
    "varicella": "Varicella vaccine",
}
NOT_HELD_BACK = {
    "inactivated": "Any inactivated vaccine",
    "influenza_inactivated": "Inactivated influenza vaccine",
    "influenza_live": "Live nasal influenza vaccine",
    "yellow_fever": "Yellow fever vaccine",
    "oral_typhoid": "Oral typhoid vaccine",
    "rotavirus": "Rotavirus vaccine",
}
Near = Mapping[str, Mapping[str, Truth]]
PLANNED = "/planned_ivig"
MG = 1000  # in one gram

for _code, _title in {**HELD_BACK, **NOT_HELD_BACK}.items():
    declare_entry(Entry(Section.IMMUNISATIONS, _code, _title))


@dataclass(frozen=True, slots=True)
class AfterCourse:
    """What one course means for a live vaccine. ``over``: whether the wait has ended on the date of assessment."""

    pointer: str
    interval: VaccineInterval
    over: Truth


@dataclass(frozen=True, slots=True)
class TooClose:
    """A measles- or varicella-containing vaccine and an immunoglobulin too close to each other, or possibly so."""

    pointer: str
    course: str
    problem: Literal["vaccine_before_immunoglobulin", "vaccine_within_interval"]
    certain: Truth
    because: tuple[CitedText, ...]


@dataclass(frozen=True, slots=True)
class VaccineOutlook:
    """Every course with its interval, every pair too close, and vaccines whose code says nothing here."""

    courses: tuple[AfterCourse, ...]
    too_close: tuple[TooClose, ...]
    not_read: tuple[str, ...]


def vaccine_outlook(case: Case, parameters: Parameters, planned_on: date | None = None) -> VaccineOutlook:
    """Intervals after all previous courses and after the order; ``planned_on`` is the day of the order's last infusion.

    Without ``planned_on`` the order is answered in months only.
    """
    infused = infusions(case)
    given = tuple(_previous(infused, case, parameters))
    order = tuple(_order(case, parameters, planned_on))
    vaccines = {f"/immunisations/{index}": item for index, item in enumerate(case.history.immunisations or ())}
    held = {pointer: item for pointer, item in vaccines.items() if item.vaccine in HELD_BACK}
    when = {pointer: _when(item, case.as_of) for pointer, item in held.items()}
    close = (
        *_after(when, given, infused),
        *_before(when, _with_order(infused, case, planned_on), parameters),
    )
    known = HELD_BACK.keys() | NOT_HELD_BACK.keys()
    return VaccineOutlook((*given, *order), close, tuple(at for at in vaccines if vaccines[at].vaccine not in known))


def _previous(given: Mapping[str, Interval], case: Case, parameters: Parameters) -> Iterator[AfterCourse]:
    """Every course; one known only from a past pregnancy has no dose, and its days are those of the pregnancy."""
    doses = _doses(case, parameters["vaccine.one_course_days"].value)
    for pointer, when in given.items():
        interval = interval_after(doses.get(pointer, Interval(0, None)), _days(when), parameters)
        yield AfterCourse(pointer, interval, _over(interval, case.as_of))


def _days(when: Interval) -> tuple[date, date] | None:
    if when.low is None or when.high is None:
        return None
    return date.fromordinal(int(when.low)), date.fromordinal(int(when.high))


def _over(interval: VaccineInterval, today: date) -> Truth:
    return at_least(minus(Interval(today.toordinal(), today.toordinal()), _end(interval)), 0)


def _doses(case: Case, days: Number) -> dict[str, Interval]:
    """Dose of the course that each listed infusion belongs to, mg/kg: what certainly belongs, up to what possibly does."""
    listed = {f"/previous_ivig/{index}": item for index, item in enumerate(case.history.previous_ivig or ())}
    when = {place: span(item.on) for place, item in listed.items()}
    near = {
        one: {other: within(distance(when[one], when[other]), 0, days) for other in listed if other != one}
        for one in listed
    }
    return {place: _total(place, near, listed) for place in listed}


def _total(place: str, near: Near, listed: Mapping[str, PreviousIvig]) -> Interval:
    certain = _chain(place, near, {Truth.TRUE})
    possible = [listed[item].dose_g_per_kg for item in _chain(place, near, {Truth.TRUE, Truth.UNKNOWN})]
    known = [item for item in possible if item is not None]
    return Interval(
        sum((listed[item].dose_g_per_kg or Decimal(0) for item in certain), Decimal(0)) * MG,
        sum(known, Decimal(0)) * MG if len(known) == len(possible) else None,
    )


def _chain(start: str, near: Near, wanted: set[Truth]) -> set[str]:
    """Infusions joined to ``start`` step by step, each near to the one before."""
    found, fresh = {start}, [start]
    while fresh:
        joined = {item for item, truth in near[fresh.pop()].items() if truth in wanted} - found
        found |= joined
        fresh += joined
    return found


def _order(case: Case, parameters: Parameters, planned_on: date | None) -> Iterator[AfterCourse]:
    order = case.history.planned_ivig
    if order is None:
        return
    total = interval_of(case.fact("planned.total_g_per_kg"))
    repeated = order.interval_days is not None and order.interval_days <= parameters["vaccine.one_course_days"].value
    dose = Interval((total.low or 0) * MG, None if repeated or total.high is None else total.high * MG)
    given = (planned_on, planned_on) if planned_on else None
    yield AfterCourse(PLANNED, interval_after(dose, given, parameters), Truth.FALSE)


def _when(vaccine: Immunisation, today: date) -> Interval:
    """The days on which a vaccine was or will be given; without a date, all those before or after today."""
    if vaccine.on:
        return span(vaccine.on)
    return Interval(today.toordinal(), None) if vaccine.planned else Interval(None, today.toordinal())


def _with_order(given: Mapping[str, Interval], case: Case, planned_on: date | None) -> dict[str, Interval]:
    """Previous infusions and the order, which lies on or after the date of assessment."""
    if case.history.planned_ivig is None:
        return dict(given)
    day = planned_on.toordinal() if planned_on else None
    return {**given, PLANNED: Interval(day or case.as_of.toordinal(), day)}


def _after(
    vaccines: Mapping[str, Interval], given: Iterable[AfterCourse], infused: Mapping[str, Interval]
) -> Iterator[TooClose]:
    """Vaccines given or planned before the wait after a course had ended."""
    for course in given:
        for pointer, when in vaccines.items():
            after, early = minus(when, infused[course.pointer]), minus(when, _end(course.interval))
            truth = all_of((at_least(after, 1), below(early, 0)))
            if truth is not Truth.FALSE:
                because = course.interval.because[:1]
                yield TooClose(pointer, course.pointer, "vaccine_within_interval", truth, because)


def _end(interval: VaccineInterval) -> Interval:
    low, high = interval.ends_on_earliest, interval.ends_on_latest
    return Interval(low.toordinal() if low else None, high.toordinal() if high else None)


def _before(
    vaccines: Mapping[str, Interval], infused: Mapping[str, Interval], parameters: Parameters
) -> Iterator[TooClose]:
    """Vaccines given less than the wanted days before an immunoglobulin."""
    wait = parameters["vaccine.before_days"]
    for course, given in infused.items():
        for pointer, when in vaccines.items():
            gap = minus(given, when)
            truth = all_of((at_least(gap, 0), below(gap, wait.value)))
            if truth is not Truth.FALSE:
                yield TooClose(pointer, course, "vaccine_before_immunoglobulin", truth, cited((wait,)))
