"""Synthetic requests shown in the documentation of the calculators."""

from typing import Any

from app.clinical.calculator_shapes import (
    AcrEularRequest,
    AgapssRequest,
    AspirinRiskRequest,
    HellpRequest,
    PreeclampsiaRequest,
    SydneyRequest,
)
from app.clinical.scalars import Wire
from app.web.examples import ANTIPHOSPHOLIPID, PREECLAMPSIA

_KIDNEY = {"sex": "female", "age_years": 32, "creatinine": {"value": 0.62, "unit": "mg/dL"}}
_HEAVY = {"weight_kg": 95, "height_cm": 165, "factor": "0.4_australia", "sex": "female", "age_years": 34}
_NOT_PREGNANT = {"pregnancy_status": "not_pregnant", "creatinine_stable": True}


def _part(shape: type[Wire], history: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a request of this shape takes of a history."""
    return {name: value for name, value in {**history, **more}.items() if name in shape.model_fields}


_HELLP_LABORATORY = [
    {"test": "platelets", "value": 48, "unit": "10*9/L", "on": "2026-11-25"},
    {"test": "ast", "value": 120, "unit": "U/L", "on": "2026-11-25"},
    {"test": "ldh", "value": 650, "unit": "U/L", "on": "2026-11-25"},
]
_VALUES: dict[str, dict[str, Any]] = {
    "ckd-epi-2021": {
        "Woman of 32, creatinine 0.62 mg/dL": {**_KIDNEY, **_NOT_PREGNANT},
        "Age known within bounds, stability not known": {
            **_KIDNEY,
            "age_years": {"minimum": 30, "maximum": 34},
            "pregnancy_status": "not_pregnant",
        },
        "Refused: pregnant": {**_KIDNEY, "pregnancy_status": "pregnant"},
    },
    "cockcroft-gault": {
        "Woman of 32, 68 kg actual weight": {
            **_KIDNEY,
            **_NOT_PREGNANT,
            "weight_kg": 68,
            "weight_basis": "actual",
        },
    },
    "creatinine-units": {
        "62 umol/L": {"creatinine": {"value": 62, "unit": "umol/L"}},
        "1.6 mg/dL": {"creatinine": {"value": 1.6, "unit": "mg/dL"}},
    },
    "gestational-age": {
        "From the last menstrual period": {"as_of": "2026-11-25", "lmp_on": "2026-09-16"},
        "From a scan that gave a week only": {
            "as_of": "2026-11-25",
            "scan": {"on": "2026-11-11", "gestational_age": {"weeks": 8}},
        },
        "From the transfer of a day 5 embryo": {
            "as_of": "2026-11-25",
            "transfer": {"on": "2026-10-05", "embryo_day": 5},
        },
    },
    "bmi": {
        "62 kg, 158 cm, before pregnancy": {
            "weight_kg": 62,
            "weight_of": "before_pregnancy",
            "height_cm": 158,
            "age_years": 34,
        },
    },
    "ideal-weight": {"Woman of 165 cm": {"sex": "female", "height_cm": 165, "age_years": 34}},
    "dosing-weight": {
        "Woman of 95 kg and 165 cm, not pregnant": {**_HEAVY, "pregnancy_status": "not_pregnant"},
        "The same in pregnancy: actual weight": {**_HEAVY, "pregnancy_status": "pregnant"},
        "Pregnancy not known: both weights bound the answer": _HEAVY,
    },
    "dose-volume": {
        "0.4 g/kg for 62 kg as a 10% solution": {
            "dose": {"value": 0.4, "unit": "g/kg"},
            "dosing_weight_kg": 62,
            "concentration_percent": 10,
            "vials": {"sizes_g": [2.5, 5, 10], "rule": "nearest"},
        },
    },
    "rate-conversion": {
        "0.5 mg/kg/min of a 10% solution for 70 kg": {
            "rate": {"value": 0.5, "unit": "mg/kg/min"},
            "concentration_percent": 10,
            "weight_kg": 70,
        },
    },
    "total-duration": {
        "248 mL of Octagam 10% for 62 kg": {
            "volume_ml": 248,
            "weight_kg": 62,
            "steps": [{"ml_kg_min": rate, "minutes": 30} for rate in (0.01, 0.02, 0.04)],
            "final_ml_kg_min": 0.08,
        },
    },
    "vaccine-interval": {
        "400 mg/kg on each of five days": {
            "cumulative_dose": {"value": 2000, "unit": "mg/kg"},
            "last_infusion_on": "2026-03-19",
        },
    },
    "sydney": {"Three losses, lupus anticoagulant twice": _part(SydneyRequest, ANTIPHOSPHOLIPID)},
    "acr-eular-2023": {"Three losses, lupus anticoagulant twice": _part(AcrEularRequest, ANTIPHOSPHOLIPID)},
    "agapss": {
        "Lupus anticoagulant, no hypertension, lipids not known": _part(
            AgapssRequest, ANTIPHOSPHOLIPID, conditions=[{"code": "chronic_hypertension", "status": "absent"}]
        )
    },
    "preeclampsia": {"29 weeks, severe hypertension, platelets 88": _part(PreeclampsiaRequest, PREECLAMPSIA)},
    "hellp": {
        "29 weeks, platelets 48, AST 120, LDH 650, no smear": _part(
            HellpRequest, PREECLAMPSIA, laboratory=_HELLP_LABORATORY
        )
    },
    "aspirin-risk": {
        "Aged 36, BMI 31, other factors not known": _part(
            AspirinRiskRequest,
            PREECLAMPSIA,
            patient={"age_years": 36, "prepregnancy_weight_kg": 84, "height_cm": 164},
        )
    },
}

EXAMPLES: dict[str, dict[str, Any]] = {
    name: {
        f"example-{number}": {"summary": title, "value": value}
        for number, (title, value) in enumerate(found.items(), 1)
    }
    for name, found in _VALUES.items()
}
"""Examples of each calculator in the form of OpenAPI."""
