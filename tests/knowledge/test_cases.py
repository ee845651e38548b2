"""Every reviewed case is a test: rules and scores on facts given directly, patients through the whole service."""

from datetime import date

import pytest

from app.authoring.cases import PatientCase, facts_of, history_of, load_cases, truth_of
from app.clinical.assessment import Assessment
from app.clinical.facts import derive
from app.clinical.funding import funding
from app.clinical.product_choice import choose
from app.logic.evaluator import Results
from app.services.assess import assess
from app.services.publish import BUNDLED

TODAY = date(2026, 11, 25)
CASES = load_cases(BUNDLED)
NO_PLACE = "none"


def name_of(piece) -> str:
    """The subject of a case, and where to find it."""
    subject = piece.data.get("rule") or piece.data.get("score")
    return f"{subject}:{piece.data['expect']}@{piece.file.name}:{piece.file.marks[piece.path][0]}"


def placed(case: PatientCase) -> list[str]:
    return sorted({place for cells in case.expect.candidacy.values() for place in cells})


def answered(rules, case: PatientCase, place: str | None) -> Assessment:
    return assess(rules, history_of(case, None if place == NO_PLACE else place), TODAY)


def judged(rules, case: PatientCase, place: str | None) -> Results:
    history = history_of(case, None if place == NO_PLACE else place)
    return rules.program.evaluate(derive(rules.baseline.case(history, history.as_of or TODAY, rules.parameters)))


@pytest.mark.parametrize("piece", [pytest.param(piece, id=name_of(piece)) for piece in CASES.rules])
def test_rule(rules, piece):
    case = piece.model
    assert rules.program.evaluate(facts_of(case.facts)).truth(case.rule) is truth_of(case.expect), case.why


@pytest.mark.parametrize("piece", [pytest.param(piece, id=name_of(piece)) for piece in CASES.scores])
def test_score(rules, piece):
    case = piece.model
    found = rules.program.evaluate(facts_of(case.facts)).score(case.score)
    assert (found.low, found.high) == (case.expect.minimum, case.expect.maximum), case.why


@pytest.mark.parametrize(
    ("case", "place"),
    [
        pytest.param(piece.model, place, id=f"{piece.model.id}-{place}")
        for piece in CASES.patients
        for place in placed(piece.model)
    ],
)
def test_status(rules, case, place):
    found = {item.indication: item for item in answered(rules, case, place).candidacy}
    for indication, cells in case.expect.candidacy.items():
        if place in cells:
            assert found[indication].status is cells[place], (indication, found[indication].decided_by, case.why)


@pytest.mark.parametrize(
    "case", [pytest.param(piece.model, id=piece.model.id) for piece in CASES.patients if piece.model.expect.funding]
)
def test_funding(rules, case):
    results = judged(rules, case, None)
    found = {
        indication: {
            place: funding(rules, results, None if place == NO_PLACE else place, indication).status for place in cells
        }
        for indication, cells in case.expect.funding.items()
    }
    assert found == {indication: dict(cells) for indication, cells in case.expect.funding.items()}, case.why


@pytest.mark.parametrize("case", [pytest.param(piece.model, id=piece.model.id) for piece in CASES.patients])
def test_findings(rules, case):
    """What a case lists is shown in at least one of its jurisdictions, what it calls absent in none; criteria hold in all.

    A check (workup or monitoring) may stand in any list. Criteria and scores are the patient's, shown or not.
    """
    answers = [answered(rules, case, place) for place in placed(case) or [None]]
    for place in placed(case) or [None]:
        results = judged(rules, case, place)
        assert {name: results.truth(name) for name in case.expect.criteria} == {
            name: truth_of(expected) for name, expected in case.expect.criteria.items()
        }
        scores = {name: results.score(name) for name in case.expect.scores}
        assert {name: (item.low, item.high) for name, item in scores.items()} == dict(case.expect.scores)
    shown = [shown_by(answer) for answer in answers]
    for kind in ("contraindications", "risks", "alternatives", "notes", "protocols", "missing"):
        wanted = set(getattr(case.expect, kind))
        lacking = wanted - set().union(*(item[kind] | item["checks"] for item in shown))
        assert not lacking, (kind, lacking)
    assert not set(case.expect.absent) & set().union(*(ids for item in shown for ids in item.values()))


PRODUCT_CASES = [
    pytest.param(piece.model, id=piece.model.id) for piece in CASES.patients if piece.model.expect.products
]


@pytest.mark.parametrize("case", PRODUCT_CASES)
def test_products(rules, case):
    choice = choose(rules, judged(rules, case, None), history_of(case).jurisdiction)
    assert {name: choice.of(name).suitability for name in case.expect.products} == dict(case.expect.products), case.why


def shown_by(answer: Assessment) -> dict[str, set[str]]:
    """The ids an answer shows as holding, by kind. An alternative that is removed is still shown, with its reason."""
    return {
        "contraindications": {item.id for item in answer.contraindications if item.present == "true"},
        "risks": {item.id for item in answer.risks if item.factor_present == "true"},
        "alternatives": {item.id for item in answer.alternatives},
        "checks": {item.id for item in (*answer.workup, *answer.monitoring)},
        "notes": {note.id for part in (answer, *answer.candidacy) for note in part.notes},
        "protocols": {item.id for entry in answer.candidacy for item in entry.protocol},
        "missing": {item.id for item in answer.missing},
    }
