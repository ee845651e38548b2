"""The reader's first promises: a chart becomes a history that names where everything came from."""

from datetime import date
from decimal import Decimal

import pytest

from app.errors import InputError
from tests.fhir.charts import ICD, LOINC, SNOMED, bundle, concept, condition, observation, quantity


def test_a_diagnosis_is_present_and_names_its_resource(read):
    found = read(condition("c1", (SNOMED, "55464009"), onsetDateTime="2019-05"))
    (entry,) = found.history.conditions
    assert (entry.code, entry.status, entry.on) == ("systemic_lupus_erythematosus", "present", "2019-05")
    assert found.provenance["/conditions/0"] == ("Condition/c1", "2019-05")


def test_two_records_of_one_loss_are_one_event(read):
    found = read(
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2024-03-02"),
        condition("c2", ("urn:oid:2.16.840.1.113883.6.90", "O039"), onsetDateTime="2024-04-13"),
        condition("c3", (ICD, "O03.9"), onsetDateTime="2025-04-13"),
    )
    assert [item.ended_on for item in found.history.pregnancies] == ["2024-03-02", "2025-04-13"]
    assert ("Condition/c2", "inferred_to_be_the_same_event") in found.not_understood


def test_losses_more_than_six_weeks_apart_are_two(read):
    found = read(
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2024-03-02"),
        condition("c2", (SNOMED, "17369002"), onsetDateTime="2024-04-14"),
    )
    assert len(found.history.pregnancies) == 2


def test_a_platelet_count_keeps_its_unit(read):
    found = read(observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL")))
    (entry,) = found.history.laboratory
    assert (entry.test, entry.value, entry.unit, entry.on) == ("platelets", Decimal(88), "10*3/uL", "2026-11-01")


def test_a_panel_of_pressures_is_one_reading(read):
    parts = [
        {"code": concept((LOINC, "8480-6")), "valueQuantity": quantity(150, "mm[Hg]")},
        {"code": concept((LOINC, "8462-4")), "valueQuantity": quantity(95, "mm[Hg]")},
    ]
    (entry,) = read(observation("o1", "85354-9", "2026-11-01T10:30:00Z", component=parts)).history.vitals
    assert (entry.systolic, entry.diastolic, entry.on, entry.time) == (150, 95, date(2026, 11, 1), "10:30")


def test_a_due_date_gives_the_gestation_of_today(read):
    # 2027-04-01 less 280 days is 2026-06-25; 153 days to 2026-11-25.
    current = read(observation("o1", "11778-8", valueDateTime="2027-04-01")).history.current_pregnancy
    assert (current.gestational_age.weeks, current.gestational_age.days) == (21, 6)


def test_another_patient_is_refused(read):
    other = condition("c1", (SNOMED, "55464009"), subject={"reference": "Patient/p2"})
    with pytest.raises(InputError) as refused:
        read(other)
    assert (refused.value.type, refused.value.status) == ("patient-mismatch", 422)


def test_what_is_no_bundle_is_refused(terms):
    from app.fhir.reader import read_bundle

    for given in ({}, {"resourceType": 3}, {"resourceType": "Bundle", "entry": "x"}):
        with pytest.raises(InputError):
            read_bundle(given, terms)
    assert read_bundle(bundle(), terms).history.conditions is None
