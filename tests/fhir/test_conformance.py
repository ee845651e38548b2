"""Everything we send is FHIR R4; and the check that says so catches faults."""

import copy

import pytest

from app.fhir.capability import capability_statement, operation_definition
from app.fhir.definitions import library, plan_definitions
from app.fhir.operation import Told
from app.fhir.questionnaire import questionnaires
from app.fhir.read_from import Origins
from app.fhir.writer import answer_parameters
from app.services.assess import traced
from app.services.intake import read_history
from app.web.examples import HISTORIES
from app.web.fhir_examples import CHART, WITH_ANSWERS
from tests.conftest import TODAY
from tests.fhir import calls
from tests.fhir.r4 import faults


def told(history, patient_id="p1"):
    return Told(history, patient_id, [], [], {}, {}, "Bundle", with_questionnaire=True)


def answered(rules, value):
    import json

    history = read_history(json.dumps(value).encode(), TODAY)
    answer, results = traced(rules, history, TODAY)
    return answer_parameters(Origins(rules, results, history, {}), answer, told(history))


@pytest.mark.parametrize("name", HISTORIES)
def test_every_answer_conforms(rules, name):
    assert faults(answered(rules, HISTORIES[name]["value"])) == []


@pytest.mark.parametrize("body", [CHART, WITH_ANSWERS], ids=["chart", "answers"])
def test_an_answer_over_http_conforms(client, body):
    assert faults(calls.assess(client, body).json()) == []


def test_the_statements_about_the_server_conform(rules):
    for resource in (capability_statement(rules), operation_definition(rules), library(rules)):
        assert faults(resource) == []


def test_every_plan_definition_conforms(rules):
    for make in plan_definitions(rules).values():
        assert faults(make(rules)) == []


def test_every_questionnaire_conforms(rules):
    for make in questionnaires(rules).values():
        assert faults(make(rules)) == []


@pytest.mark.parametrize("path", ["/fhir/Library/nothing", "/fhir/nothing", "/fhir/metadata?nothing=1"])
def test_every_refusal_conforms(client, path):
    assert faults(client.get(path).json()) == []


def guidance(answer):
    return answer["parameter"][0]["resource"]


def group(answer):
    return guidance(answer)["contained"][2]


MUTANTS = {
    "a null": lambda a: a.update(id=None),
    "an empty list": lambda a: guidance(a).update(reasonCode=[]),
    "an empty object": lambda a: guidance(a).update(subject={}),
    "an empty string": lambda a: group(a)["action"][0].update(title=""),
    "no status": lambda a: guidance(a).pop("status"),
    "a status of another resource": lambda a: guidance(a).update(status="final"),
    "no module": lambda a: guidance(a).pop("moduleCanonical"),
    "no intent": lambda a: group(a).pop("intent"),
    "an unknown element": lambda a: group(a)["action"][0].update(text="x"),
    "a dangling local reference": lambda a: guidance(a)["result"].update(reference="#nothing"),
    "a contained resource nobody names": lambda a: guidance(a).pop("evaluationMessage"),
    "no reference": lambda a: guidance(a)["subject"].update(reference="p1"),
    "an id with a space": lambda a: guidance(a).update(id="a b"),
    "an id that is too long": lambda a: guidance(a).update(id="a" * 65),
    "an issue without severity": lambda a: guidance(a)["contained"][1]["issue"][0].pop("severity"),
    "an issue type that does not exist": lambda a: guidance(a)["contained"][1]["issue"][0].update(code="missing"),
    "an outcome without issues": lambda a: guidance(a)["contained"][1].update(issue=[]),
    "two values": lambda a: guidance(a)["contained"][0]["parameter"][0].update(valueCode="x"),
    "a parameter without anything": lambda a: guidance(a)["contained"][0]["parameter"][0].pop("valueString"),
    "a truth as text": lambda a: guidance(a)["contained"][0]["parameter"][-1].update(valueBoolean="true"),
    "a citation without type": lambda a: group(a)["action"][0]["documentation"][0].pop("type"),
    "a requirement without type": lambda a: guidance(a)["dataRequirement"][0].pop("type"),
    "a date that is none": lambda a: guidance(a).update(occurrenceDateTime="25.11.2026"),
    "an issue of no known severity": lambda a: calls.named(a, "issue")[0].update(severity="critical"),
    "an item without link": lambda a: calls.named(a, "questionnaire")[0]["item"][0].pop("linkId"),
    "an empty group": lambda a: calls.named(a, "questionnaire")[0]["item"][0].pop("item"),
    "a link twice": lambda a: calls.named(a, "questionnaire")[0]["item"].append(
        calls.named(a, "questionnaire")[0]["item"][0]
    ),
    "an item type that does not exist": lambda a: calls.named(a, "questionnaire")[0]["item"][0].update(type="list"),
}


@pytest.fixture(scope="module")
def sparse(rules):
    return answered(rules, HISTORIES["recurrent-pregnancy-loss"]["value"])


@pytest.mark.parametrize("name", MUTANTS)
def test_the_check_catches(sparse, name):
    mutant = copy.deepcopy(sparse)
    MUTANTS[name](mutant)
    assert mutant != sparse
    assert faults(mutant) != []


def test_the_check_catches_an_operation_parameter_without_type(rules):
    mutant = operation_definition(rules)
    del mutant["parameter"][0]["type"]
    assert faults(mutant) != []


def test_the_check_catches_an_instance_without_implementation(rules):
    mutant = capability_statement(rules)
    del mutant["implementation"]
    assert faults(mutant) != []


def test_the_check_catches_a_question_that_depends_on_one_not_asked(rules):
    mutant = questionnaires(rules)["gbs-ask"](rules)
    mutant["item"] = [item for item in mutant["item"] if item["linkId"] != "gbs-ask-diagnosis"]
    mutant["item"][0]["item"][0]["enableWhen"] = [
        {"question": "condition.x", "operator": "=", "answerCoding": {"code": "Y"}}
    ]
    assert faults(mutant) != []
