"""Each fact names the resource it came from, in the explanation of the answer."""

import pytest
from pydantic import TypeAdapter

from app.clinical.assessment import Assessment
from app.fhir.origin import with_origins
from app.fhir.read_from import Origins
from app.fhir.reading import Origin
from app.services.assess import assess, traced
from tests.fhir.calls import assess as assess_by_fhir
from tests.fhir.calls import contained, named
from tests.fhir.charts import HER, SNOMED, bundle, concept, condition, observation, patient, quantity
from tests.fhir.conftest import TODAY


def nodes(data):
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from nodes(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from nodes(value)


def test_an_explanation_names_resource_and_date(rules, read):
    found = read(
        condition("c1", (SNOMED, "29260007"), onsetDateTime="2019"),
        observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL")),
    )
    answer = TypeAdapter(Assessment).dump_python(assess(rules, found.history, TODAY, "full"), mode="json")
    origins = [origin for node in nodes(with_origins(answer, found.provenance)) for origin in node.get("origins", ())]
    assert {"source": "/conditions/0", "reference": "Condition/c1", "date": "2019"} in origins
    assert {"source": "/laboratory/0", "reference": "Observation/o1", "date": "2026-11-01"} in origins


def test_a_place_inside_an_entry_takes_the_origin_of_the_entry():
    data = {"sources": ["/laboratory/0/value", "/conditions"], "children": [{"sources": []}]}
    found = with_origins(data, {"/laboratory/0": Origin("Observation/o1")})
    assert found["origins"] == [{"source": "/laboratory/0/value", "reference": "Observation/o1"}]
    assert found["children"] == [{"sources": []}]
    assert "origins" not in data


def test_every_entry_of_a_history_has_an_origin(read):
    found = read(
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2021-03-02"),
        condition("c2", (SNOMED, "17369002"), onsetDateTime="2020-03-02"),
        condition("c3", (SNOMED, "128053003"), onsetDateTime="2020-03-02"),
        observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL")),
    )
    for section in ("pregnancies", "conditions", "thrombotic_events", "laboratory"):
        for place, _ in enumerate(getattr(found.history, section)):
            assert f"/{section}/{place}" in found.provenance
    assert found.provenance["/pregnancies/0"] == Origin("Condition/c2", "2020-03-02")


def chart(**form):
    """Two losses, an IgA deficiency, a platelet count; and a form where ``form`` gives its members."""
    parts = [
        patient(),
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2021-03-02"),
        condition("c2", (SNOMED, "17369002"), onsetDateTime="2022-06-09"),
        condition("c3", (SNOMED, "29260007"), onsetDateTime="2019"),
    ]
    answered = {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": HER, **form}
    return bundle(*parts, *([answered] if form else []))


def shown(part):
    """Every reference of a finding and of the findings inside it."""
    own = [item["valueReference"] for item in part.get("extension", ()) if item["url"].endswith(":read-from")]
    return own + [item for inner in part.get("action", ()) for item in shown(inner)]


def dated(reference):
    return reference["reference"], reference["extension"][0]["valueDateTime"]


def test_findings_of_the_operation_name_what_they_were_read_from(client):
    answer = assess_by_fhir(client, chart()).json()
    actions = contained(named(answer, "guidance")[0], "RequestGroup")["action"]
    verdict = [item["valueReference"] for item in actions[0]["extension"] if item["url"].endswith(":read-from")]
    assert {dated(item) for item in verdict} == {("Condition/c1", "2021-03-02"), ("Condition/c2", "2022-06-09")}
    assert {item["display"] for item in verdict} == {"Miscarriage"}


def test_an_issue_names_the_evidence_it_was_found_by(client):
    anaphylaxis = condition("c9", (SNOMED, "241937000"), onsetDateTime="2020-02-01")
    allergy = {
        "resourceType": "AllergyIntolerance", "id": "a1", "patient": HER,
        "clinicalStatus": concept(("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")),
        "code": concept((SNOMED, "294633002")), "reaction": [{"manifestation": [concept((SNOMED, "39579001"))]}],
    }  # fmt: skip
    issues = named(assess_by_fhir(client, bundle(patient(), anaphylaxis, allergy)).json(), "issue")
    (found,) = [item for item in issues if item["status"] == "final"]
    assert [item["reference"] for item in found["evidence"][0]["detail"]] == ["AllergyIntolerance/a1"]


def test_an_answer_of_a_form_is_not_shown_as_read_from_the_chart(client):
    losses = [{"linkId": "pregnancies", "item": [{"linkId": "pregnancies.outcome", "answer": [
        {"valueCoding": {"code": "live_birth"}}]}]}]  # fmt: skip
    answer = assess_by_fhir(client, chart(id="q1", authored="2026-11-25T08:00:00Z", item=losses)).json()
    used = {part["name"]: part["valueReference"] for part in named(answer, "used")[0]["part"]}
    assert used["pregnancies.0"]["reference"] == "QuestionnaireResponse/q1"
    assert "pregnancies.1" not in used
    assert used["conditions.0"]["reference"] == "Condition/c3"
    everything = [item for part in named(answer, "guidance") for item in shown(contained(part, "RequestGroup"))]
    assert not {item["reference"] for item in everything} & {"Condition/c1", "Condition/c2"}


def test_an_id_that_is_none_is_not_repeated(client):
    given = chart()
    given["entry"][1]["resource"]["id"] = "<script>"
    answer = assess_by_fhir(client, given)
    assert "<script>" not in answer.text


@pytest.mark.parametrize("name", ["Condition/c1", "Condition/c2"])
def test_cards_name_what_they_were_read_from(client, name):
    call = {
        "hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/d1", "patientId": "p1"},
        "prefetch": {"patient": patient(), "conditions": chart()},
    }  # fmt: skip
    cards = client.post("/cds-services/ivig-patient-view", json=call).json()["cards"]
    (card,) = [item for item in cards if item["source"]["topic"]["code"] == "ivighistory"]
    on = {"Condition/c1": "2021-03-02", "Condition/c2": "2022-06-09"}[name]
    assert f"- Miscarriage: {name} ({on})" in card["detail"]
    assert "**Read from**" in card["detail"]


def test_an_open_question_rests_on_all_that_was_looked_at(rules, read):
    found = read(condition("c1", (SNOMED, "17369002"), onsetDateTime="2021-03-02"))
    _, results = traced(rules, found.history, TODAY)
    whole = Origins(rules, results, found.history, found.provenance)
    assert [item.line for item in whole.of("rpl-eshre-2022")] == ["Miscarriage: Condition/c1 (2021-03-02)"]
    assert whole.of("no-such-rule") == ()
