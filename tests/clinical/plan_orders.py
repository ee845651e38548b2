"""Orders for the tests of the infusion plan."""

import json
from datetime import date
from decimal import Decimal

from app.clinical.plan_request import InfusionPlanRequest
from app.clinical.plan_shapes import InfusionPlan
from app.services.intake import read_shape
from app.services.plan import plan

TODAY = date(2026, 11, 25)
D = Decimal
WOMAN = {"weight_kg": 62, "height_cm": 158, "sex": "female", "age_years": 33, "pregnancy_status": "not_pregnant"}
ORDER = {**WOMAN, "product": "octagam-10", "dose_g_per_kg": 0.4, "days": 5, "risk_factors_complete": True}
AT_RISK = {"risk_factors": [{"id": "thrombosis-risk/immobilised", "present": "yes"}]}
"""Any one boxed factor."""


def planned(rules, **changes) -> InfusionPlan:
    """The plan for the order above with some fields changed; None takes a field away."""
    asked = {name: value for name, value in {**ORDER, **changes}.items() if value is not None}
    return plan(rules, read_shape(json.dumps(asked).encode(), InfusionPlanRequest), TODAY).plan


def refusals(found: InfusionPlan) -> list[str]:
    return [item.id for item in found.refused]
