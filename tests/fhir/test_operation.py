"""$assess-ivig over HTTP: what goes in, what comes out, and what is refused."""

import copy
import json
import logging

import pytest

from app.web.examples import CONTRAINDICATED, HISTORIES, IMPLANTATION_FAILURE, SPARSE
from app.web.fhir_examples import ANSWERS, CHART, WITH_ANSWERS
from tests.fhir.answering import respond
from tests.fhir.calls import MEDIA, actions, assess, contained, named, outputs, verdicts
from tests.fhir.charts import bundle, condition, patient
from tests.fhir.r4 import faults
from tests.fhir.test_response import history

CANARY = "ZEBRA7391"
SNOMED = "http://snomed.info/sct"


def parameters(*parts):
    return {"resourceType": "Parameters", "parameter": list(parts)}


def by_form(value):
    """The same history, told by a form alone."""
    said = {name: part for name, part in value.items() if name not in {"as_of", "jurisdiction"}}
    parts = [{"name": "questionnaireResponse", "resource": respond(history(said))}]
    parts += [{"name": "asOf", "valueDate": value["as_of"]}] if "as_of" in value else []
    parts += [{"name": "jurisdiction", "valueCode": value["jurisdiction"]}] if "jurisdiction" in value else []
    return parameters(*parts)


def issues(answer):
    return [(item["severity"], item["code"], item["details"]["coding"][0]["code"]) for item in answer["issue"]]


@pytest.mark.parametrize("name", HISTORIES)
def test_form_and_native_json_give_the_same_verdicts(client, name):
    native = client.post("/v1/assessments", json=HISTORIES[name]["value"]).json()
    answer = assess(client, by_form(HISTORIES[name]["value"]))
    assert answer.status_code == 200, answer.text
    assert verdicts(answer.json()) == {item["indication"]: item["status"] for item in native["candidacy"]}
    assert outputs(named(answer.json(), "guidance")[0], "ruleSetDigest") == [native["rule_set"]["digest"]]


def sentences(part):
    if isinstance(part, dict):
        for name in ("text", "headline"):
            if part.get(name) and part.get("evidence"):
                yield part[name], frozenset(part["evidence"])
        for name, value in part.items():
            if name not in {"missing", "because"}:
                yield from sentences(value)
    elif isinstance(part, list):
        for member in part:
            yield from sentences(member)


@pytest.mark.parametrize("name", HISTORIES)
def test_every_sentence_of_the_native_answer_is_there_with_its_citations(client, name):
    value = HISTORIES[name]["value"]
    native = client.post("/v1/assessments", json=value, params={"explain": "none"}).json()
    answer = assess(client, by_form(value)).json()
    shown = {
        (item["description"], frozenset(source["label"] for source in item["documentation"]))
        for guidance in named(answer, "guidance")
        for item in actions(contained(guidance, "RequestGroup"))
        if "description" in item and "documentation" in item
    }
    wanted = set(sentences(native))
    assert wanted
    assert wanted - shown == set()


def test_every_citation_can_be_followed(client):
    answer = assess(client, by_form(CONTRAINDICATED)).json()
    for guidance in named(answer, "guidance"):
        for item in actions(contained(guidance, "RequestGroup")):
            for source in item.get("documentation", ()):
                assert source["type"] == "citation"
                assert source["label"]
                assert source["display"]
                assert source.get("url", "https://").startswith("http")


def test_what_the_verdict_waits_for_is_required(client):
    answer = assess(client, by_form(SPARSE)).json()
    for guidance in named(answer, "guidance"):
        assert guidance["status"] == "data-required"
        questions = {
            part["valueCode"]
            for need in guidance["dataRequirement"]
            for part in need["extension"]
            if part["url"].endswith(":question-id")
        }
        assert questions
        reasons = [item["code"] for item in contained(guidance, "OperationOutcome")["issue"]]
        assert set(reasons) == {"incomplete"}


def test_a_settled_verdict_is_no_longer_required_to_know(client):
    answer = assess(client, by_form(IMPLANTATION_FAILURE)).json()
    found = {outputs(item, "indication")[0]: item for item in named(answer, "guidance") if outputs(item, "indication")}
    settled = found["recurrent_implantation_failure"]
    assert outputs(settled, "status") == ["not_recommended"]
    assert settled["status"] == "data-requested"


def test_status_success_asks_for_nothing(client):
    answer = assess(client, by_form(CONTRAINDICATED)).json()
    done = [item for item in named(answer, "guidance") if item["status"] == "success"]
    assert done
    assert all("dataRequirement" not in item for item in done)


def test_a_requirement_names_resource_and_code(client):
    answer = assess(client, by_form(SPARSE)).json()
    needs = [need for guidance in named(answer, "guidance") for need in guidance["dataRequirement"]]
    kinds = {need["type"] for need in needs}
    assert {"Observation", "Condition", "AllergyIntolerance"} <= kinds
    codes = {code["code"] for need in needs for part in need.get("codeFilter", ()) for code in part["code"]}
    assert "2458-8" in codes  # IgA, LOINC: CLINICAL_DECISIONS asks for it before any IVIG


def test_a_contraindication_that_is_present_is_final_and_high(client):
    found = named(assess(client, by_form(CONTRAINDICATED)).json(), "issue")
    reaction = next(
        item for item in found if item["code"]["coding"][0]["code"] == "contraindication-immunoglobulin-reaction"
    )
    assert (reaction["status"], reaction["severity"]) == ("final", "high")
    assert reaction["extension"][0]["valueRelatedArtifact"]["url"].startswith("http")
    assert reaction["detail"].startswith("Previous anaphylaxis")


def test_a_contraindication_that_is_not_excluded_is_preliminary_and_says_so(client):
    found = named(assess(client, by_form(SPARSE)).json(), "issue")
    assert found
    assert {item["status"] for item in found} == {"preliminary"}
    assert all(item["detail"].startswith("Not yet excluded.") for item in found)


def test_the_questionnaire_asks_what_is_missing_and_can_be_left_out(client):
    body = by_form(SPARSE)
    native = client.post("/v1/assessments", json=SPARSE).json()
    (form,) = named(assess(client, body).json(), "questionnaire")
    assert [item["linkId"] for item in form["item"]] == [item["id"] for item in native["missing"]]
    body["parameter"].append({"name": "questionnaire", "valueBoolean": False})
    assert named(assess(client, body).json(), "questionnaire") == []


def test_answering_a_question_removes_it(client):
    before = {item["linkId"] for item in named(assess(client, CHART).json(), "questionnaire")[0]["item"]}
    after = {item["linkId"] for item in named(assess(client, WITH_ANSWERS).json(), "questionnaire")[0]["item"]}
    assert "migraine" in before
    assert "migraine" not in after


def test_a_form_inside_the_bundle_is_read_too(client):
    chart = copy.deepcopy(CHART)
    chart["entry"].append({"resource": ANSWERS})
    answer = assess(client, chart).json()
    assert "migraine" not in {item["linkId"] for item in named(answer, "questionnaire")[0]["item"]}
    assert not [item for item in issues(named(answer, "outcome")[0]) if item[1] == "not-supported"]


def test_a_form_that_contradicts_the_chart_replaces_it_and_says_so(client):
    weight = {"valueQuantity": {"value": 71, "system": "http://unitsofmeasure.org", "code": "kg"}}
    form = {**ANSWERS, "item": [{"linkId": "patient.weight_kg", "answer": [weight]}]}
    answer = assess(
        client, parameters({"name": "bundle", "resource": CHART}, {"name": "questionnaireResponse", "resource": form})
    )
    found = named(answer.json(), "outcome")[0]["issue"]
    (replaced,) = [item for item in found if item["code"] == "conflict"]
    assert replaced["expression"] == ["Parameters.parameter[1].resource.item[0]"]


def test_a_form_of_another_blood_group_is_refused(client):
    def group(code):
        answer = {"valueCoding": {"system": "urn:ivig-cds:code-system:blood-group", "code": code}}
        resource = {**ANSWERS, "item": [{"linkId": "patient.blood_group", "answer": [answer]}]}
        return {"name": "questionnaireResponse", "resource": resource}

    assert assess(client, parameters(group("A"), group("A"))).status_code == 200
    refused = assess(client, parameters(group("A"), group("B")))
    assert refused.status_code == 422
    assert refused.json()["issue"][0]["expression"] == ["parameter[1].resource.item[0]"]


def test_losses_of_chart_and_form_are_never_added_up(client):
    outcome = {"valueCoding": {"system": "urn:ivig-cds:code-system:pregnancy-outcome", "code": "miscarriage"}}
    entry = {"linkId": "pregnancies", "item": [{"linkId": "pregnancies.outcome", "answer": [outcome]}]}
    form = {**ANSWERS, "item": [entry, entry]}
    body = parameters({"name": "bundle", "resource": CHART}, {"name": "questionnaireResponse", "resource": form})
    answer = assess(client, body).json()
    replaced = [item for item in named(answer, "outcome")[0]["issue"] if item["code"] == "conflict"]
    assert len(replaced) == 4  # two entries with their outcomes


def test_the_sources_of_the_history_are_named(client):
    (used,) = named(assess(client, CHART).json(), "used")
    found = {part["name"]: part["valueReference"]["reference"] for part in used["part"]}
    assert found["patient.weight_kg"] == "Observation/weight"
    assert found["pregnancies.0"] == "Condition/loss-1"


def test_sections_that_were_not_sent_are_said_not_to_be_known(client):
    (outcome,) = named(assess(client, CHART).json(), "outcome")
    assert ("information", "incomplete", "absent_allergies") in issues(outcome)


def test_a_part_of_a_search_is_said_to_be_a_part(client):
    chart = copy.deepcopy(CHART) | {"type": "searchset", "total": 50}
    (outcome,) = named(assess(client, chart).json(), "outcome")
    assert ("warning", "incomplete", "partial_conditions") in issues(outcome)


def test_what_is_not_read_is_listed_with_its_place(client):
    unknown = condition("c9", (SNOMED, "999999999"))
    (outcome,) = named(assess(client, bundle(patient(), unknown)).json(), "outcome")
    found = [item for item in outcome["issue"] if item["code"] == "not-supported"]
    assert [item["expression"] for item in found] == [
        ["Bundle.entry.resource.descendants().where(resourceType = 'Condition' and id = 'c9')"]
    ]


def test_a_resource_of_another_patient_refuses_the_request(client):
    other = condition("c1", (SNOMED, "55464009")) | {"subject": {"reference": "Patient/other"}}
    answer = assess(client, bundle(patient(), other))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "patient_mismatch"


def test_a_form_about_another_patient_refuses_the_request(client):
    form = {**ANSWERS, "subject": {"reference": "Patient/other"}}
    body = parameters({"name": "bundle", "resource": CHART}, {"name": "questionnaireResponse", "resource": form})
    assert assess(client, body).status_code == 422


def test_an_id_that_was_stated_must_be_hers(client):
    stated = {"name": "patientId", "valueId": "somebody-else"}
    assert assess(client, parameters({"name": "bundle", "resource": CHART}, stated)).status_code == 422


REFUSED = {
    "not json": ("{", 400),
    "twice the same key": ('{"resourceType":"Bundle","resourceType":"Bundle"}', 400),
    "not a number": ('{"resourceType":"Bundle","total":NaN}', 400),
    "too deep": ('{"a":' * 60 + "1" + "}" * 60, 400),
    "a list": ("[]", 422),
    "no type": ("{}", 422),
    "another resource": ('{"resourceType":"Patient"}', 422),
    "nothing in it": ('{"resourceType":"Parameters"}', 422),
    "parameters of another shape": ('{"resourceType":"Parameters","parameter":{}}', 422),
    "a parameter of another shape": ('{"resourceType":"Parameters","parameter":[3]}', 422),
    "a parameter that is unknown": (json.dumps(parameters({"name": CANARY})), 422),
    "no resource": (json.dumps(parameters({"name": "bundle"})), 422),
    "another resource as bundle": (json.dumps(parameters({"name": "bundle", "resource": {"resourceType": "Patient"}})), 422),
    "two bundles": (json.dumps(parameters(*[{"name": "bundle", "resource": CHART}] * 2)), 422),
    "a date that is none": (json.dumps(parameters({"name": "bundle", "resource": CHART}, {"name": "asOf", "valueDate": CANARY})), 422),
    "a date of another type": (json.dumps(parameters({"name": "bundle", "resource": CHART}, {"name": "asOf", "valueString": CANARY})), 422),
    "a date in the future": (json.dumps(parameters({"name": "bundle", "resource": CHART}, {"name": "asOf", "valueDate": "2199-01-01"})), 422),
    "a place that is none": (json.dumps(parameters({"name": "bundle", "resource": CHART}, {"name": "jurisdiction", "valueCode": CANARY})), 422),
    "an unknown indication": (json.dumps(parameters({"name": "bundle", "resource": CHART}, {"name": "indication", "valueCode": CANARY})), 422),
    "an id that is none": (json.dumps(parameters({"name": "bundle", "resource": CHART}, {"name": "patientId", "valueString": f"{CANARY} x"})), 422),
    "entries of another shape": ('{"resourceType":"Bundle","entry":{}}', 422),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_request_is_refused_as_an_operation_outcome(client, name, caplog):
    body, status = REFUSED[name]
    with caplog.at_level(logging.DEBUG):
        answer = assess(client, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA
    assert faults(answer.json()) == []
    assert "diagnostics" not in answer.text
    assert CANARY not in answer.text + caplog.text


def test_only_the_indications_asked_for_are_answered(client):
    asked = {"name": "indication", "valueCode": "preeclampsia"}
    answer = assess(client, parameters({"name": "bundle", "resource": CHART}, asked)).json()
    assert set(verdicts(answer)) == {"preeclampsia"}


@pytest.mark.parametrize("media_type", [MEDIA, "application/json", f"{MEDIA}; charset=utf-8", "Application/JSON"])
def test_both_json_media_types_are_read(client, media_type):
    assert assess(client, CHART, media_type).status_code == 200


@pytest.mark.parametrize("media_type", ["application/fhir+xml", "text/plain", "application/fhir+json; charset=latin-1"])
def test_other_media_types_are_not(client, media_type):
    answer = assess(client, CHART, media_type)
    assert answer.status_code == 415
    assert answer.json()["issue"][0]["code"] == "not-supported"


@pytest.mark.parametrize(("accept", "sent"), [("*/*", MEDIA), (MEDIA, MEDIA), ("application/json", "application/json")])
def test_the_answer_has_the_media_type_that_is_asked_for(client, accept, sent):
    assert client.get("/fhir/metadata", headers={"accept": accept}).headers["content-type"] == sent


def test_a_method_that_is_not_offered_is_refused_as_an_operation_outcome(client):
    answer = client.put("/fhir/metadata")
    assert answer.status_code == 405
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.headers["allow"] == "GET"


def test_errors_elsewhere_stay_problem_details(client):
    assert client.get("/v1/nothing").headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(client):
    answer = assess(client, b" " * 1_000_001)
    assert answer.status_code == 413
    assert faults(answer.json()) == []


def test_what_was_sent_is_in_no_log(client, caplog):
    chart = json.loads(json.dumps(CHART).replace("loss-1", CANARY))
    chart["entry"][1]["resource"]["note"] = [{"text": CANARY}]
    with caplog.at_level(logging.DEBUG):
        assert assess(client, chart).status_code == 200
    assert CANARY not in caplog.text


def test_an_id_that_is_no_fhir_id_does_not_come_back(client):
    chart = json.loads(json.dumps(CHART).replace("loss-1", f"{CANARY} <b>"))
    answer = assess(client, chart)
    assert answer.status_code == 200
    assert CANARY not in answer.text


def test_the_assessment_is_audited(client):
    entries = []

    class Watching:
        async def record(self, entry):
            entries.append(entry)

    context = client.app.state.context
    client.app.state.context = type(context)(context.holder, Watching(), context.published, context.hash_key)
    try:
        answer = assess(client, CHART).json()
    finally:
        client.app.state.context = context
    (entry,) = entries
    assert entry.id == answer["id"]
    assert "recurrent_pregnancy_loss:undetermined" in entry.finding_ids


def test_the_rule_set_is_named_in_the_headers(client):
    active = client.get("/v1/rule-sets/active").json()["version"]
    assert assess(client, CHART).headers["rule-set"] == active
    assert client.get("/fhir/metadata").headers["rule-set"] == active


def test_every_operation_is_documented(client):
    paths = client.get("/openapi.json").json()["paths"]
    ours = {name: item for name, item in paths.items() if name.startswith("/fhir")}
    assert set(ours) == {
        "/fhir/metadata",
        "/fhir/$assess-ivig",
        "/fhir/OperationDefinition/{id}",
        "/fhir/Library/{id}",
        "/fhir/PlanDefinition/{id}",
        "/fhir/Questionnaire/{id}",
    }
    for item in ours.values():
        for operation in item.values():
            assert operation["tags"] == ["fhir"]
            assert operation["summary"]
            assert operation["description"]
            assert MEDIA in operation["responses"]["422"]["content"]


def test_e13_extensions_in_extensions_are_too_deep(client):
    deep = (
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"'
        + b', "extension": [{"url": "x"' * 1000
    )
    answer = assess(client, deep + b"}]" * 1000 + b"}}]}")
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "too-long"


def test_e13_a_hundred_thousand_entries_are_too_many(client):
    answer = assess(client, {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "List"}}] * 100_000})
    assert answer.status_code == 413
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_e8_the_stated_patient_is_not_the_one_in_the_bundle(client):
    answer = assess(
        client, parameters({"name": "bundle", "resource": bundle(patient())}, {"name": "patientId", "valueId": "p2"})
    )
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "patient_mismatch"


def test_what_was_not_read_for_one_reason_is_one_issue_with_every_place(client):
    """A chart of thousands of results that are not read gives an answer of kilobytes, and names each of them."""
    unknown = [condition(f"c{place}", (SNOMED, "999999999")) for place in range(500)]
    nameless = [item | {"id": "<b>"} for item in unknown[:2]]
    answer = assess(client, bundle(patient(), *unknown, *nameless))
    (outcome,) = named(answer.json(), "outcome")
    found = [item for item in outcome["issue"] if item["details"]["coding"][0]["code"] == "code_not_known"]
    places = [place for item in found for place in item.get("expression", ())]
    assert len(places) == len(set(places)) == 500
    assert sum("expression" in item for item in found) == 1
    assert sum("expression" not in item for item in found) >= 1
    assert len(json.dumps(outcome)) < 60_000
