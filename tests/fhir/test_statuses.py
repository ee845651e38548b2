"""FAULTS E10: what was entered in error, ruled out, planned or is about somebody else is no fact. And never an absence."""

import pytest

from tests.fhir.charts import ATC, HER, RXNORM, SNOMED, VERIFICATION, concept, condition, observation, quantity

SLE = (SNOMED, "55464009")
DVT = (SNOMED, "161508001")
SEVERE_PREECLAMPSIA = (SNOMED, "46764007")


def said(found):
    """Everything a history says about her, apart from who she is and when."""
    return found.history.model_dump(
        exclude_none=True, exclude_defaults=True, exclude={"as_of": True, "patient": {"birth_date", "sex"}}
    )


@pytest.mark.parametrize("verified", ["entered-in-error", "refuted", "unconfirmed", "provisional", "differential"])
def test_e10_a_condition_that_is_not_confirmed_is_no_fact(read, verified):
    found = read(condition("c1", SLE, verified=verified))
    assert found.history.conditions == ()
    assert [item.reference for item in found.not_understood] == ["Condition/c1"]


@pytest.mark.parametrize("clinical", ["inactive", "remission", "resolved"])
def test_what_is_over_is_neither_present_nor_absent(read, clinical):
    found = read(condition("c1", SLE, clinical=clinical))
    assert found.history.conditions == ()
    assert found.not_understood == (("Condition/c1", "not_active"),)


def test_an_ended_thrombosis_was_one(read):
    found = read(condition("c1", DVT, clinical="resolved", onsetDateTime="2020-01-05"))
    assert [item.code for item in found.history.conditions] == ["previous_thrombosis"]
    assert [(item.type, item.on, item.confirmed) for item in found.history.thrombotic_events] == [
        ("venous", "2020-01-05", None)
    ]


def test_without_a_clinical_status_a_diagnosis_is_listed_not_used(read):
    found = read(condition("c1", SLE, clinical=None))
    assert found.history.conditions == ()
    assert found.not_understood == (("Condition/c1", "status_not_stated"),)


@pytest.mark.parametrize(
    ("onset", "clinical", "codes"),
    [
        ("2026-11-20", "active", ["preeclampsia_severe_features"]),
        ("2019-11-20", "active", ["previous_preeclampsia"]),
        ("2026-11-20", "resolved", ["previous_preeclampsia"]),
        ("2025-12-23", "active", ["previous_preeclampsia"]),  # 337 days before
        ("2025-12-24", "active", ["preeclampsia_severe_features"]),  # 336 days before
        ("2025", "active", []),
        (None, "active", ["preeclampsia_severe_features"]),
    ],
)
def test_preeclampsia_is_of_this_pregnancy_or_an_earlier_one(read, onset, clinical, codes):
    more = {"onsetDateTime": onset} if onset else {}
    found = read(condition("c1", SEVERE_PREECLAMPSIA, clinical=clinical, **more))
    assert [item.code for item in found.history.conditions] == codes


def test_a_dated_pregnancy_decides_which_preeclampsia_it_is(read):
    due = observation("o1", "11778-8", valueDateTime="2027-04-01")  # began 2026-06-25
    found = read(due, condition("c1", SEVERE_PREECLAMPSIA, onsetDateTime="2026-06-24"))
    assert [item.code for item in found.history.conditions] == ["previous_preeclampsia"]


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error", "unknown", None])
def test_e10_an_observation_that_is_not_final_is_no_fact(read, status):
    given = observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL"))
    given["status"] = status
    found = read(given)
    assert found.history.laboratory == ()
    assert [item.reference for item in found.not_understood] == ["Observation/o1"]


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_final_observation_is_one(read, status):
    assert read(observation("o1", "777-3", status=status, valueQuantity=quantity(88, "10*3/uL"))).history.laboratory


def warfarin(kind="MedicationRequest", **more):
    stated = {"medicationCodeableConcept": concept((RXNORM, "11289"))}
    return {"resourceType": kind, "id": "m1", "subject": HER, "status": "active", "intent": "order", **stated, **more}


@pytest.mark.parametrize(
    "given",
    [
        warfarin(status="cancelled"),
        warfarin(status="draft"),
        warfarin(status="stopped"),
        warfarin(status="completed"),
        warfarin(status="on-hold"),
        warfarin(status="entered-in-error"),
        warfarin(intent="proposal"),
        warfarin(intent="plan"),
        warfarin(doNotPerform=True),
        warfarin(dispenseRequest={"validityPeriod": {"end": "2026-11-24"}}),
        warfarin("MedicationStatement", status="intended"),
        warfarin("MedicationStatement", status="not-taken"),
        warfarin("MedicationAdministration", status="not-done"),
    ],
)
def test_e10_a_medicine_that_she_does_not_take_now_is_neither_active_nor_stopped(read, given):
    found = read(given)
    assert not found.history.medications
    assert len(found.not_understood) == 1


@pytest.mark.parametrize(
    "given", [warfarin(), warfarin("MedicationStatement"), warfarin(subject=HER, intent="instance-order")]
)
def test_a_medicine_that_she_takes_is_active(read, given):
    (entry,) = read(given).history.medications
    assert (entry.code, entry.status) == ("anticoagulant", "active")


def transfer(status="completed", code="236894009", on="2025-02-03"):
    return {
        "resourceType": "Procedure", "id": f"t{on}{status}", "subject": HER, "status": status,
        "code": concept((SNOMED, code)), "performedDateTime": on,
    }  # fmt: skip


@pytest.mark.parametrize("status", ["preparation", "in-progress", "not-done", "on-hold", "stopped", "entered-in-error"])
def test_e10_a_transfer_that_was_not_completed_is_none(read, status):
    assert read(transfer(status)).history.embryo_transfers is None


def test_what_came_of_a_transfer_is_unknown(read):
    (entry,) = read(transfer(), transfer(code="75456002")).history.embryo_transfers
    assert (entry.on, entry.cycle, entry.outcome) == ("2025-02-03", "frozen", None)


def allergy(*codings, clinical="active", verified="confirmed", **more):
    status = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    found = {"resourceType": "AllergyIntolerance", "id": "a1", "patient": HER, "code": concept(*codings), **more}
    found["clinicalStatus"] = concept((status, clinical))
    found["verificationStatus"] = concept((VERIFICATION, verified))
    return found


IMMUNOGLOBULIN = (SNOMED, "294633002")


@pytest.mark.parametrize("verified", ["refuted", "entered-in-error", "unconfirmed"])
def test_e10_an_allergy_that_is_not_confirmed_is_neither_there_nor_absent(read, verified):
    found = read(allergy(IMMUNOGLOBULIN, verified=verified))
    assert found.history.allergies == ()
    assert found.not_understood


def test_an_allergy_is_present_and_an_anaphylaxis_is_carried_over(read):
    reaction = [{"manifestation": [concept((SNOMED, "39579001"))]}]
    found = read(allergy(IMMUNOGLOBULIN, reaction=reaction))
    assert [(item.code, item.status) for item in found.history.allergies] == [("immunoglobulin", "present")]
    assert [item.code for item in found.history.conditions] == ["immunoglobulin_anaphylaxis"]


def test_no_known_allergy_is_the_one_absence_a_chart_states(read):
    found = read(allergy((SNOMED, "716186003")))
    assert found.history.complete_sections == ("allergies",)
    assert found.provenance["/allergies"].reference == "AllergyIntolerance/a1"


def test_an_unconfirmed_statement_vouches_for_nothing(read):
    assert read(allergy((SNOMED, "716186003"), verified="unconfirmed")).history.complete_sections == ()


def test_no_known_drug_allergy_says_nothing_of_food(read):
    found = read(allergy((SNOMED, "409137002")))
    absent = {item.code for item in found.history.allergies if item.status == "absent"}
    assert {"immunoglobulin", "heparin", "aspirin"} <= absent
    assert not absent & {"soya", "peanut", "corn", "pork"}
    assert found.history.complete_sections == ()


def test_no_known_allergy_beside_an_allergy_vouches_for_nothing(read):
    other = allergy((ATC, "P01BA02")) | {"id": "a2"}
    found = read(allergy((SNOMED, "716186003")), other)
    assert found.history.complete_sections == ()
    assert ("AllergyIntolerance/a1", "contradicted_by_other_entries") in found.not_understood


def test_e10_the_family_is_not_the_patient(read):
    def family(relation):
        return {
            "resourceType": "FamilyMemberHistory", "id": "f1", "patient": HER, "status": "completed",
            "relationship": concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", relation)),
            "condition": [{"code": concept((SNOMED, "398254007"))}],
        }  # fmt: skip

    assert said(read(family("FTH"))) == {"patient": {}}
    assert [item.code for item in read(family("MTH")).history.conditions] == ["family_history_preeclampsia"]


def test_an_observation_about_the_fetus_is_not_hers(read):
    given = observation("o1", "777-3", valueQuantity=quantity(40, "10*3/uL"), focus=[{"reference": "Patient/fetus"}])
    assert read(given).history.laboratory == ()


@pytest.mark.parametrize("name", ["Device/d1", "Group/g1", "urn:uuid:0"])
def test_what_is_about_no_known_patient_is_listed(read, name):
    found = read(observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL")) | {"subject": {"reference": name}})
    assert not found.history.laboratory
    assert [item.reference for item in found.not_understood] == ["Observation/o1"]


def test_a_future_result_is_none(read):
    assert (
        read(observation("o1", "777-3", "2026-11-26", valueQuantity=quantity(88, "10*3/uL"))).history.laboratory == ()
    )
