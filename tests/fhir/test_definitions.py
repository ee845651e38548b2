"""The rule set as PlanDefinitions: every rule, with every sentence and citation, and no claim to be CQL."""

import json
from typing import Any

import pytest

from app.clinical.candidacy_rules import Candidacy
from app.clinical.rules import AskList
from app.fhir.capability import capability_statement, operation_definition
from app.fhir.definitions import LANGUAGE, library, plan_definitions
from tests.fhir.calls import actions


@pytest.fixture(scope="module")
def plans(rules) -> dict[str, Any]:
    return {name: make(rules) for name, make in plan_definitions(rules).items()}


def test_there_is_one_for_each_table_and_one_for_the_rest(rules, plans):
    assert set(plans) == {table.id for table in rules.of(Candidacy)} | {"ivig-general"}


def test_every_rule_is_an_action_with_its_words_and_citations(rules, plans):
    found = {action["id"]: action for plan in plans.values() for action in plan["action"]}
    wanted = [rule for rule in rules.knowledge.rules if not isinstance(rule, AskList)]
    assert set(found) == {rule.id for rule in wanted}
    for rule in wanted:
        action = found[rule.id]
        assert action.get("description") == getattr(rule, "text", None)
        assert [item["label"] for item in action["documentation"]] == list(dict.fromkeys(rule.cite))


def cited(part: Any) -> Any:
    """The sentences of a published rule with their citations, wherever they stand in it."""
    if isinstance(part, dict):
        if "text" in part and "cite" in part:
            yield part["text"], frozenset(part["cite"])
        for value in part.values():
            yield from cited(value)
    elif isinstance(part, list):
        for member in part:
            yield from cited(member)


def test_every_sentence_inside_a_rule_is_there_with_its_citations(rules, plans):
    shown = {
        (action.get("description"), frozenset(item["label"] for item in action.get("documentation", ())))
        for plan in plans.values()
        for action in actions(plan)
    }
    for rule in rules.knowledge.rules:
        if not isinstance(rule, AskList):
            assert set(cited(rules.texts[rule.id])) - shown == set(), rule.id


def test_a_condition_is_said_not_to_be_cql(plans):
    for plan in plans.values():
        assert "NOT CQL" in plan["description"]
        for action in actions(plan):
            for condition in action.get("condition", ()):
                assert condition["expression"]["language"] == LANGUAGE
                assert "Not CQL" in condition["expression"]["description"]
                json.loads(condition["expression"]["expression"])


def test_a_condition_is_the_one_that_was_published(rules, plans):
    (action,) = [
        item for item in plans["ivig-general"]["action"] if item["id"] == "contraindication-immunoglobulin-reaction"
    ]
    published = rules.texts["contraindication-immunoglobulin-reaction"]["when"]
    assert json.loads(action["condition"][0]["expression"]["expression"]) == published


def test_the_library_names_version_digest_plans_and_every_statement(rules, plans):
    made = library(rules)
    assert made["version"] == rules.version
    assert made["identifier"][0]["value"] == rules.digest
    composed = [item["resource"] for item in made["relatedArtifact"] if item["type"] == "composed-of"]
    assert composed == [f"urn:ivig-cds:PlanDefinition:{name}|{rules.version}" for name in plans]
    assert {item["label"] for item in made["relatedArtifact"] if item["type"] == "citation"} == set(rules.statements)


def test_a_working_rule_and_an_unchecked_statement_are_marked(rules):
    marked = {item["label"]: item.get("citation", "") for item in library(rules)["relatedArtifact"] if "label" in item}
    for statement in rules.knowledge.statements:
        if statement.inference:
            assert "working rule" in marked[statement.id]
        elif statement.confidence == "likely":
            assert marked[statement.id]


def test_what_the_server_says_it_offers_is_there(rules, client):
    statement = capability_statement(rules)
    (rest,) = statement["rest"]
    ids = {
        "Library": "ivig-rule-set",
        "OperationDefinition": "assess-ivig",
        "PlanDefinition": "rpl-candidacy",
        "Questionnaire": "ivig-history",
    }
    assert {item["type"] for item in rest["resource"]} == set(ids)
    for kind, name in ids.items():
        answer = client.get(f"/fhir/{kind}/{name}")
        assert (answer.status_code, answer.json()["resourceType"], answer.json()["id"]) == (200, kind, name)
    assert rest["operation"][0]["definition"] == operation_definition(rules)["url"]


def test_canonical_addresses_do_not_depend_on_the_request(client):
    answer = client.get("/fhir/metadata", headers={"host": "evil.example"})
    assert "evil.example" not in answer.text


def test_the_operation_names_what_it_takes_and_gives(rules):
    parameters = operation_definition(rules)["parameter"]
    taken = {item["name"] for item in parameters if item["use"] == "in"}
    given = {item["name"] for item in parameters if item["use"] == "out"}
    assert taken == {
        "bundle",
        "resource",
        "questionnaireResponse",
        "patientId",
        "asOf",
        "jurisdiction",
        "indication",
        "questionnaire",
    }
    assert given == {"guidance", "issue", "questionnaire", "outcome", "used"}
