"""Synthetic histories shown in the API documentation: one for each indication, one sparse, one contraindicated."""

from typing import Any

_LOSS = {"outcome": "miscarriage", "confirmed_by": "ultrasound", "complications": []}
_NORMAL_WORKUP = [
    {"code": "uterine_anatomy", "result": "normal"},
    {"code": "thyroid_function", "result": "normal"},
    {"code": "parental_karyotypes", "result": "normal"},
]
_APL_ASSAYS = (
    "lupus_anticoagulant",
    "anticardiolipin_igg",
    "anticardiolipin_igm",
    "anti_beta2_glycoprotein_i_igg",
    "anti_beta2_glycoprotein_i_igm",
)
_APL_NEGATIVE = [
    {"assay": assay, "on": "2026-03-02", "result": "negative", "method": "elisa", "on_anticoagulant": False}
    for assay in _APL_ASSAYS
]

RECURRENT_LOSS: dict[str, Any] = {
    "as_of": "2026-11-25",
    "jurisdiction": "DK",
    "complete_sections": ["pregnancies", "antiphospholipid_tests", "investigations"],
    "patient": {"age_years": 34, "weight_kg": 62, "height_cm": 168, "blood_group": "A"},
    "pregnancies": [
        {**_LOSS, "gestational_age": {"weeks": 7, "days": 2}, "ended_on": "2023-05"},
        {**_LOSS, "gestational_age": {"weeks": 8, "days": 0}, "ended_on": "2024-02", "karyotype": "normal"},
        {**_LOSS, "gestational_age": {"weeks": 6, "days": 5}, "ended_on": "2024-11"},
        {**_LOSS, "gestational_age": {"weeks": 9, "days": 1}, "ended_on": "2025-09"},
    ],
    "current_pregnancy": {"gestational_age": {"weeks": 5, "days": 0}, "dating": "lmp", "bleeding": False},
    "antiphospholipid_tests": _APL_NEGATIVE,
    "investigations": _NORMAL_WORKUP,
}
ANTIPHOSPHOLIPID: dict[str, Any] = {
    "as_of": "2026-11-25",
    "jurisdiction": "US",
    "complete_sections": ["pregnancies", "thrombotic_events", "investigations"],
    "patient": {"age_years": 33},
    "pregnancies": [
        {**_LOSS, "gestational_age": {"weeks": 7, "days": 3}, "ended_on": "2023-01", "treatments": ["none"]},
        {**_LOSS, "gestational_age": {"weeks": 8, "days": 1}, "ended_on": "2023-10", "treatments": ["none"]},
        {**_LOSS, "gestational_age": {"weeks": 7, "days": 6}, "ended_on": "2024-08", "treatments": ["none"]},
    ],
    "thrombotic_events": [],
    "antiphospholipid_tests": [
        {"assay": "lupus_anticoagulant", "on": "2024-10-01", "result": "positive", "on_anticoagulant": False},
        {"assay": "lupus_anticoagulant", "on": "2025-01-07", "result": "positive", "on_anticoagulant": False},
    ],
    "investigations": _NORMAL_WORKUP,
}
IMPLANTATION_FAILURE: dict[str, Any] = {
    "as_of": "2026-11-25",
    "jurisdiction": "GB-ENG",
    "complete_sections": ["embryo_transfers", "investigations"],
    "patient": {"age_years": 36},
    "embryo_transfers": [
        {
            "on": day,
            "embryos": 1,
            "stage": "blastocyst",
            "quality": "good",
            "ploidy": "euploid",
            "cycle": "frozen",
            "outcome": "not_pregnant",
        }
        for day in ("2025-02", "2025-07", "2026-03")
    ],
    "investigations": _NORMAL_WORKUP[:2],
}
PREECLAMPSIA: dict[str, Any] = {
    "as_of": "2026-11-25",
    "jurisdiction": "US",
    "patient": {"age_years": 30},
    "current_pregnancy": {"gestational_age": {"weeks": 29, "days": 0}, "plurality": 1},
    "vitals": [
        {"systolic": 165, "diastolic": 112, "on": "2026-11-25", "time": "08:00", "treated": False},
        {"systolic": 162, "diastolic": 110, "on": "2026-11-25", "time": "12:30", "treated": False},
    ],
    "laboratory": [
        {"test": "urine_protein_creatinine_ratio", "value": 80, "unit": "mg/mmol", "on": "2026-11-25"},
        {"test": "platelets", "value": 88, "unit": "10*9/L", "on": "2026-11-25"},
    ],
}
SPARSE: dict[str, Any] = {"patient": {"age_years": 34}}
CONTRAINDICATED: dict[str, Any] = {
    **RECURRENT_LOSS,
    "jurisdiction": "DE",
    "previous_ivig": [{"on": "2021-04", "reaction": "anaphylaxis"}],
}

HISTORIES: dict[str, dict[str, Any]] = {
    "recurrent-pregnancy-loss": {
        "summary": "Four unexplained clinical losses, 5 weeks pregnant, Denmark",
        "value": RECURRENT_LOSS,
    },
    "antiphospholipid-syndrome": {
        "summary": "Three losses, lupus anticoagulant twice, never treated, US",
        "value": ANTIPHOSPHOLIPID,
    },
    "implantation-failure": {"summary": "Three failed euploid blastocysts, England", "value": IMPLANTATION_FAILURE},
    "preeclampsia": {"summary": "29 weeks, severe hypertension, platelets 88, US", "value": PREECLAMPSIA},
    "sparse": {"summary": "Only an age: every verdict undetermined, with the questions to ask", "value": SPARSE},
    "contraindicated": {"summary": "Previous anaphylaxis to immunoglobulin, Germany", "value": CONTRAINDICATED},
}
