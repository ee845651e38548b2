"""Serology that the antibodies of an earlier immunoglobulin may have turned positive (CLINICAL_DECISIONS 6.6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.clinical.catalogue import Case
from app.clinical.infusions import infusions
from app.clinical.intervals import at_least
from app.clinical.result_sections import LabResult
from app.clinical.spans import after, span
from app.clinical.timeline import minus
from app.clinical.vaccine_interval import Parameters, add_months
from app.logic.truth import Truth, all_of, any_of
from app.logic.values import Interval, Number

SEROLOGY = frozenset({"direct_antiglobulin_test", "red_cell_antibody_screen"})
SEROLOGY_STARTS = ("anti_",)
SEROLOGY_ENDS = ("_igg", "_igm", "_antibody", "_antibodies")


@dataclass(frozen=True, slots=True)
class Interference:
    """A result that donors' antibodies may have made positive. ``certain``: TRUE when it certainly lies in the window.

    ``courses`` are the request locations of the immunoglobulin; the value itself is never repeated.
    """

    pointer: str
    flag: Literal["passive_antibody_possible"]
    certain: Truth
    courses: tuple[str, ...]
    text: str
    evidence: tuple[str, ...]


def interference(case: Case, parameters: Parameters) -> tuple[Interference, ...]:
    """Every serology of the history that was, or may have been, sampled within the window after a dose.

    The window is calendar months from the day of the dose [w-serology-hbc; the length is a working rule]. A sample of
    the day of the dose, and a sample or a dose without a date, may lie in it. What is not in the history cannot be
    judged: where no immunoglobulin was sent, nothing is flagged, and the question after earlier courses stands.
    """
    window = parameters["interference.serology_months"]
    found, doses = [], infusions(case)
    for pointer, on in _serology(case):
        judged = {place: _inside(span(on), given, int(window.value)) for place, given in doses.items()}
        possible = tuple(place for place, truth in judged.items() if truth is not Truth.FALSE)
        if possible:
            truth = any_of(judged.values())
            found.append(Interference(pointer, "passive_antibody_possible", truth, possible, window.text, window.cite))
    return tuple(found)


def _serology(case: Case) -> Iterator[tuple[str, str | None]]:
    for index, entry in enumerate(case.history.laboratory or ()):
        if is_serology(entry.test) and entry.result is not LabResult.NOT_DONE:
            yield f"/laboratory/{index}", entry.on
    for index, apl in enumerate(case.history.antiphospholipid_tests or ()):
        yield f"/antiphospholipid_tests/{index}", apl.on


def is_serology(test: str) -> bool:
    """Whether a laboratory test looks for antibodies, by its code."""
    return test in SEROLOGY or test.startswith(SEROLOGY_STARTS) or test.endswith(SEROLOGY_ENDS)


def _inside(sampled: Interval, given: Interval, months: int) -> Truth:
    """Whether a sample lies after a dose and not later than the window; the order within one day is not known."""
    ends = Interval(_later(given.low, months), _later(given.high, months))
    return all_of((after(sampled, given), at_least(minus(ends, sampled), 0)))


def _later(day: Number | None, months: int) -> int | None:
    return None if day is None else add_months(date.fromordinal(int(day)), months).toordinal()
