"""Every reviewed case is a test: rules and scores on facts given directly, patients through the whole service."""

from datetime import date

import pytest

from app.authoring.cases import Expectation, facts_of, history_of, load_cases, truth_of
from app.clinical.assessment import Assessment
from app.services.assess import assess
from app.services.publish import BUNDLED

TODAY = date(2026, 11, 25)
CASES = load_cases(BUNDLED)
WORDS = {True: "true", False: "false", "unknown": "unknown"}


def named(pieces):
    return [pytest.param(piece.model, id=f"{piece.file.name}:{index}") for index, piece in enumerate(pieces)]


@pytest.mark.parametrize("case", named(CASES.rules))
def test_rule(rules, case):
    found = rules.program.evaluate(facts_of(case.facts)).truth(case.rule)
    assert found is truth_of(case.expect), (case.rule, case.facts, case.why)


@pytest.mark.parametrize("case", named(CASES.scores))
def test_score(rules, case):
    found = rules.program.evaluate(facts_of(case.facts)).score(case.score)
    assert (found.low, found.high) == (case.expect.minimum, case.expect.maximum), (case.score, case.facts)


@pytest.mark.parametrize("case", [pytest.param(piece.model, id=piece.model.id) for piece in CASES.patients])
def test_patient(rules, case):
    named_places = {place for cells in case.expect.candidacy.values() for place in cells}
    for place in sorted(named_places) or [None]:
        history = history_of(case, None if place in {None, "none"} else place)
        answer = assess(rules, history, TODAY)
        found = {item.indication: item for item in answer.candidacy}
        for indication, cells in case.expect.candidacy.items():
            if place in cells:
                assert found[indication].status is cells[place], (place, found[indication].decided_by, case.why)
        check_details(answer, case.expect)


def check_details(answer: Assessment, expect: Expectation) -> None:
    criteria = {item.id: item.met for entry in answer.candidacy for item in entry.criteria}
    assert {name: criteria[name] for name in expect.criteria} == {
        name: WORDS[met] for name, met in expect.criteria.items()
    }
    scores = {item.id: (item.minimum, item.maximum) for entry in answer.candidacy for item in entry.scores}
    assert {name: scores[name] for name in expect.scores} == dict(expect.scores)
    wanted = {*expect.contraindications, *expect.risks, *expect.alternatives, *expect.notes}
    found = shown(answer)
    assert wanted <= found, wanted - found
    assert not set(expect.absent) & found
    assert set(expect.missing) <= {item.id for item in answer.missing}


def shown(answer: Assessment) -> set[str]:
    found = {item.id for item in answer.contraindications if item.present == "true"}
    found |= {item.id for item in answer.risks if item.factor_present == "true"}
    found |= {item.id for item in (*answer.alternatives, *answer.workup, *answer.monitoring, *answer.notes)}
    return found.union(*({part.id for part in (*item.notes, *item.protocol)} for item in answer.candidacy))
