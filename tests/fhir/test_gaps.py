"""FAULTS E4-E9, E13, E15: not having data in four ways, another patient, no patient, and what is no R4 at all."""

import pytest

from app.clinical.catalogue import Case, specifications
from app.clinical.history import PatientHistory, Section
from app.errors import InputError
from app.fhir.reader import read_bundle, read_prefetch
from app.logic.values import Known, Reason, Unknown
from app.services.intake import checked
from tests.fhir.charts import HER, SNOMED, bundle, concept, condition, observation, patient
from tests.fhir.conftest import TODAY

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
NOTHING_FOUND = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "not-found"}]}
SLE = (SNOMED, "55464009")


@pytest.fixture
def prefetch(terms):
    def reading(given, **more):
        return read_prefetch(given, terms, patient_id="p1", as_of=TODAY, **more)

    return reading


def reason(rules, history, fact):
    found = rules.baseline.case(checked(history, TODAY), TODAY, rules.parameters).fact(fact)
    assert isinstance(found, Unknown)
    return found.reason


@pytest.mark.parametrize(
    ("value", "gap", "why"),
    [
        (None, "absent", Reason.NOT_SENT),
        (OUTCOME, "failed", Reason.FETCH_FAILED),
        (bundle(total=0), "empty", Reason.NOT_RECORDED),
        (bundle(NOTHING_FOUND, total=0), "empty", Reason.NOT_RECORDED),
        (bundle(OUTCOME), "failed", Reason.FETCH_FAILED),
        (bundle(total=3), "partial", Reason.FETCH_FAILED),
        (bundle(condition("c1", SLE), total=2), "partial", Reason.FETCH_FAILED),
        (bundle(condition("c1", SLE), link=[{"relation": "next", "url": "x"}]), "partial", Reason.FETCH_FAILED),
        (bundle(condition("c1", SLE), OUTCOME), "failed", Reason.FETCH_FAILED),
        (bundle(condition("c1", SLE), total=1), None, Reason.NOT_RECORDED),
    ],
)
def test_e4_e5_e6_e7_four_ways_of_not_knowing(rules, prefetch, value, gap, why):
    found = prefetch({"patient": patient(), "conditions": value})
    assert found.gaps.get("conditions") == gap
    assert reason(rules, found.history, "condition.iga_deficiency") == why


def test_e5_a_failed_search_for_allergies_is_not_no_allergies(rules, prefetch):
    found = prefetch({"patient": patient(), "AllergyList": OUTCOME})
    assert "allergies" in found.history.failed_sections
    assert reason(rules, found.history, "allergy.immunoglobulin") == Reason.FETCH_FAILED


def test_a_failed_key_without_a_telling_name_may_be_any_search_that_did_not_answer(prefetch):
    found = prefetch({"a": patient(), "b": bundle(condition("c1", SLE), total=1), "c": OUTCOME})
    assert (found.gaps["allergies"], found.gaps["laboratory"]) == ("failed", "failed")
    assert "conditions" not in found.gaps


EMPTY = bundle(total=0)
EVERY = {
    "patient", "conditions", "pregnancies", "thrombotic_events", "laboratory", "vitals", "antiphospholipid_tests",
    "embryo_transfers", "medications", "previous_ivig", "allergies", "immunisations",
}  # fmt: skip


def searched(found):
    return {section for section, gap in found.gaps.items() if gap == "empty"}


@pytest.mark.parametrize(
    "key", ["x", "item7", "", "everything", "patientSummary2", "collaborations", "diagnosticReports"]
)
def test_nothing_found_under_a_key_that_names_no_search_is_no_search_of_anything(prefetch, key):
    found = prefetch({"patient": patient(), key: EMPTY})
    assert searched(found) == set()
    assert {section for section, gap in found.gaps.items() if gap == "absent"} == EVERY - {"patient"}
    assert [item.reason for item in found.not_understood] == (
        [] if key == "patientSummary2" else ["search_not_recognised"]
    )


@pytest.mark.parametrize(
    ("key", "sections"),
    [
        ("conditions", {"conditions", "pregnancies", "thrombotic_events"}),
        ("patientConditions", {"conditions", "pregnancies", "thrombotic_events"}),
        ("PROBLEM_LIST", {"conditions", "pregnancies", "thrombotic_events"}),
        ("AllergyIntolerance", {"allergies"}),
        ("observations", {"laboratory", "vitals", "antiphospholipid_tests"}),
        ("observationsLaboratory", {"laboratory"}),
        ("labs", {"laboratory"}),
        ("vitalSigns", {"vitals"}),
        ("observationsAntiphospholipid", {"antiphospholipid_tests"}),
        ("medicationStatements", {"medications", "previous_ivig"}),
        ("allergies_and_immunizations", {"allergies", "immunisations"}),
        ("vitalsAndLabs", {"vitals", "laboratory"}),
        ("conditionsAndLabs", {"conditions", "pregnancies", "thrombotic_events", "laboratory"}),
        ("medicationAllergies", set()),  # allergies to medicines, or both? Nobody can tell.
        ("problemsProcedures", set()),
    ],
)
def test_nothing_found_is_said_of_what_the_key_names_and_of_nothing_else(prefetch, key, sections):
    found = prefetch({"patient": patient(), key: EMPTY})
    assert searched(found) == sections
    assert bool(found.not_understood) == (not sections)


@pytest.mark.parametrize("value", [OUTCOME, bundle(OUTCOME), bundle(total=3)])
def test_what_failed_may_be_anything_that_the_key_names(prefetch, value):
    wide = prefetch({"patient": patient(), "x": value}).gaps
    assert {wide[section] for section in EVERY - {"patient"}} <= {"failed", "partial"}
    both = prefetch({"patient": patient(), "medicationAllergies": value}).gaps
    assert {both["medications"], both["allergies"]} <= {"failed", "partial"}
    assert both["conditions"] == "absent"


def test_a_search_with_several_types_fills_the_sections_of_each(prefetch):
    """One key may hold resources of several types; none of the others is taken as searched."""
    mixed = bundle(condition("c1", SLE), observation("o1", "777-3", valueQuantity={"value": 88, "unit": "10*3/uL"}))
    found = prefetch({"patient": patient(), "everything": mixed})
    assert found.gaps.keys() == {
        "embryo_transfers", "medications", "previous_ivig", "allergies", "immunisations"
    }  # fmt: skip
    assert set(found.gaps.values()) == {"absent"}


def test_an_empty_bundle_of_the_operation_searches_nothing(terms):
    found = read_bundle(bundle(patient()), terms, as_of=TODAY, extra=(EMPTY,))
    assert searched(found) == set()


def test_keys_may_be_called_anything(prefetch):
    found = prefetch({"x1": patient(), "x2": bundle(condition("c1", SLE))})
    assert found.history.conditions[0].code == "systemic_lupus_erythematosus"
    assert found.history.patient.birth_date.year == 1992


def test_what_a_search_includes_is_not_one_of_its_matches(prefetch):
    given = bundle(condition("c1", SLE), total=2)
    given["entry"].append({"resource": {"resourceType": "Practitioner", "id": "x"}, "search": {"mode": "include"}})
    assert prefetch({"conditions": given}).gaps["conditions"] == "partial"


def test_failed_sections_change_the_reason_and_no_verdict(rules, prefetch):
    plain = prefetch({"patient": patient()}).history
    failed = prefetch({"patient": patient(), "conditions": OUTCOME}).history
    facts = [rules.baseline.case(item, TODAY, rules.parameters) for item in (plain, failed)]
    for fact in ("condition.systemic_lupus_erythematosus", "losses.count_all", "thrombosis.any"):
        assert type(facts[0].fact(fact)) is type(facts[1].fact(fact))
    assert facts[1].fact("condition.systemic_lupus_erythematosus").reason is Reason.FETCH_FAILED


@pytest.mark.parametrize(
    "given",
    [
        condition("c1", SLE, subject={"reference": "Patient/p2"}),
        condition("c1", SLE, subject={"reference": "https://ehr.example/fhir/Patient/p2"}),
        condition("c1", SLE, subject={"reference": "Patient/p2/_history/3"}),
        patient(id="p2"),
        {"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p2"}},
    ],
)
def test_e8_another_patients_resource_is_refused(prefetch, given):
    with pytest.raises(InputError) as refused:
        prefetch({"patient": patient(), "other": bundle(given)})
    assert (refused.value.type, refused.value.status) == ("patient-mismatch", 422)
    assert all("p2" not in problem.pointer + problem.detail for problem in refused.value.problems)


def test_e8_the_patient_of_the_context_is_not_the_one_fetched(terms):
    with pytest.raises(InputError):
        read_prefetch({"patient": patient()}, terms, patient_id="p9")


def test_e8_two_patients_without_a_patient_resource_are_refused(terms):
    with pytest.raises(InputError):
        read_bundle(bundle(condition("c1", SLE), condition("c2", SLE, subject={"reference": "Patient/p2"})), terms)


@pytest.mark.parametrize("name", ["Patient/p1", "https://ehr.example/fhir/Patient/p1", "Patient/p1/_history/2"])
def test_her_own_reference_may_be_absolute(prefetch, name):
    found = prefetch({"patient": patient(), "c": bundle(condition("c1", SLE, subject={"reference": name}))})
    assert found.history.conditions


def test_a_urn_names_her_by_her_full_url(terms):
    given = bundle(condition("c1", SLE, subject={"reference": "urn:uuid:1"}))
    given["entry"].append({"fullUrl": "urn:uuid:1", "resource": patient()})
    assert read_bundle(given, terms, patient_id="p1", as_of=TODAY).history.conditions


def test_e9_without_a_patient_there_is_no_age_and_a_gap(prefetch):
    found = prefetch({"patient": None, "c": bundle(condition("c1", SLE))})
    assert found.gaps["patient"] == "absent"
    assert found.history.patient.birth_date is None
    assert found.history.conditions


def test_e13_more_resources_than_are_read_are_refused(terms):
    many = bundle(*[condition(f"c{place}", SLE) for place in range(20_001)])
    with pytest.raises(InputError) as refused:
        read_bundle(many, terms)
    assert refused.value.status == 413


def test_e13_bundles_inside_bundles_end(terms):
    deep = bundle(patient())
    for _ in range(500):
        deep = bundle(deep)
    with pytest.raises(InputError):
        read_bundle(deep, terms)


def test_e13_references_that_go_round_are_followed_once(read):
    round_and_round = {
        "resourceType": "Medication",
        "id": "m",
        "contained": [{"resourceType": "Medication", "id": "m"}],
    }
    given = {
        "resourceType": "MedicationRequest", "id": "r1", "subject": HER, "status": "active", "intent": "order",
        "contained": [round_and_round], "medicationReference": {"reference": "#m"},
    }  # fmt: skip
    assert read(given).not_understood == (("MedicationRequest/r1", "text_only"),)


def test_e13_ten_thousand_codings_are_not_a_concept(read):
    given = condition("c1", *[("http://x", str(place)) for place in range(10_000)], SLE)
    found = read(given)
    assert (found.history.conditions, found.not_understood) == ((), (("Condition/c1", "malformed"),))


@pytest.mark.parametrize(
    "given",
    [
        condition("c1", SLE) | {"clinicalStatus": "active"},
        condition("c1", SLE) | {"code": "55464009"},
        condition("c1", SLE) | {"code": {"coding": {"system": SNOMED}}},
        condition("c1", SLE, onsetDateTime="last spring"),
        condition("c1", SLE, onsetDateTime="2026-02-30"),
        observation("c1", "777-3", valueQuantity={"value": "many", "unit": "10*3/uL"}),
        observation("c1", "777-3", valueQuantity=[88]),
        observation("c1", "777-3", component=88),
        {"resourceType": "MedicationOrder", "id": "c1", "patient": HER},
        {"resourceType": "MedicationRequest", "id": "c1", "subject": HER, "status": "active", "intent": "order",
         "medication": {"concept": concept(("http://www.whocc.no/atc", "B01AA03"))}},
    ],
)  # fmt: skip
def test_e15_what_has_not_the_shape_of_r4_is_listed_and_never_fatal(read, given):
    found = read(given, condition("good", SLE))
    assert [item.code for item in found.history.conditions] == ["systemic_lupus_erythematosus"]
    assert [item.reference.partition("/")[2] for item in found.not_understood] == ["c1"]


@pytest.mark.parametrize("given", [None, 3, "x", [], {}, {"resourceType": None}])
def test_an_entry_that_is_no_resource_is_listed_by_its_place(read, given):
    found = read(condition("good", SLE), given)
    assert found.history.conditions
    assert found.not_understood == (("/entry/2", "not_a_resource"),)


def test_no_search_ever_vouches_for_completeness(prefetch):
    found = prefetch({"patient": patient(), "c": bundle(condition("c1", SLE), total=1), "allergies": bundle(total=0)})
    assert found.history.complete_sections == ()


def test_a_section_cannot_be_complete_and_failed():
    both = PatientHistory(complete_sections=(Section.ALLERGIES,), failed_sections=(Section.ALLERGIES,))
    with pytest.raises(InputError) as refused:
        checked(both, TODAY)
    assert [item.pointer for item in refused.value.problems] == ["/failed_sections/0"]


@pytest.mark.parametrize("section", list(Section))
def test_a_failed_section_changes_reasons_and_never_what_is_known(rules, section):
    """Both with what is settled beforehand and without: the recorder saw each read."""
    plain, failed = PatientHistory(), PatientHistory(failed_sections=(section,))
    by_baseline = rules.baseline.case(failed, TODAY, rules.parameters)
    derived, before = Case(failed, TODAY, rules.parameters), Case(plain, TODAY, rules.parameters)
    changed = 0
    for name in specifications():
        assert by_baseline.fact(name) == derived.fact(name)
        assert isinstance(derived.fact(name), Known) == isinstance(before.fact(name), Known)
        changed += getattr(derived.fact(name), "reason", None) is Reason.FETCH_FAILED
    assert changed or section in {Section.IMMUNISATIONS, Section.EXPOSURES, Section.PREVIOUS_IVIG, Section.VITALS}
