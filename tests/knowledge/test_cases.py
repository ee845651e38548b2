"""Every reviewed case: rules on facts given directly, patients through the whole service."""

import json
from datetime import date
from decimal import Decimal

import pytest

from app.logic.truth import Truth
from app.services.assess import assess
from app.services.intake import read_history
from tests.knowledge.case_files import entries, fact_of

TODAY = date(2026, 11, 25)
WORDS = {True: "true", False: "false"}


def parameters(key: str) -> list:
    return [pytest.param(entry, id=name) for name, entry in entries(key)]


def facts_of(case: dict) -> dict:
    return {name: fact_of(value) for name, value in (case.get("facts") or {}).items()}


@pytest.mark.parametrize("case", parameters("rule_cases"))
def test_rule(rules, case):
    expected = Truth(WORDS.get(case["expect"], case["expect"]))
    assert rules.program.evaluate(facts_of(case)).truth(case["rule"]) is expected


@pytest.mark.parametrize("case", parameters("score_cases"))
def test_score(rules, case):
    value = rules.program.evaluate(facts_of(case)).score(case["score"])
    assert {"minimum": value.low, "maximum": value.high} == case["expect"]


def number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def shown(answer) -> set[str]:
    found = {item.id for item in answer.contraindications if item.present == "true"}
    found |= {item.id for item in answer.risks if item.factor_present == "true"}
    found |= {item.id for item in (*answer.alternatives, *answer.workup, *answer.monitoring, *answer.notes)}
    for item in answer.candidacy:
        found |= {part.id for part in (*item.notes, *item.protocol)}
    return found


@pytest.mark.parametrize("case", parameters("patient_cases"))
def test_patient(rules, case):
    expect = case["expect"]
    places = {place for cells in expect.get("candidacy", {}).values() for place in cells}
    for place in places or {case["history"].get("jurisdiction", "none")}:
        history = {**case["history"], "jurisdiction": None if place == "none" else place}
        answer = assess(rules, read_history(json.dumps(history, default=number).encode(), TODAY), TODAY)
        found = {item.indication.value: item for item in answer.candidacy}
        for indication, cells in expect.get("candidacy", {}).items():
            if place in cells:
                assert found[indication].status.value == cells[place], (place, found[indication].decided_by)
        check_details(answer, expect)


def check_details(answer, expect):
    criteria = {item.id: item.met for entry in answer.candidacy for item in entry.criteria}
    for name, met in expect.get("criteria", {}).items():
        assert criteria[name] == WORDS.get(met, met), name
    scores = {item.id: [item.minimum, item.maximum] for entry in answer.candidacy for item in entry.scores}
    for name, bounds in expect.get("scores", {}).items():
        assert scores[name] == bounds, name
    for kind in ("contraindications", "risks", "alternatives", "notes", "protocols"):
        assert set(expect.get(kind, ())) <= shown(answer), kind
    assert not set(expect.get("absent", ())) & shown(answer)
    assert set(expect.get("missing", ())) <= {item.id for item in answer.missing}
