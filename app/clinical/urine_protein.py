"""Protein in urine: which tests were done, and what the dipstick shows."""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial

from app.clinical.catalogue import Case, fact, per_case
from app.clinical.history import Section
from app.clinical.laboratory import FOUND, Sample, newest
from app.clinical.laboratory_tests import TESTS
from app.clinical.preeclampsia import READ_FROM, new_samples
from app.clinical.result_sections import LabResult
from app.logic.values import Fact, Interval, Known, Reason, Unknown

PROTEIN_TESTS = {
    "protein_24h": "urine_protein_24h",
    "pcr": "urine_protein_creatinine_ratio",
    "acr": "urine_albumin_creatinine_ratio",
    "dipstick": "urine_protein_dipstick",
}
QUANTITATIVE = ("protein_24h", "pcr", "acr")
DIPSTICK = "dipstick"
MOST_PLUSES = 4
POSITIVE = Interval(Decimal("0.5"), MOST_PLUSES)  # of unknown grade; a trace may be called positive


@per_case
def _reported(case: Case, name: str) -> tuple[Sample, ...]:
    listed = new_samples(case, PROTEIN_TESTS[name])
    return tuple(item for item in listed if name == DIPSTICK or item.entry.value is not None)


def _pointers(found: Iterable[Sample]) -> tuple[str, ...]:
    return tuple(item.pointer for item in found)


def _measured(case: Case, name: str) -> Fact:
    """Whether this test was done. Where another protein test was reported and this one was not, it is taken as not done."""
    own = _reported(case, name)
    others = [item for other in PROTEIN_TESTS for item in _reported(case, other)]
    if own or others:
        return Known(bool(own), _pointers(own or others))
    return Known(False, ("/laboratory",)) if case.complete(Section.LABORATORY) else case.absent(Section.LABORATORY)


for _name, _test in PROTEIN_TESTS.items():
    fact(
        f"preeclampsia.urine_{_name}_measured",
        "boolean",
        question=TESTS[_test].question,
        read_from=READ_FROM,
        codes=TESTS[_test].codes,
    )(partial(_measured, name=_name))


@fact(
    "preeclampsia.urine_quantification_unavailable",
    "boolean",
    question="Can urine protein be quantified (protein:creatinine ratio, albumin:creatinine ratio or 24-hour collection)?",
    read_from=READ_FROM,
)
def quantification_unavailable(case: Case) -> Fact:
    """True when each quantitative test was sent as not done, or none is in a laboratory list vouched for as complete."""
    done = [item for name in QUANTITATIVE for item in _reported(case, name)]
    if done:
        return Known(False, _pointers(done))
    listed = case.history.laboratory or ()
    not_done = {item.test for item in listed if item.result is LabResult.NOT_DONE}
    if case.complete(Section.LABORATORY) or not_done.issuperset(PROTEIN_TESTS[name] for name in QUANTITATIVE):
        return Known(True, ("/laboratory",))
    return case.absent(Section.LABORATORY)


@fact(
    "preeclampsia.urine_dipstick_plus",
    "number",
    unit="{plus}",
    question=TESTS["urine_protein_dipstick"].question,
    read_from=READ_FROM,
    codes=TESTS["urine_protein_dipstick"].codes,
)
def dipstick_plus(case: Case) -> Fact:
    """The newest dipstick in pluses, 0 to 4; a strip read in g/L tells only on which side of its limit it lies
    (1 g/L = 2+) [nice-definition].
    """
    found = newest(_reported(case, DIPSTICK))
    if not found:
        return case.absent(Section.LABORATORY)
    read = {_pluses(case, item) for item in found}
    if None in read:
        return Unknown(Reason.UNIT_NOT_ALLOWED, _pointers(found))
    value = read.pop()
    if read or value is None:
        return Unknown(Reason.CONFLICTING, _pointers(found))
    return Known(value, _pointers(found))


def _pluses(case: Case, item: Sample) -> Interval | None:
    entry = item.entry
    if entry.value is None:
        return POSITIVE if entry.result in FOUND else Interval(0, 0)
    by_plus, by_mass = TESTS[PROTEIN_TESTS[DIPSTICK]].scales
    if entry.unit == by_plus.unit:
        return Interval(entry.value, entry.value)
    if entry.unit is None or entry.unit not in by_mass.per:
        return None
    two_plus = int(case.number("urine.dipstick_plus"))
    reached = by_mass.convert(entry.value, entry.unit) >= case.number("urine.dipstick_g_l")
    return Interval(two_plus, MOST_PLUSES) if reached else Interval(0, two_plus - 1)
