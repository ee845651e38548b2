"""What an answer says about safety (CLINICAL_DECISIONS 6.1-6.4, 6.9, 7.3)."""

import json
from decimal import Decimal

import pytest

from app.clinical.catalogue import specifications
from app.services.assess import assess
from app.services.intake import read_history
from tests.clinical.safety_facts import AS_OF, diagnosis, lab, value


@pytest.fixture(scope="module")
def answer(rules):
    def ask(jurisdiction=None, **history):
        body = {"as_of": "2026-11-25", "jurisdiction": jurisdiction, **history}
        return assess(rules, read_history(json.dumps(body).encode(), AS_OF), AS_OF)

    return ask


def by_id(items):
    return {item.id: item for item in items}


def texts(items):
    return " ".join(item.text for item in items)


ALL_RISKS = {
    "thrombosis-risk",
    "renal-failure-risk",
    "haemolysis-risk",
    "aseptic-meningitis-risk",
    "volume-overload-risk",
    "hyperviscosity-risk",
    "inflammatory-reaction-risk",
    "switched-product-risk",
    "pregnancy-risk",
    "common-reactions",
    "transmission-and-lung-injury",
    "passive-antibody-risk",
}


def test_an_empty_history_lists_every_risk_and_clears_nobody(answer):
    found = answer()
    assert by_id(found.risks).keys() == ALL_RISKS
    for name in ("thrombosis-risk", "renal-failure-risk", "haemolysis-risk"):
        risk = by_id(found.risks)[name]
        assert "never clears a patient" in risk.text
        assert "box-thrombosis-no-factor" in risk.evidence
        assert risk.factor_present == "unknown"
        assert risk.mitigation
        assert risk.monitoring


def test_nothing_is_contraindicated_by_silence(answer):
    found = answer()
    absolute = [item for item in found.contraindications if item.level == "absolute"]
    assert {item.present for item in absolute} == {"unknown"}
    assert "contraindicated" not in {item.status.value for item in found.candidacy}


def test_what_bears_on_the_product_is_asked_before_any_infusion(answer):
    assert "excipient-allergies" in by_id(answer().missing)


def test_what_must_be_asked_before_any_infusion(answer):
    assert set(by_id(answer().missing)) >= {
        "immunoglobulin-reaction",
        "iga",
        "blood-group",
        "thrombosis-history",
        "thrombosis-setting",
        "kidney-and-diabetes",
        "fluid-and-heart",
        "migraine",
        "medicines",
        "vaccines-planned",
        "previous-ivig",
        "weight-and-height",
    }


def test_group_a_with_two_grams_shows_both_haemolysis_windows_and_the_meningitis_warning(answer):
    found = answer(patient={"blood_group": "A"}, planned_ivig={"dose_g_per_kg": 0.4, "days": 5})
    haemolysis, meningitis = by_id(found.risks)["haemolysis-risk"], by_id(found.risks)["aseptic-meningitis-risk"]
    assert "not-group-o-high-dose" in by_id(haemolysis.factors_present)
    assert "36-96 hours" in texts(haemolysis.monitoring)
    assert "5-10 days" in texts(haemolysis.monitoring)
    assert "high-dose" in by_id(meningitis.factors_present)
    assert "within 48 hours" in texts(meningitis.monitoring)
    check = by_id(found.monitoring)["monitor-haemolysis"]
    assert check.applies == "true"
    assert "36-96 hours after the infusion AND 5-10 days" in check.text


def test_unknown_group_with_two_grams_is_not_taken_for_group_o(answer):
    found = answer(patient={}, planned_ivig={"dose_g_per_kg": 1, "days": 2}, pregnancy_status="trying")
    haemolysis = by_id(found.risks)["haemolysis-risk"]
    assert "not-group-o-high-dose" in by_id(haemolysis.factors_unknown)
    assert "high-dose" in by_id(haemolysis.factors_present)
    assert by_id(found.monitoring)["monitor-haemolysis"].applies == "unknown"


def test_iga_rule_differs_between_the_us_and_elsewhere(answer):
    history = {
        "conditions": [diagnosis("present", "iga_deficiency"), diagnosis("present", "anti_iga_antibodies")],
        "allergies": [],
        "previous_ivig": [],
        "complete_sections": ["allergies", "previous_ivig"],
    }
    statuses = {
        place: {item.status.value for item in answer(place, **history).candidacy} for place in (None, "EU", "GB", "US")
    }
    assert statuses[None] == statuses["EU"] == statuses["GB"] == {"contraindicated"}
    assert "contraindicated" not in statuses["US"]


def test_workup_is_done_only_when_it_is_on_file(answer):
    history = {
        "patient": {"blood_group": "O", "weight_kg": 60, "height_cm": 170},
        "laboratory": [
            lab("haemoglobin", value=120, unit="g/L"),
            lab("creatinine", value=60, unit="umol/L"),
            lab("urea", value=4, unit="mmol/L"),
            lab("alt", value=20, unit="U/L"),
            lab("iga", value=150, unit="mg/dL"),
            lab("hbsag", result="negative"),
            lab("anti_hbc", result="negative"),
            lab("rubella_igg", result="positive"),
            lab("varicella_igg", result="positive"),
            lab("red_cell_antibody_screen", result="negative"),
        ],
    }
    checks = {item.id: item.done for item in answer(**history).workup if item.id.startswith("baseline-")}
    never = {"baseline-serum-sample", "baseline-allergies-and-history", "baseline-consent"}
    assert {name for name, done in checks.items() if done == "unknown"} - never == {"baseline-viscosity"}
    assert {item.done for item in answer().workup if item.id.startswith("baseline-")} == {"unknown"}


def test_a_result_under_the_limit_of_detection_is_on_file_and_a_diagnosis_is_no_measurement(answer):
    under = [
        lab("alt", value=5, unit="U/L", comparator="<"),
        lab("creatinine", value=27, unit="umol/L", comparator="<"),
        lab("urea", value=0.5, unit="mmol/L", comparator="<"),
        lab("iga", value=1, unit="mg/dL", comparator="<"),
    ]
    checks = ("baseline-liver", "baseline-renal", "baseline-iga")
    assert [by_id(answer(laboratory=under).workup)[name].done for name in checks] == ["true"] * 3
    diagnosed = answer(conditions=[diagnosis("present", "iga_deficiency")])
    assert by_id(diagnosed.workup)["baseline-iga"].done == "unknown"


def test_one_hour_of_observation_for_a_first_course(answer):
    found = answer(previous_ivig=[], complete_sections=["previous_ivig"])
    assert by_id(found.monitoring)["monitor-observation-one-hour"].applies == "true"
    assert "20 minutes" in by_id(found.monitoring)["monitor-observation"].text


def test_anticoagulation_of_antiphospholipid_antibodies(answer):
    results = [{"assay": "lupus_anticoagulant", "on": "2026-01-10", "result": "positive"}]
    treated = [{"code": "anticoagulant", "status": "active"}]
    without = by_id(answer(antiphospholipid_tests=results).risks)["thrombosis-risk"]
    treated_risk = by_id(answer(antiphospholipid_tests=results, medications=treated).risks)["thrombosis-risk"]
    assert "antiphospholipid" in by_id(without.factors_present)
    assert "antiphospholipid-without-anticoagulant" in by_id(without.factors_unknown)
    assert "antiphospholipid" in by_id(treated_risk.factors_present)
    assert "antiphospholipid-without-anticoagulant" not in by_id(treated_risk.factors_unknown)


def test_sample_rsk_07_says_what_it_must(answer):
    creatinine = lab("creatinine", value=140, unit="umol/L", on="2026-11-24")
    found = answer(conditions=[diagnosis("present", "diabetes")], laboratory=[creatinine])
    kidney = by_id(found.risks)["renal-failure-risk"]
    assert {"diabetes", "raised-creatinine"} <= by_id(kidney.factors_present).keys()
    assert {"hydrate-first", "minimum-rate", "no-sucrose", "no-loop-diuretic"} <= by_id(kidney.mitigation).keys()
    assert "before the first infusion and at suitable intervals after" in texts(kidney.monitoring)
    assert by_id(found.risks)["thrombosis-risk"].factor_present == "true"
    assert by_id(found.risks)["hyperviscosity-risk"].factor_present == "unknown"
    assert round(value("lab.creatinine_mg_dl", laboratory=[creatinine]), 2) == Decimal("1.58")


@pytest.mark.parametrize(
    ("sample", "warned"),
    [
        (
            {"current_pregnancy": {}, "planned_ivig": {"interval_days": 7}},
            ["thrombosis", "haemolysis", "renal-failure", "aseptic-meningitis", "passive-antibody"],
        ),
        (
            {
                "current_pregnancy": {"gestational_age": {"weeks": 27}},
                "conditions": [diagnosis("present", "immune_thrombocytopenia")],
            },
            ["thrombosis", "haemolysis", "renal-failure"],
        ),
    ],
    ids=["OBS-01", "OBS-06"],
)
def test_samples_are_warned_of_what_is_not_excluded(answer, sample, warned):
    risks = by_id(answer(**sample).risks)
    assert {risks[f"{name}-risk"].factor_present for name in warned} <= {"true", "unknown"}
    assert risks["thrombosis-risk"].factor_present == "true"
    haemolysis = risks["haemolysis-risk"]
    assert {"not-group-o-high-dose", "high-dose"} <= by_id(haemolysis.factors_unknown).keys()
    assert "pregnancy-standard" in by_id(haemolysis.monitoring)


def test_every_question_reads_as_one():
    mine = ("ivig.", "iga.", "planned.", "vaccine.", "parity.births", "patient.bmi", "patient.weight", "patient.height")
    for spec in specifications().values():
        if spec.id.startswith(mine):
            assert spec.question.endswith("?"), spec.id
