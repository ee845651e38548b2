"""Safety findings of whole patients, down to the sentences (CLINICAL_DECISIONS 6.1, 6.3-6.6)."""

import json
from datetime import date

import pytest

from app.authoring.cases import PatientCase, history_of, load_cases
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.clinical.stances import Status
from app.clinical.vaccine_history import vaccine_outlook
from app.services.assess import assess
from app.services.publish import BUNDLED

TODAY = date(2026, 11, 25)
PATIENTS: dict[str, PatientCase] = {piece.model.id: piece.model for piece in load_cases(BUNDLED).patients}


def answer(rules, patient: str, place: str | None = None):
    return assess(rules, history_of(PATIENTS[patient], place), TODAY)


def risk(found, risk_id: str):
    return next(item for item in found.risks if item.id == risk_id)


def texts(sentences) -> str:
    return " ".join(item.text for item in sentences)


def test_two_grams_in_group_a(rules):
    """Haemolysis checks at 36-96 hours and again at 5-10 days, the meningitis warning, and an 11-month vaccine date."""
    found = answer(rules, "safety-two-grams-group-a-course")
    haemolysis = risk(found, "haemolysis-risk")
    assert {"not-group-o-high-dose", "high-dose"} <= {item.id for item in haemolysis.factors_present}
    check = next(item for item in found.monitoring if item.id == "monitor-haemolysis")
    for said in (texts(haemolysis.monitoring), check.text):
        assert "36-96 hours" in said
        assert "5-10 days" in said
    assert check.applies == "true"
    meningitis = risk(found, "aseptic-meningitis-risk")
    assert "high-dose" in {item.id for item in meningitis.factors_present}
    assert "within 48 hours" in texts(meningitis.monitoring)
    case = Case(history_of(PATIENTS["safety-two-grams-group-a-course"]), TODAY, rules.parameters)
    outlook = vaccine_outlook(case, {item.id: item for item in rules.knowledge.parameters}, date(2026, 12, 5))
    assert [(item.interval.months, item.interval.ends_on_latest) for item in outlook.courses] == [
        (11, date(2027, 11, 5))
    ]


def test_each_thrombosis_factor_by_name(rules):
    found = risk(answer(rules, "safety-aps-on-stimulation"), "thrombosis-risk")
    assert {item.id for item in found.factors_present} == {
        "antiphospholipid",
        "advanced-age",
        "oestrogen",
        "ovarian-stimulation",
        "ovarian-hyperstimulation",
        "cardiovascular-risk",
    }
    assert {"previous-thrombosis", "immobilised", "central-line", "hyperviscosity"} <= {
        item.id for item in found.factors_unknown
    }
    assert all(item.evidence for item in found.factors_present)
    assert "antiphospholipid-caution" in {item.id for item in found.mitigation}


def test_one_patient_two_wordings(rules):
    """IgA deficiency, antibodies, no reaction: contraindicated by EU wording, not by US labels."""
    absolute = {}
    for place in ("EU", "US"):
        found = answer(rules, "safety-iga-antibodies-two-answers", place)
        absolute[place] = {item.id for item in found.contraindications if item.present == "true"}
        statuses = {item.status for item in found.candidacy}
        assert (statuses == {Status.CONTRAINDICATED}) is (place == "EU")
    assert absolute == {"EU": {"contraindication-iga-antibodies"}, "US": set()}


@pytest.mark.parametrize("place", ["EU", "US", None])
def test_an_emergency_waives_nothing(rules, place):
    found = answer(rules, "safety-emergency-stays-contraindicated", place)
    assert {item.status for item in found.candidacy} == {Status.CONTRAINDICATED}
    assert not any(item.protocol for item in found.candidacy)
    [note] = [item for item in found.notes if item.id == "absolute-contraindication-in-emergency"]
    assert "immediate specialist allergy and transfusion review" in note.text


def test_never_tested_for_antibodies_is_not_yet_excluded(rules):
    found = answer(rules, "safety-iga-antibodies-never-tested", "EU")
    iga = next(item for item in found.contraindications if item.id == "contraindication-iga-antibodies")
    assert iga.present == "unknown"


def test_heparin_and_aspirin_are_taken_away_with_their_reasons(rules):
    found = {item.id: item for item in answer(rules, "safety-heparin-thrombocytopenia-and-aspirin-asthma").alternatives}
    heparin, aspirin = found["aps-prophylactic-heparin"], found["aps-low-dose-aspirin"]
    assert heparin.removed
    assert {item.id for item in heparin.removed_because} == {"heparin-induced-thrombocytopenia"}
    assert aspirin.removed
    assert {item.id for item in aspirin.removed_because} == {"aspirin-triggered-asthma"}


def test_creatinine_in_pregnancy_is_never_turned_into_a_filtration_rate(rules):
    sent = PatientHistory.model_validate_json(json.dumps({"current_pregnancy": {}}))
    renal = risk(assess(rules, sent, TODAY), "renal-failure-risk")
    [said] = [item for item in renal.monitoring if item.id == "creatinine-in-pregnancy"]
    assert "not an estimated glomerular filtration rate" in said.text
    assert "can hide renal impairment" in said.text
    assert {"mon-gfr-pregnancy", "mon-gfr-pregnancy-2"} <= set(said.evidence)
