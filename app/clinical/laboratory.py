"""Laboratory results: what is refused at the door, and what the newest results say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from app.clinical.catalogue import Case, Entry, declare_entry, fact
from app.clinical.history import PatientHistory, Section
from app.clinical.laboratory_scales import LabTest, Scale
from app.clinical.laboratory_tests import TESTS
from app.clinical.result_sections import Comparator, Laboratory, LabResult
from app.clinical.scalars import partial_date_bounds
from app.errors import Problem
from app.logic.values import Fact, Interval, Known, Reason, Unknown

FOUND = frozenset({LabResult.POSITIVE, LabResult.ABNORMAL})
NOT_FOUND = frozenset({LabResult.NEGATIVE, LabResult.NORMAL})


@dataclass(frozen=True, slots=True)
class Sample:
    """One result and where in the request it stands."""

    index: int
    entry: Laboratory

    @property
    def pointer(self) -> str:
        return f"/laboratory/{self.index}"


def check(history: PatientHistory) -> tuple[Problem, ...]:
    """Results that cannot be read: unit missing or not accepted, number outside the working limits of its unit."""
    return tuple(
        problem
        for index, entry in enumerate(history.laboratory or ())
        if entry.test in TESTS
        for problem in _check_entry(f"/laboratory/{index}", entry, TESTS[entry.test])
    )


def _check_entry(pointer: str, entry: Laboratory, test: LabTest) -> Iterator[Problem]:
    if entry.result is LabResult.NOT_DONE and entry.value is not None:
        yield Problem(f"{pointer}/result", "inconsistent", "A test that was not done has no value.")
    numbers = {"value": entry.value, "upper_limit_of_normal": entry.upper_limit_of_normal}
    given = {name: number for name, number in numbers.items() if number is not None}
    if not given:
        return
    accepted = f"Accepted units: {', '.join(test.units) or 'none; send `result` instead'}."
    if entry.unit is None or entry.unit not in test.units:
        yield Problem(f"{pointer}/unit", "unit_not_allowed", accepted)
        return
    for name, number in given.items():
        if not test.plausible(number, entry.unit):
            yield Problem(
                f"{pointer}/{name}", "implausible_value", f"The number is not taken for this test and unit. {accepted}"
            )


def samples(case: Case, test: str, *, baseline: bool = False) -> tuple[Sample, ...]:
    """Results of one test that say something, in the order sent; baseline values are kept apart from the others."""
    return tuple(
        Sample(index, entry)
        for index, entry in case.coded(Section.LABORATORY, test)
        if entry.result is not LabResult.NOT_DONE
        and bool(entry.baseline) is baseline
        and (entry.value is not None or entry.result is not None)
    )


def newest(found: Sequence[Sample]) -> tuple[Sample, ...]:
    """Those that can be the latest: no other result certainly came later. One without a date may be the latest."""
    dated = [partial_date_bounds(item.entry.on) for item in found if item.entry.on]
    start = max((first for first, _ in dated), default=None)
    return tuple(
        item for item in found if start is None or not item.entry.on or partial_date_bounds(item.entry.on)[1] >= start
    )


def read_number(case: Case, found: Sequence[Sample], scale: Scale, test: LabTest) -> Fact:
    """The newest number in the scale's unit: a value, an Interval behind < or >, or Unknown when results disagree."""
    numeric = newest([item for item in found if item.entry.value is not None])
    if not numeric:
        return case.absent(Section.LABORATORY)
    sources = tuple(item.pointer for item in numeric)
    read = [_number(item.entry, scale, test) for item in numeric]
    for value in read:
        if isinstance(value, Reason):
            return Unknown(value, sources)
    return Known(read[0], sources) if len(set(read)) == 1 else Unknown(Reason.CONFLICTING, sources)


def _number(entry: Laboratory, scale: Scale, test: LabTest) -> Decimal | Interval | Reason:
    if entry.value is None or entry.unit is None or entry.unit not in scale.per:
        return Reason.UNIT_NOT_ALLOWED
    if not test.plausible(entry.value, entry.unit):
        return Reason.IMPLAUSIBLE
    value = scale.convert(entry.value, entry.unit)
    if entry.comparator is Comparator.LESS_THAN:
        return Interval(Decimal(0), value)  # no test gives less than nothing
    return Interval(value, None) if entry.comparator is Comparator.GREATER_THAN else value


def read_finding(case: Case, found: Sequence[Sample]) -> Fact:
    """What the newest readings say: True for positive or abnormal, False for negative or normal."""
    reading = newest([item for item in found if item.entry.result in FOUND | NOT_FOUND])
    if not reading:
        return case.absent(Section.LABORATORY)
    sources = tuple(item.pointer for item in reading)
    said = {item.entry.result in FOUND for item in reading}
    return Known(said.pop(), sources) if len(said) == 1 else Unknown(Reason.CONFLICTING, sources)


def latest(case: Case, test: str, unit: str | None = None) -> Fact:
    """The newest value of a test that is no baseline value, in ``unit`` or the test's first unit."""
    scales = TESTS[test].scales
    scale = next(item for item in scales if unit in (None, item.unit))
    return read_number(case, samples(case, test), scale, TESTS[test])


def finding(case: Case, test: str) -> Fact:
    """What the newest reading of a test says that is no baseline value."""
    return read_finding(case, samples(case, test))


def _declare(test: LabTest) -> None:
    unit = test.scales[0].unit if test.scales else None
    declare_entry(Entry(Section.LABORATORY, test.code, test.title, unit, test.units, test.codes))
    asked = partial(fact, question=test.question, read_from=("laboratory",), codes=test.codes)
    for scale in test.scales:
        asked(scale.fact, "number", unit=scale.unit)(partial(latest, test=test.code, unit=scale.unit))
    if test.finding:
        asked(f"lab.{test.code}_{test.finding}", "boolean")(partial(finding, test=test.code))


for _test in TESTS.values():
    _declare(_test)
