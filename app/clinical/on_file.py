"""What the history already holds for each check, and how old it is; the values themselves are never repeated."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.clinical.catalogue import Case
from app.clinical.history import Section
from app.clinical.intervals import days_since
from app.clinical.laboratory import newest, samples
from app.clinical.laboratory_tests import TESTS
from app.clinical.rules import Workup
from app.logic.values import Known, Reason

_TEST_OF = {scale.fact: test.code for test in TESTS.values() for scale in test.scales} | {
    f"lab.{test.code}_{test.finding}": test.code for test in TESTS.values() if test.finding
}
ENTRY = 2  # slashes in the location of an entry, "/laboratory/3"; a whole section has one


@dataclass(frozen=True, slots=True)
class OnFile:
    """One finding on file. Ages are whole days before the assessment; a partial date gives the youngest and the oldest."""

    pointer: str
    on: str | None
    age_days_min: int | None
    age_days_max: int | None
    undated: bool


def on_file(rules: Iterable[Workup], case: Case) -> Mapping[str, tuple[OnFile, ...]]:
    """What is on file for each check that says where to look, by rule id; nothing found is an empty tuple.

    Of a laboratory test the results that can be the latest are named, and those flagged as a baseline beside them:
    they are on file even where no rule reads them. Results that contradict each other are all named. That a section
    was vouched for as complete is no finding.
    """
    return {rule.id: _of(case, rule) for rule in rules if rule.on_file}


def _of(case: Case, rule: Workup) -> tuple[OnFile, ...]:
    pointers = dict.fromkeys(pointer for fact in rule.on_file for pointer in _pointers(case, fact))
    return tuple(_entry(case, pointer) for pointer in pointers)


def _pointers(case: Case, fact_id: str) -> Iterator[str]:
    test = _TEST_OF.get(fact_id)
    if test:
        # Most histories hold hardly any results.
        if not case.coded(Section.LABORATORY, test):
            return
        for baseline in (False, True):
            yield from (item.pointer for item in newest(samples(case, test, baseline=baseline)))
        return
    # What an empty history says too was read from no entry.
    if fact_id in case.settled:
        return
    found = case.fact(fact_id)
    if isinstance(found, Known) or found.reason is Reason.CONFLICTING:
        yield from (pointer for pointer in found.sources if pointer.count("/") >= ENTRY)


def _entry(case: Case, pointer: str) -> OnFile:
    on = _date(case, pointer)
    if on is None:
        return OnFile(pointer, None, None, None, undated=True)
    age = days_since(on, case.as_of)
    return OnFile(pointer, on, int(age.low or 0), int(age.high or 0), undated=False)


def _date(case: Case, pointer: str) -> str | None:
    """The date of the entry that a location names; patient fields have none."""
    section, index = pointer.split("/")[1:3]
    if not index.isdigit():
        return None
    entry = getattr(case.history, section)[int(index)]
    on = getattr(entry, "on", None) or getattr(entry, "ended_on", None)
    return None if on is None else str(on)
