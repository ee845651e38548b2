"""Immunoglobulin: ordered, drafted or given; by code, by product, by words, and wherever the Medication stands."""

from decimal import Decimal

import pytest

from app.clinical.terms import Term
from app.fhir.reader import read_prefetch
from tests.fhir.charts import ATC, HCPCS, HER, RXNORM, bundle, concept, observation, patient, quantity
from tests.fhir.conftest import TODAY

IVIG = (ATC, "J06BA02")


def order(status="draft", medication=None, **more):
    what = {"medicationCodeableConcept": concept(IVIG)} if medication is None else medication
    return {
        "resourceType": "MedicationRequest", "id": "r1", "subject": HER, "status": status, "intent": "order",
        "authoredOn": "2026-11-25", **what, **more,
    }  # fmt: skip


def dosage(amount, unit, **repeat):
    found = {"doseAndRate": [{"doseQuantity": quantity(amount, unit)}]}
    return {"dosageInstruction": [{**found, "timing": {"repeat": repeat}} if repeat else found]}


@pytest.fixture
def drafted(terms):
    def reading(*resources, prefetch=(), more=()):
        return read_prefetch(
            {"patient": patient(), "rest": bundle(*prefetch)},
            terms.extended(more),
            patient_id="p1",
            as_of=TODAY,
            draft_orders=bundle(*resources),
        )

    return reading


@pytest.mark.parametrize(
    ("codings", "product"),
    [
        ([IVIG], None),
        ([(RXNORM, "1426680")], None),
        ([(HCPCS, "J1459")], "privigen"),
        ([("urn:oid:2.16.840.1.113883.6.285", "J1459")], "privigen"),
        ([("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "j1556")], "bivigam"),
        ([("urn:oid:2.16.840.1.113883.6.73", "J06BA02")], None),
        ([("http://local", "1"), ("http://www.whocc.no/atc/", "J06BA02")], None),
    ],
)
def test_an_order_is_found_by_any_of_its_codes(drafted, codings, product):
    planned = drafted(order(medication={"medicationCodeableConcept": concept(*codings)})).history.planned_ivig
    assert planned is not None
    assert planned.product == product


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Immune globulin (human) IVIG 10% infusion", True),
        ("PRIVIGEN 10 % IV SOLN", True),
        ("immune globulin intravenous, human", True),
        ("Rho(D) immune globulin intravenous", False),
        ("Hepatitis B immune globulin intravenous", False),
        ("CMV immune globulin intravenous", False),
        ("immune globulin subcutaneous 20%", False),
        ("givigrel", False),
        ("warfarin", False),
    ],
)
def test_words_are_tried_where_no_code_is_known(drafted, words, found):
    given = order(medication={"medicationCodeableConcept": concept(("http://local", "77"), text=words)})
    assert (drafted(given).history.planned_ivig is not None) is found


def test_a_known_code_outweighs_words(drafted):
    given = order(medication={"medicationCodeableConcept": concept((ATC, "B01AA03"), text="not IVIG")})
    assert drafted(given).history.planned_ivig is None


def test_a_site_adds_its_own_codes(drafted):
    site = Term(concept="IVIG", target="ivig/octagam-10", system="urn:com.example.list", code="X-9", display="IVIG",
                confidence="verified")  # fmt: skip
    given = order(medication={"medicationCodeableConcept": concept(("urn:com.example.list", "x-9"))})
    assert drafted(given).history.planned_ivig is None
    assert drafted(given, more=[site]).history.planned_ivig.product == "octagam-10"


@pytest.mark.parametrize(
    "reference", ["Medication/m1", "https://ehr.example/fhir/Medication/m1", "Medication/m1/_history/4"]
)
def test_the_medication_may_be_a_second_entry(drafted, reference):
    second = {"resourceType": "Medication", "id": "m1", "code": concept((HCPCS, "J1459"))}
    given = order(medication={"medicationReference": {"reference": reference}})
    assert drafted(given, second).history.planned_ivig.product == "privigen"


def test_the_medication_may_be_contained_or_only_named(drafted):
    inside = {"resourceType": "Medication", "id": "m1", "ingredient": [{"itemCodeableConcept": concept(IVIG)}]}
    contained = order(medication={"medicationReference": {"reference": "#m1"}}, contained=[inside])
    named = order(medication={"medicationReference": {"reference": "Medication/9", "display": "Privigen 10%"}})
    missing = order(medication={"medicationReference": {"reference": "Medication/9"}})
    assert drafted(contained).history.planned_ivig is not None
    assert drafted(named).history.planned_ivig.product == "privigen"
    assert ("MedicationRequest/r1", "reference_not_resolved") in drafted(missing).not_understood


@pytest.mark.parametrize(
    ("given", "dose", "days"),
    [
        (dosage(0.4, "g/kg"), Decimal("0.4"), None),
        (dosage(400, "mg/kg", frequency=1, period=1, periodUnit="d", count=5), Decimal("0.4"), 5),
        (dosage(1, "g/kg", frequency=1, period=1, periodUnit="d", boundsDuration=quantity(2, "d")), Decimal(1), 2),
        (dosage(1, "g/kg", frequency=1, period=1, periodUnit="wk", count=4), Decimal(1), None),
        (dosage(31, "g"), Decimal("0.5"), None),
        (dosage(1, "L"), None, None),
        ({}, None, None),
    ],
)
def test_dose_and_days_are_read_where_they_are_plain(drafted, given, dose, days):
    weight = observation("w", "29463-7", valueQuantity=quantity(62, "kg"))
    planned = drafted(order(**given), prefetch=[weight]).history.planned_ivig
    assert (planned.dose_g_per_kg, planned.days) == (dose, days)


def test_grams_without_a_weight_are_no_dose_for_her_weight(drafted):
    assert drafted(order(**dosage(31, "g"))).history.planned_ivig.dose_g_per_kg is None


def test_two_drafts_that_differ_are_read_as_far_as_they_agree(drafted):
    found = drafted(order(**dosage(1, "g/kg")), order(**dosage(2, "g/kg")) | {"id": "r2"})
    assert found.history.planned_ivig.dose_g_per_kg is None
    assert ("MedicationRequest/r2", "contradicted_by_other_entries") in found.not_understood


def test_a_draft_of_another_medicine_is_neither_planned_nor_taken(drafted):
    found = drafted(order(medication={"medicationCodeableConcept": concept((ATC, "B01AB05"))}))
    assert (found.history.planned_ivig, found.history.medications) == (None, ())


def given(kind, status, **more):
    return {"resourceType": kind, "id": "g1", "subject": HER, "status": status, "intent": "order",
            "medicationCodeableConcept": concept(IVIG), **more}  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "on"),
    [
        (given("MedicationAdministration", "completed", effectiveDateTime="2026-10-01T09:00:00Z"), "2026-10-01"),
        (
            given("MedicationStatement", "completed", effectivePeriod={"start": "2026-09-01", "end": "2026-10-02"}),
            "2026-10-02",
        ),
        (given("MedicationStatement", "active", effectivePeriod={"start": "2026-09-01"}), None),
        (given("MedicationRequest", "completed", authoredOn="2026-09-01"), None),
    ],
)
def test_immunoglobulin_that_was_given(read, resource, on):
    (entry,) = read(resource).history.previous_ivig
    assert (entry.on, entry.reaction) == (on, None)


@pytest.mark.parametrize(
    "resource",
    [
        given("MedicationAdministration", "not-done"),
        given("MedicationAdministration", "entered-in-error"),
        given("MedicationStatement", "not-taken"),
        given("MedicationStatement", "intended"),
        given("MedicationRequest", "cancelled"),
        given("MedicationRequest", "stopped"),
        given("MedicationRequest", "completed", intent="plan"),
    ],
)
def test_immunoglobulin_that_was_not_given(read, resource):
    found = read(resource)
    assert (found.history.previous_ivig, found.history.planned_ivig) == (None, None)
    assert found.not_understood == ((f"{resource['resourceType']}/g1", "status_is_no_fact"),)


def test_a_vaccination_record_of_immunoglobulin_is_a_course(read):
    found = read(
        {"resourceType": "Immunization", "id": "i1", "patient": HER, "status": "completed",
         "vaccineCode": concept(("http://hl7.org/fhir/sid/cvx", "87")), "occurrenceDateTime": "2026-10-01"},
        {"resourceType": "Immunization", "id": "i2", "patient": HER, "status": "completed",
         "vaccineCode": concept(("http://hl7.org/fhir/sid/cvx", "03")), "occurrenceDateTime": "2020"},
        {"resourceType": "Immunization", "id": "i3", "patient": HER, "status": "not-done",
         "vaccineCode": concept(("http://hl7.org/fhir/sid/cvx", "94"))},
    )  # fmt: skip
    assert [item.on for item in found.history.previous_ivig] == ["2026-10-01"]
    assert [(item.vaccine, item.on) for item in found.history.immunisations] == [("mmr", "2020")]
