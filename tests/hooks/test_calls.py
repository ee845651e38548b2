"""Calls as Epic and others send them, and calls that are none (FAULTS group E, INTEROP 1.4)."""

from copy import deepcopy

import pytest

from tests.hooks.charts import ATC, CONTEXT, coded, drafts, losses, order, ordering, patient
from tests.hooks.conformance import faults
from tests.hooks.ehr import Ehr, searchset

VIEW, SELECT, SIGN = "ivig-patient-view", "ivig-order-select", "ivig-order-sign"
CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]
CANARY = "ZEBRA7391"


@pytest.fixture
def ehr(service) -> Ehr:
    return Ehr(service, CHART)


def topics(response) -> list[str]:
    assert response.status_code == 200, response.text
    assert faults(response.json()) == []
    return [card["source"]["topic"]["code"] for card in response.json()["cards"]]


def refused(response, status: int) -> str:
    """The words of an OperationOutcome."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert {issue["severity"] for issue in outcome["issue"]} == {"error"}
    assert CANARY not in response.text
    return outcome["issue"][0]["details"]["text"]


def sent(prefetch, hook="patient-view", context=CONTEXT, **more):
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": prefetch,
    } | more


def prefetched(ehr, name=VIEW):
    return ehr.prefetch(ehr.discover()[name], CONTEXT)


def test_keys_may_be_renamed(ehr):
    renamed = {f"k{index}": value for index, value in enumerate(prefetched(ehr).values())}
    assert topics(ehr.post(VIEW, sent(renamed))) == ["ivighistory"]


def test_extensions_and_unknown_members_are_left_alone(ehr):
    more = {"extension": {"com.epic.cdshooks.request.bpa-trigger-action": CANARY}, "other": [1]}
    context = {**CONTEXT, "extension": {"x": {"y": 1}}}
    assert topics(ehr.post(VIEW, sent(prefetched(ehr), context=context, **more))) == ["ivighistory"]


def test_e6_an_empty_search_may_hold_an_outcome(ehr):
    prefetch = prefetched(ehr)
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": "not-found"}]}
    prefetch["allergies"] = searchset([]) | {"entry": [{"resource": outcome, "search": {"mode": "outcome"}}]}
    response = ehr.post(VIEW, sent(prefetch))
    assert topics(response) == ["ivighistory"]
    lines = response.json()["cards"][0]["detail"].splitlines()
    assert any("nothing found" in line and "allergies" in line for line in lines)


def test_e5_a_failed_search_is_named_and_is_no_absence(ehr):
    prefetch = prefetched(ehr) | {"allergies": {"resourceType": "OperationOutcome", "issue": []}}
    response = ehr.post(VIEW, sent(prefetch))
    assert "Could not be fetched by the sender, so not known: allergies" in response.json()["cards"][0]["detail"]


def test_e7_a_page_of_several_is_named(ehr):
    prefetch = prefetched(ehr)
    prefetch["conditions"]["total"] = 99
    assert "in part only" in ehr.post(VIEW, sent(prefetch)).json()["cards"][0]["detail"]


def test_e5_outcomes_in_place_of_all_data_are_412(ehr):
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
    given = dict.fromkeys(prefetched(ehr), failed) | {"patient": patient()}
    assert "Too little" in refused(ehr.post(VIEW, sent(given)), 412)


def test_e6_a_chart_that_was_searched_and_is_empty_is_judged_and_says_so(ehr):
    empty = {key: searchset([]) for key in prefetched(ehr)} | {"patient": patient()}
    context = ordering(order())
    response = ehr.post(SIGN, sent(empty, "order-sign", context))
    assert "ivigworkup" in topics(response)
    said = " ".join(card["detail"] for card in response.json()["cards"])
    assert "nothing found" in said


def test_e16_a_draft_of_another_drug_gets_no_card(ehr):
    for service, context in (
        (SIGN, ordering(order(drug=coded(ATC, "B01AC06", "aspirin")))),
        (SELECT, ordering(order(drug={"text": "aspirin 81 mg"}))),
    ):
        response = ehr.fire(service, context)
        assert (response.status_code, response.json()) == (200, {"cards": []})


def test_missing_keys_do_not_silence(ehr):
    kept = {key: value for key, value in prefetched(ehr).items() if key in {"patient", "conditions"}}
    response = ehr.post(VIEW, sent(kept))
    assert topics(response) == ["ivighistory"]
    assert "Not received: " in response.json()["cards"][0]["detail"]


@pytest.mark.parametrize("prefetch", [{}, {"patient": patient()}, {"patient": None, "conditions": None}])
def test_e3_e4_e9_nothing_to_judge_is_412(ehr, prefetch):
    assert "Too little" in refused(ehr.post(VIEW, sent(prefetch)), 412)
    assert "Too little" in refused(ehr.fire(VIEW, CONTEXT, prefetch=None), 412)


@pytest.mark.parametrize("name", [SELECT, SIGN])
def test_e3_without_draft_orders_the_order_cannot_be_seen(ehr, name):
    context = {**CONTEXT, "selections": ["MedicationRequest/o1"]}
    assert "draft orders" in refused(ehr.fire(name, context), 412)


def test_a_draft_whose_drug_cannot_be_read_is_not_another_drug(ehr):
    unread = order()
    del unread["medicationCodeableConcept"]
    unread["medicationReference"] = {"reference": "Medication/elsewhere"}
    assert "cannot be read" in refused(ehr.fire(SIGN, ordering(unread)), 412)


def test_the_medication_may_be_a_second_entry_or_contained(ehr):
    drug = {"resourceType": "Medication", "id": "m1", "code": coded("urn:oid:2.16.840.1.113883.6.73", "J06BA02")}
    beside, inside = order(), order()
    for item, reference in ((beside, "Medication/m1"), (inside, "#m1")):
        del item["medicationCodeableConcept"]
        item["medicationReference"] = {"reference": reference}
    inside["contained"] = [drug]
    for context in (ordering(beside, drug), ordering(inside)):
        assert "ivigworkup" in topics(ehr.fire(SELECT, context))


def test_only_the_selected_draft_counts(ehr):
    aspirin = order("o1", coded(ATC, "B01AC06", "aspirin"))
    assert topics(ehr.fire(SELECT, ordering(aspirin, order("o2"), selections=["MedicationRequest/o1"]))) == []
    assert topics(ehr.fire(SELECT, ordering(aspirin, order("o2"), selections=["MedicationRequest/o2"])))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("hook", None),
        ("hook", "order-sign"),
        ("hookInstance", None),
        ("hookInstance", CANARY),
        ("context", None),
        ("context", []),
        ("context", {"userId": "Practitioner/d1"}),
        ("context", {"patientId": "p1"}),
        ("context", {"userId": "Practitioner/d1", "patientId": f"{CANARY}<script>"}),
        ("prefetch", []),
    ],
)
def test_e1_a_call_that_is_none_is_400(ehr, member, value):
    request = deepcopy(sent(prefetched(ehr)))
    request[member] = value
    refused(ehr.post(VIEW, {key: item for key, item in request.items() if item is not None}), 400)


def test_order_select_needs_selections(ehr):
    refused(ehr.fire(SELECT, {**CONTEXT, "draftOrders": drafts(order())}), 400)


def test_e8_another_patients_data_gives_no_card(ehr):
    refused(ehr.post(VIEW, sent(prefetched(ehr), context={**CONTEXT, "patientId": "p2"})), 422)


def test_e2_errors_of_the_door_are_outcomes_too(ehr):
    refused(ehr.post("no-such-service", sent({})), 404)
    refused(ehr.service.get(f"/cds-services/{VIEW}"), 405)
    headers = {"content-type": "application/json"}
    refused(ehr.service.post(f"/cds-services/{VIEW}", content=b'{"hook":', headers=headers), 400)
    refused(ehr.service.post(f"/cds-services/{VIEW}", content=b"{}", headers={"content-type": "text/plain"}), 415)
    assert ehr.service.get("/v1/nothing").headers["content-type"] == "application/problem+json"


def test_silent_mode_judges_records_and_shows_nothing(start):
    client = start(IVIG_HOOKS_SILENT="on")
    assert topics(Ehr(client, CHART).fire(VIEW, CONTEXT)) == []
    with client.app.state.hooks.desk.store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM issued_card").scalar() == 1
        assert (
            connection.exec_driver_sql(
                "SELECT count(*) FROM assessment_record WHERE finding_ids NOT LIKE '%event:%'"
            ).scalar()
            == 1
        )
    assert client.get("/v1/feedback/summary").json()["rules"] == []


def test_links_need_a_public_address(start, service):
    (without,) = Ehr(service, CHART).fire(VIEW, CONTEXT).json()["cards"]
    assert "links" not in without
    assert "url" not in without["source"]
    client = start(IVIG_PUBLIC_URL="https://cds.example/ivig")
    response = Ehr(client, CHART).fire(VIEW, CONTEXT)
    assert faults(response.json()) == []
    (card,) = response.json()["cards"]
    for link in card["links"]:
        assert link["url"].startswith("https://cds.example/ivig/v1/evidence/")
        assert client.get(link["url"].removeprefix("https://cds.example/ivig")).status_code == 200


def test_only_configured_origins_may_call(start):
    client = start(IVIG_CORS_ORIGINS="https://ehr.example,http://localhost:8080")
    for origin, allowed in (("https://ehr.example", True), ("https://evil.example", False)):
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        preflight = client.options(f"/cds-services/{VIEW}", headers=asked)
        simple = client.get("/cds-services", headers={"Origin": origin})
        for response in (preflight, simple):
            assert (response.headers.get("access-control-allow-origin") == origin) == allowed
            assert "access-control-allow-credentials" not in response.headers


def test_nothing_that_was_sent_is_logged(ehr, caplog, capfd):
    caplog.set_level("DEBUG")
    named = [patient(name=[{"family": CANARY}], identifier=[{"value": CANARY}]), *CHART[1:]]
    more = {"fhirServer": "https://ehr.example", "fhirAuthorization": {"access_token": CANARY, "token_type": "Bearer"}}
    response = Ehr(ehr.service, named).fire(VIEW, CONTEXT, **more)
    assert topics(response) == ["ivighistory"]
    assert CANARY not in response.text + caplog.text + "".join(capfd.readouterr())
