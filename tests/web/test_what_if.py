from itertools import pairwise

import pytest

from app.web.examples import CONTRAINDICATED, HISTORIES
from app.web.problems import MEDIA_TYPE
from app.web.what_if_examples import OPEN_HISTORIES
from tests.web.test_infusion_plans import reached

CANARY = "ZEBRA7391"
PATH = "/v1/assessments/what-if"


def ask(client, history):
    response = client.post(PATH, json=history)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("name", {**HISTORIES, **OPEN_HISTORIES})
def test_the_open_verdicts_are_those_of_the_assessment(client, name):
    history = {**HISTORIES, **OPEN_HISTORIES}[name]["value"]
    assessed = client.post("/v1/assessments", json=history).json()["candidacy"]
    found = {item["indication"]: item["possible"] for item in ask(client, history)["open"]}
    assert found == {item["indication"]: item["possible"] for item in assessed if item["status"] == "undetermined"}


def test_the_gestation_settles_the_example_by_ranges(client):
    found = ask(client, OPEN_HISTORIES["gestation-unknown"]["value"])["open"]
    own = next(item for item in found if item["indication"] == "recurrent_pregnancy_loss")
    first = own["settled_by"][0]
    assert first["fact"] == "pregnancy.gestation_days"
    assert first["settles"] == "any_answer"
    last = first["answers"][-1]
    assert last["range"] == {"minimum": 48, "minimum_included": False, "maximum": None, "maximum_included": False}
    assert last["status"] == "not_recommended"
    assert "ivig-early-window" in last["evidence"]
    assert first["answers"][-2]["range"]["maximum"] == 48
    assert first["answers"][-2]["status"] == "may_be_considered"


def test_a_severe_reaction_would_settle_every_open_verdict(client):
    for item in ask(client, OPEN_HISTORIES["sparse"]["value"])["open"]:
        found = next(one for one in item["settled_by"] if one["fact"] == "ivig.severe_reaction_before")
        assert found["settles"] == "some_answers"
        assert [(one["yes"], one["status"]) for one in found["answers"] if one["settled"]] == [
            (True, "contraindicated")
        ]


def test_answers_of_numbers_leave_no_gap_and_do_not_overlap(client):
    for name in OPEN_HISTORIES:
        for item in ask(client, OPEN_HISTORIES[name]["value"])["open"]:
            for fact in item["settled_by"]:
                ranges = [one["range"] for one in fact["answers"] if one["range"]]
                for before, after in pairwise(ranges):
                    assert before["maximum"] == after["minimum"]
                    assert before["maximum_included"] is not after["minimum_included"]


def test_nothing_is_open_once_it_is_contraindicated(client):
    answer = ask(client, CONTRAINDICATED)
    assert answer["open"] == []
    assert answer["smallest_set"] == {"questions": [], "method": "exact"}


def test_every_question_of_the_set_bears_on_an_open_verdict(client):
    answer = ask(client, OPEN_HISTORIES["sparse"]["value"])
    open_facts = {fact for item in answer["open"] for fact in item["open_facts"]}
    asked = [item["fact"] for item in answer["smallest_set"]["questions"]]
    assert asked
    assert len(asked) == len(set(asked))
    assert set(asked) <= open_facts
    assert answer["smallest_set"]["method"] == "greedy"


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ('{"x":1}', 422), ('{"patient":{"age_years":"ZEBRA7391"}}', 422)]
)
def test_what_cannot_be_read_is_refused_without_an_echo(client, body, status):
    response = client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE
    assert CANARY not in response.text


def test_openapi_describes_every_field(client):
    document = client.get("/openapi.json").json()
    operation = document["paths"][PATH]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "403", "408", "413", "415", "422", "429", "503"}
    assert set(operation["requestBody"]["content"]["application/json"]["examples"]) == set(OPEN_HISTORIES)
    schemas = document["components"]["schemas"]
    own = {name for name in reached(schemas, "WhatIf") if name in {"WhatIf", "OpenVerdict", "SettlingFact"}}
    own |= {"AnswerOutcome", "NumberRange", "SmallestSet", "SetQuestion"}
    bare = [
        f"{name}.{field}"
        for name in own
        for field, schema in schemas[name]["properties"].items()
        if "description" not in schema and "$ref" not in schema
    ]
    assert bare == []
