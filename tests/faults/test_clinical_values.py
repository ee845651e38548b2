"""FAULTS group B: clinical values that must not give a silent wrong answer."""

import json
import random
from dataclasses import replace

import pytest

from app.clinical.stances import Status
from app.services.assess import assess
from app.services.intake import read_history
from tests.conftest import TODAY
from tests.faults.conftest import problem
from tests.knowledge.test_never_say import history

PATIENT = {"as_of": "2026-11-25"}


def answer(client, sent, **query):
    response = client.post("/v1/assessments", json={**PATIENT, **sent}, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def questions(found) -> set[str]:
    return {item for question in found["missing"] for item in question["facts"]}


@pytest.mark.parametrize("value", [True, "34", 34.5, None, [34], {"value": 34}])
def test_b1_b2_only_a_whole_number_is_one(ask, value):
    response = ask({"patient": {"age_years": value}})
    assert response.status_code == (200 if value is None else 422)


def test_b3_a_whole_number_may_be_written_with_a_point(client):
    whole, pointed = (answer(client, {"patient": {"age_years": age}}, explain="none") for age in (34, 34.0))
    assert {**whole, "id": ""} == {**pointed, "id": ""}


def test_b4_a_misspelt_field_is_refused(ask):
    document = problem(ask({"patient": {"age_yaers": 34}}), 422, "unknown-field")
    assert document["errors"][0]["pointer"] == "/patient"


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ({"test": "platelets", "value": 150_000, "unit": "10*9/L"}, "/laboratory/0/value"),
        ({"test": "iga", "value": 700, "unit": "g/L"}, "/laboratory/0/value"),
        ({"test": "creatinine", "value": 70, "unit": "mg/dL"}, "/laboratory/0/value"),
        ({"test": "creatinine", "value": 70}, "/laboratory/0/unit"),
        ({"test": "creatinine", "value": 70, "unit": "mmol/L"}, "/laboratory/0/unit"),
    ],
)
def test_b5_a_wrong_unit_is_never_converted_by_guess(ask, entry, pointer):
    document = problem(ask({"laboratory": [{**entry, "on": "2026-11-20"}]}), 422, "implausible-value")
    assert document["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("value", [-0.0, 1e-320, 1e308, -1])
def test_b6_numbers_outside_any_body_are_refused(ask, value):
    problem(ask({"patient": {"weight_kg": value}}), 422, "implausible-value")


@pytest.mark.parametrize(("percent", "status"), [(9.9e-10, 422), (1e-30, 422), (5e-324, 422), (1e-9, 200), (10, 200)])
def test_b6_no_quantity_is_so_small_that_dividing_by_it_fails(call, percent, status):
    rate = {"value": 50, "unit": "mg/kg/min"}
    sent = {"rate": rate, "concentration_percent": percent, "weight_kg": 60}
    response = call("POST", "/v1/calculators/rate-conversion", json=sent)
    assert response.status_code == status
    if status == 422:
        document = problem(response, 422, "implausible-value")
        assert document["errors"][0]["pointer"] == "/concentration_percent"


@pytest.mark.parametrize(
    "day", ["2026-02-30", "0001-01-01", "9999-12-31", "2026-11-25T10:00:00", "2026-11-25T23:59:60Z", "25.11.2026", ""]
)
def test_b8_a_day_that_is_none_is_refused(ask, day):
    problem(ask({"as_of": day}), 422)


@pytest.mark.parametrize(
    ("as_of", "years"), [("2027-02-28", 34), ("2027-03-01", 35), ("2028-02-28", 35), ("2028-02-29", 36)]
)
def test_b8_a_birthday_of_a_leap_day_comes_on_the_first_of_march(rules, as_of, years):
    sent = {"as_of": as_of, "patient": {"birth_date": "1992-02-29"}}
    history_sent = read_history(json.dumps(sent).encode(), TODAY.replace(year=2030))
    case = rules.baseline.case(history_sent, history_sent.as_of, rules.parameters)
    assert case.fact("patient.age_years").value == years


CONTRADICTIONS = [
    {"patient": {"sex": "male"}, "current_pregnancy": {}},
    {"pregnancies": [{"outcome": "miscarriage"}] * 5, "loss_summary": {"losses": 2}},
    {"current_pregnancy": {}, "postpartum": {}},
    {"patient": {"age_years": 34, "birth_date": "1992-01-01"}},
]


@pytest.mark.parametrize("sent", CONTRADICTIONS)
def test_b9_facts_that_contradict_each_other_are_refused(ask, sent):
    problem(ask(sent), 422, "inconsistent-input")


ALLERGY = "allergy.corn"


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ({}, True),
        ({"allergies": []}, True),
        ({"allergies": [{"code": "corn", "status": "absent"}]}, False),
        ({"allergies": [], "complete_sections": ["allergies"]}, False),
    ],
    ids=["absent", "empty", "said to be absent", "none known, vouched for"],
)
def test_b10_what_is_not_said_is_asked(client, sent, asked):
    assert (ALLERGY in questions(answer(client, sent))) is asked


def test_b10_absent_and_empty_have_different_reasons(rules):
    reasons = []
    for sent in ({}, {"allergies": []}):
        case = rules.baseline.case(read_history(json.dumps(sent).encode(), TODAY), TODAY, rules.parameters)
        reasons.append(case.fact(ALLERGY).reason.value)
    assert reasons == ["not_sent", "not_recorded"]


def test_b11_two_answers_to_one_question_are_a_conflict_not_a_choice(client):
    entries = [{"code": "immunoglobulin_anaphylaxis", "status": status} for status in ("present", "absent")]
    found = answer(client, {"conditions": entries})
    conflicting = {item["fact"] for item in found["missing"] if item["reason"] == "conflicting"}
    assert "ivig.severe_reaction_before" in conflicting
    unclear = {item["id"]: item["present"] for item in found["contraindications"]}
    assert unclear["contraindication-immunoglobulin-reaction"] == "unknown"


def test_b12_a_code_not_known_is_listed(client):
    found = answer(client, {"medications": [{"code": "no_such_medicine", "status": "active"}]})
    assert found["not_understood"] == [{"pointer": "/medications/0/code", "reason": "code_not_in_catalogue"}]


def shuffled(part, chance: random.Random):
    """The same history with other key order, and other order and doubled members in lists whose order says nothing."""
    if not isinstance(part, dict):
        return part
    keys = list(part)
    chance.shuffle(keys)
    return {key: shuffled_list(key, part[key], chance) for key in keys}


def shuffled_list(key, value, chance: random.Random):
    if not isinstance(value, list):
        return shuffled(value, chance)
    if key in {"investigations", "antiphospholipid_tests", "laboratory", "conditions"}:
        return [shuffled(item, chance) for item in chance.sample(value, len(value)) + value[:1]]
    return [shuffled(item, chance) for item in value]


@pytest.mark.parametrize("seed", range(60))
def test_b13_order_doubles_and_spaces_change_nothing(rules, seed):
    sent = history(seed)
    other = json.dumps(shuffled(sent, random.Random(seed)), indent=3)
    first, second = (
        without_places(assess(rules, read_history(body.encode(), TODAY), TODAY, "none"))
        for body in (json.dumps(sent), other)
    )
    assert first == second


def without_places(found):
    """Where in the request something stands does change with its order: what is on file, and serology after a course."""
    workup = tuple(replace(item, on_file=()) for item in found.workup)
    return replace(found, workup=workup, interference=())


def warnings(found) -> set[tuple[str, str]]:
    said = {("contraindication", item.id) for item in found.contraindications if item.present == "true"}
    return said | {(risk.id, factor.id) for risk in found.risks for factor in risk.factors_present}


@pytest.mark.parametrize("seed", range(60))
def test_b14_a_contraindication_removes_no_warning_and_betters_no_verdict(rules, seed):
    sent = history(seed)
    worse = {**sent, "conditions": [{"code": "immunoglobulin_anaphylaxis", "status": "present"}]}
    before, after = (
        assess(rules, read_history(json.dumps(item).encode(), TODAY), TODAY, "none") for item in (sent, worse)
    )
    assert warnings(before) <= warnings(after)
    assert {item.status for item in after.candidacy} == {Status.CONTRAINDICATED}


@pytest.mark.parametrize("seed", range(60))
def test_b14_what_no_rule_reads_changes_nothing(rules, seed):
    sent = history(seed)
    more = {**sent, "immunisations": [], "medications": []}
    before, after = (
        assess(rules, read_history(json.dumps(item).encode(), TODAY), TODAY, "none") for item in (sent, more)
    )
    assert [(item.indication, item.status) for item in before.candidacy] == [
        (item.indication, item.status) for item in after.candidacy
    ]
    assert warnings(before) == warnings(after)
