"""Charts as real systems send them (INTEROP.md 1.4, 3.1; FAULTS E10, E15): nothing is turned round, and nothing is lost silently.

Elements of other versions as HL7 published them: DSTU2 Procedure.notPerformed, Immunization.wasNotGiven and MedicationStatement.wasNotTaken,
STU3 Procedure.notDone, Immunization.notGiven and MedicationStatement.taken, R5 Procedure.occurrence[x] and medication as CodeableReference.
"""

import pytest

from app.clinical.terms import Term
from app.fhir.observations import READERS
from app.fhir.reader import read_bundle, read_prefetch
from app.fhir.terminology import NDC, code_key
from tests.fhir.charts import (
    ATC,
    HER,
    ICD,
    LOINC,
    RXNORM,
    SNOMED,
    bundle,
    concept,
    condition,
    observation,
    patient,
    quantity,
)
from tests.fhir.conftest import TODAY

SLE = (SNOMED, "55464009")
LATER, EARLIER = "2026-02-01T10:00:00+01:00", "2026-02-01T08:59:59Z"


def procedure(**more):
    return {"resourceType": "Procedure", "id": "x", "subject": HER, "status": "completed",
            "code": concept((SNOMED, "236894009")), **more}  # fmt: skip


def vaccination(**more):
    return {"resourceType": "Immunization", "id": "x", "patient": HER, "status": "completed",
            "vaccineCode": concept(("http://hl7.org/fhir/sid/cvx", "03")), **more}  # fmt: skip


def medicine(kind="MedicationStatement", status="active", **more):
    return {"resourceType": kind, "id": "x", "subject": HER, "status": status, "intent": "order",
            "medicationCodeableConcept": concept((RXNORM, "11289")), **more}  # fmt: skip


def allergy(**more):
    return {"resourceType": "AllergyIntolerance", "id": "x", "patient": HER, "code": concept((SNOMED, "294633002")),
            "clinicalStatus": concept(("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")),
            **more}  # fmt: skip


def said(found):
    """Everything a history says about her, apart from who she is and when."""
    told = found.history.model_dump(
        exclude_none=True, exclude_defaults=True, exclude={"as_of": True, "patient": {"birth_date", "sex"}}
    )
    return {name: value for name, value in told.items() if value}


OF_OTHER_VERSIONS = {
    "E15 DSTU2 procedure that was not performed": procedure(notPerformed=True),
    "E15 STU3 procedure that was not done": procedure(notDone=True),
    "E15 R5 procedure with its date elsewhere": procedure(occurrenceDateTime="2025-01-02"),
    "E15 DSTU2 vaccination that was not given": vaccination(wasNotGiven=True, date="2020-01-01"),
    "E15 STU3 vaccination that was not given": vaccination(notGiven=True),
    "E15 DSTU2 vaccination with its date elsewhere": vaccination(date="2020-01-01"),
    "E15 DSTU2 medicine that is not taken": medicine(wasNotTaken=True),
    "E15 STU3 medicine that is not taken": medicine(taken="n"),
    "E15 DSTU2 infusion that was not given": medicine("MedicationAdministration", "completed", wasNotGiven=True),
    "E15 STU3 infusion that was not given": medicine("MedicationAdministration", "completed", notGiven=True),
    "E15 R5 infusion with its date elsewhere": medicine("MedicationAdministration", "completed", occurenceDateTime="2026-01-01"),
    "E15 R5 order": {key: value for key, value in medicine("MedicationRequest").items() if not key.startswith("medication")}
    | {"medication": {"concept": concept((RXNORM, "11289"))}},
    "E15 DSTU2 allergy": {"resourceType": "AllergyIntolerance", "id": "x", "patient": HER, "status": "active",
                          "substance": concept((SNOMED, "294633002"))},
    "E15 STU3 family that was not asked": {
        "resourceType": "FamilyMemberHistory", "id": "x", "patient": HER, "status": "completed", "notDone": True,
        "relationship": concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH")),
        "condition": [{"code": concept((SNOMED, "398254007"))}]},
}  # fmt: skip


@pytest.mark.parametrize("name", OF_OTHER_VERSIONS)
def test_e15_what_another_version_says_or_negates_is_listed_and_no_fact(read, name):
    given = OF_OTHER_VERSIONS[name]
    found = read(given)
    assert said(found) == {}
    assert found.not_understood == ((f"{given['resourceType']}/x", "shaped_as_another_fhir_version"),)


@pytest.mark.parametrize("given", [procedure(), vaccination(), medicine(), medicine("MedicationRequest"), allergy()])
def test_the_same_in_r4_is_a_fact(read, given):
    found = read(given)
    assert said(found)
    assert found.not_understood == ()


TURNED = [{"url": "https://ehr.example/does-not-hold", "valueBoolean": True}]


@pytest.mark.parametrize(
    "given",
    [
        condition("x", SLE, modifierExtension=TURNED),
        observation("x", "777-3", valueQuantity=quantity(88, "10*3/uL"), modifierExtension=TURNED),
        procedure(modifierExtension=TURNED),
        vaccination(modifierExtension=TURNED),
        medicine(modifierExtension=TURNED),
        allergy(modifierExtension=TURNED),
        allergy(reaction=[{"manifestation": [concept((SNOMED, "39579001"))], "modifierExtension": TURNED}]),
        observation("x", "85354-9", component=[
            {"code": concept((LOINC, "8480-6")), "valueQuantity": quantity(150, "mm[Hg]"), "modifierExtension": TURNED},
            {"code": concept((LOINC, "8462-4")), "valueQuantity": quantity(95, "mm[Hg]")}]),
    ],
)  # fmt: skip
def test_what_a_modifier_extension_may_turn_round_is_listed_and_no_fact(read, given):
    """FHIR R4 2.4.0.2: a resource with a modifier extension that is not understood is not processed."""
    found = read(given)
    assert said(found) == {}
    assert found.not_understood == ((f"{given['resourceType']}/x", "modifier_extension_not_known"),)


@pytest.mark.parametrize(
    "unread",
    [allergy(modifierExtension=TURNED), OF_OTHER_VERSIONS["E15 DSTU2 allergy"]],
)
def test_no_known_allergy_beside_an_allergy_that_cannot_be_read_vouches_for_nothing(read, unread):
    none_known = allergy(code=concept((SNOMED, "716186003"))) | {"id": "none"}
    assert read(none_known).history.complete_sections == ("allergies",)
    assert read(none_known, unread).history.complete_sections == ()


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_versions_of_one_resource_the_later_counts(read, order):
    before = condition("x", SLE, meta={"lastUpdated": EARLIER})
    after = condition("x", SLE, verified="entered-in-error", meta={"lastUpdated": LATER})
    found = read(*[before, after][::order])
    assert found.history.conditions == ()
    assert set(found.not_understood) == {
        ("Condition/x", "a_later_version_was_sent"),
        ("Condition/x", "status_is_no_fact"),
    }


def test_the_same_resource_under_two_keys_is_one_fact(terms):
    once = condition("x", (SNOMED, "17369002"), onsetDateTime="2024-03-02", meta={"lastUpdated": LATER})
    given = {"patient": patient(), "problems": bundle(once), "conditions": bundle(once)}
    assert len(read_prefetch(given, terms, patient_id="p1", as_of=TODAY).history.pregnancies) == 1


def test_two_servers_may_have_given_the_same_id(terms):
    """Nothing says that they are versions of one another: both are read."""
    one = condition("x", (SNOMED, "17369002"), onsetDateTime="2020-03-02", meta={"lastUpdated": EARLIER})
    other = condition("x", (SNOMED, "17369002"), onsetDateTime="2022-03-02", meta={"lastUpdated": LATER})
    given = bundle(patient())
    given["entry"] += [{"fullUrl": f"https://{server}.example/Condition/x", "resource": item}
                       for server, item in (("a", one), ("b", other))]  # fmt: skip
    assert len(read_bundle(given, terms, as_of=TODAY).history.pregnancies) == 2


@pytest.mark.parametrize(
    "codings",
    [
        [("http://local", "1"), SLE],
        [("urn:oid:2.16.840.1.113883.6.90", "M32.9"), ("urn:oid:2.16.840.1.113883.6.96", "55464009")],
        [SLE, ("urn:oid:1.2.840.114350.1.13.0.1.7.2.696871", "7")],
        [("urn:oid:2.16.840.1.113883.6.90", "M329")],
    ],
)
def test_several_codings_of_a_diagnosis_are_one_diagnosis(read, codings):
    found = read(condition("x", *codings))
    assert [item.code for item in found.history.conditions] == ["systemic_lupus_erythematosus"]
    assert found.not_understood == ()


def part(code, **more):
    return {"code": concept((LOINC, code)), **more}


ABSENT = {"dataAbsentReason": concept(("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown"))}
PLATELETS, UNKNOWN = (
    part("777-3", valueQuantity=quantity(88, "10*3/uL")),
    part("99999-9", valueQuantity=quantity(1, "1")),
)


@pytest.mark.parametrize(
    ("parts", "tests", "reasons"),
    [
        ([PLATELETS], ["platelets"], []),
        ([PLATELETS, part("2458-8", valueQuantity=quantity(7, "mg/dL", comparator="<"))], ["platelets", "iga"], []),
        ([PLATELETS, part("2458-8", **ABSENT)], ["platelets"], ["no_value"]),
        ([PLATELETS, UNKNOWN], ["platelets"], ["code_not_known"]),
        ([PLATELETS, part("99999-9", **ABSENT)], ["platelets"], []),
        ([UNKNOWN], [], ["code_not_known"]),
    ],
)
def test_each_part_of_a_panel_is_read_or_listed(read, parts, tests, reasons):
    found = read(observation("x", "24331-1", component=parts))
    assert sorted(item.test for item in found.history.laboratory) == sorted(tests)
    assert [item.reason for item in found.not_understood] == reasons


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "150/95"},
        {"component": []},
        {"component": [part("8480-6", valueQuantity=quantity(150, "mm[Hg]")), part("8462-4", **ABSENT)]},
        ABSENT,
    ],
)
def test_a_pressure_that_is_not_two_numbers_is_listed(read, value):
    found = read(observation("x", "85354-9", **value))
    assert not found.history.vitals
    assert [item.reference for item in found.not_understood] == ["Observation/x"]


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "<5 mg/dL"},
        {"valueInteger": 5},
        {"valueRange": {"low": quantity(5, "mg/dL"), "high": quantity(7, "mg/dL")}},
        {"valueRatio": {"numerator": quantity(5, "mg"), "denominator": quantity(1, "dL")}},
        {"valueSampledData": {}},
        ABSENT,
    ],
)
def test_a_result_in_another_form_than_a_quantity_is_listed(read, value):
    found = read(observation("x", "2458-8", **value))
    assert not found.history.laboratory
    assert [item.reference for item in found.not_understood] == ["Observation/x"]


def test_a_birth_date_that_is_masked_is_not_known(terms):
    masked = {key: value for key, value in patient().items() if key != "birthDate"}
    masked["_birthDate"] = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
    }
    found = read_bundle(bundle(masked), terms, as_of=TODAY).history.patient
    assert (found.birth_date, found.age_years) == (None, None)


@pytest.mark.parametrize("relation", ["FTH", "MTH", "SIS", "NMTH", "CHILD"])
@pytest.mark.parametrize("code", [SLE, (SNOMED, "161508001"), (SNOMED, "29260007"), (ICD, "N96")])
def test_e10_nothing_of_the_family_is_ever_her_own(read, relation, code):
    given = {
        "resourceType": "FamilyMemberHistory", "id": "x", "patient": HER, "status": "completed",
        "relationship": concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", relation)),
        "condition": [{"code": concept(code)}],
    }  # fmt: skip
    found = read(given)
    assert said(found) == {}
    assert found.not_understood == (("FamilyMemberHistory/x", "about_somebody_else"),)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("68982-0850-01", "68982085001"),
        ("8982-0850-01", "08982085001"),
        ("68982-850-01", "68982085001"),
        ("68982-0850-1", "68982085001"),
    ],
)
def test_a_package_has_one_number_however_it_is_hyphenated(written, plain):
    """Labels write ten digits as 4-4-2, 5-3-2 or 5-4-1; claims and RxNorm write eleven without hyphens."""
    assert code_key(NDC, written) == code_key(NDC, plain)
    assert code_key("urn:oid:2.16.840.1.113883.6.69", written) == code_key(NDC, plain)


def test_ten_digits_without_hyphens_are_not_guessed():
    assert code_key(NDC, "6898208501") != code_key(NDC, "68982085001")


@pytest.mark.parametrize(
    ("system", "listed", "sent"),
    [
        (NDC, "99999-0001-01", ("urn:oid:2.16.840.1.113883.6.69", "99999000101")),
        (RXNORM, "9990001", ("urn:oid:2.16.840.1.113883.6.88", "9990001")),
        (ATC, "J06BA99", ("http://www.whocc.no/atc/", "j06ba99")),
        ("urn:com.epic.cdshooks.action.code.system.preference-list-item", "77-1", ("urn:com.epic.cdshooks.action.code.system.preference-list-item", "77-1")),
        ("text", "house globulin", None),
    ],
)  # fmt: skip
def test_a_site_names_its_own_immunoglobulin_in_any_system(terms, system, listed, sent):
    own = Term(
        concept="IVIG", target="ivig/octagam-10", system=system, code=listed, display="IVIG", confidence="verified"
    )
    what = concept(sent) if sent else {"text": "HOUSE GLOBULIN 10 %"}
    draft = medicine("MedicationRequest", "draft") | {"medicationCodeableConcept": what}

    def planned(table):
        found = read_prefetch({"patient": patient()}, table, patient_id="p1", as_of=TODAY, draft_orders=bundle(draft))
        return found.history.planned_ivig

    assert planned(terms) is None
    assert planned(terms.extended([own])).product == "octagam-10"


@pytest.mark.parametrize(
    "value", [{}, ABSENT, {"valueString": "see note"}, {"valueCodeableConcept": {"text": "see note"}}]
)
def test_no_observation_of_a_known_code_that_says_nothing_readable_is_lost_silently(terms, value):
    known = {
        (key.system, key.code)
        for key, found in terms.by_code.items()
        for term in found
        # Answers of LOINC lists (LA...) are values, never what was observed.
        if key.system == LOINC and term.target.partition("/")[0] in READERS and not key.code.startswith("LA")
    }
    assert len(known) > 50
    for place, (system, code) in enumerate(sorted(known)):
        given = observation(f"o{place}", "x", **value) | {"code": concept((system, code))}
        found = read_bundle(bundle(patient(), given), terms, as_of=TODAY)
        assert [item.reference for item in found.not_understood], code
        assert not said(found), code


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("29463-7", {"valueQuantity": {"unit": "kg"}}),
        ("29463-7", {"valueQuantity": [62]}),
        ("29463-7", {"valueQuantity": quantity("heavy", "kg")}),
        ("8480-6", {"valueQuantity": {"unit": "mm[Hg]"}}),
        ("882-1", {"valueCodeableConcept": "A"}),
        ("882-1", {"valueString": 7}),
        ("11614-5", {"valueString": "see note"}),
        ("11614-5", {"valueQuantity": {"value": 2.5}}),
        ("11778-8", {"valueDateTime": "soon"}),
        ("18185-9", {"valueQuantity": {"unit": "wk"}}),
        ("93857-1", {"valueDateTime": "2026-02-30"}),
        ("82810-3", {"valueCodeableConcept": "pregnant"}),
    ],
)
def test_one_malformed_value_is_listed_and_costs_nothing_else(read, code, value):
    found = read(observation("bad", code, **value), condition("good", SLE))
    assert [item.code for item in found.history.conditions] == ["systemic_lupus_erythematosus"]
    assert [item.reference for item in found.not_understood] == ["Observation/bad"]


@pytest.mark.parametrize(
    "more",
    [
        {"dosageInstruction": {}},
        {"dosageInstruction": [{"doseAndRate": [{"doseQuantity": quantity("much", "g")}]}]},
        {"dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"unit": "g/kg"}}]}]},
        {"dosageInstruction": [{"timing": "daily"}]},
    ],
)
def test_an_order_with_a_malformed_dosage_is_still_an_order(terms, more):
    """Its contraindications are looked for; its dose is not known, and that is said."""
    draft = medicine("MedicationRequest", "draft") | {"medicationCodeableConcept": concept((ATC, "J06BA02"))} | more
    found = read_prefetch({"patient": patient()}, terms, patient_id="p1", as_of=TODAY, draft_orders=bundle(draft))
    assert found.history.planned_ivig is not None
    assert found.history.planned_ivig.dose_g_per_kg is None
    assert ("MedicationRequest/x", "malformed") in found.not_understood
