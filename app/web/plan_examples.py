"""Synthetic orders shown in the API documentation of infusion plans."""

from typing import Any

_OCTAGAM: dict[str, Any] = {
    "product": "octagam-10",
    "jurisdiction": "DK",
    "weight_kg": 62,
    "height_cm": 158,
    "sex": "female",
    "age_years": 33,
    "pregnancy_status": "not_pregnant",
    "blood_group": "A",
    "dose_g_per_kg": 0.4,
    "days": 5,
    "rapid_infusion": False,
}
SCHEDULE: dict[str, Any] = {
    **_OCTAGAM,
    "risk_factors_complete": True,
    "rounding": {"vial_sizes_g": [2.5, 5, 10], "rule": "nearest"},
}
UNKNOWN_RISK: dict[str, Any] = {**_OCTAGAM, "product": "panzyga", "jurisdiction": "US"}
PREGNANT: dict[str, Any] = {
    "product": "panzyga",
    "jurisdiction": "AU",
    "weight_kg": 80,
    "height_cm": 165,
    "age_years": 31,
    "gestational_age": {"weeks": 20, "days": 3},
    "dose_g_per_kg": 1,
    "days": 1,
    "risk_factors": [{"id": "thrombosis-risk/immobilised", "present": "no"}],
}
NO_RATE: dict[str, Any] = {**_OCTAGAM, "product": "kiovig"}
CHOOSE_WEIGHT: dict[str, Any] = {
    **_OCTAGAM,
    "product": "privigen",
    "jurisdiction": "US",
    "weight_kg": 95,
    "height_cm": 165,
}

ORDERS: dict[str, dict[str, Any]] = {
    "schedule": {"summary": "Printed steps, no listed factor, whole vials beside the exact dose", "value": SCHEDULE},
    "risk-not-known": {"summary": "Risk factors not sent: two plans, the capped one first", "value": UNKNOWN_RISK},
    "pregnant": {"summary": "Pregnant, Australia: actual weight, ceiling for patients at risk", "value": PREGNANT},
    "no-printed-rate": {"summary": "No rate is known for the product: refused", "value": NO_RATE},
    "choose-the-weight": {
        "summary": "US, body mass index above 30: the sender chooses the weight",
        "value": CHOOSE_WEIGHT,
    },
}
