"""Made-up patients, reviewed and shipped with the rule set, assessed by the running service: does it still answer what it must?"""

from collections.abc import Iterator

from app.authoring.bundle import canonical
from app.clinical.history import PatientHistory
from app.clinical.knowledge import SelfTestPatient
from app.clinical.ruleset import RuleSet
from app.errors import RuleSetError
from app.services.assess import assess
from app.services.intake import checked, read_shape

NOWHERE = "none"


def self_test(rules: RuleSet) -> int:
    """Assess every self-test patient; gives how many verdicts were compared. A rule set from before there were any has none.

    Raises RuleSetError that names the patient, the indication and the place of the first verdict that differs.
    """
    return sum(_test(rules, patient) for patient in rules.knowledge.self_test)


def _test(rules: RuleSet, patient: SelfTestPatient) -> int:
    compared = 0
    for place in sorted({place for cells in patient.expect.values() for place in cells}):
        found = dict(_verdicts(rules, _history(patient, place)))
        for indication, cells in patient.expect.items():
            expected = cells.get(place)
            if expected is not None and found.get(indication) != expected.value:
                raise RuleSetError(
                    f"self-test {patient.id}: {indication} in {place} is {found.get(indication)}, not {expected.value}"
                )
            compared += expected is not None
    return compared


def _history(patient: SelfTestPatient, place: str) -> PatientHistory:
    named = {} if place == NOWHERE else {"jurisdiction": place}
    # The way of every request, so that what reads them is tested too.
    history = read_shape(canonical({**patient.history, **named}), PatientHistory)
    if history.as_of is None:
        raise RuleSetError(f"self-test {patient.id} names no date: its answer could change from one day to the next")
    return checked(history, history.as_of)


def _verdicts(rules: RuleSet, history: PatientHistory) -> Iterator[tuple[str, str]]:
    assert history.as_of is not None
    for item in assess(rules, history, history.as_of, "none").candidacy:
        yield item.indication.value, item.status.value
