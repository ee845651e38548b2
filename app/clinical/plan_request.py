"""The infusion plan as asked: one IVIG order for one patient. What is left out is unknown."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.clinical.history import JURISDICTION
from app.clinical.obstetric_sections import PregnancyStatus
from app.clinical.plan_doses import WeightBasis
from app.clinical.scalars import Code, Day, Exact, GestationalAge, Whole, Wire
from app.clinical.sections import BloodGroup, Sex
from app.clinical.vials import Rounding

MOST_ANSWERS = 60


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Answered(Wire):
    """A yes, a no or an unknown about one risk factor or contraindication of the rule set."""

    id: str = Field(
        max_length=160,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?$",
        description="`rule/factor` of a risk named by GET /v1/rules/plan-at-risk, or the id of a contraindication.",
        examples=["thrombosis-risk/immobilised", "product-corn-allergy"],
    )
    present: Answer = Field(description="`unknown` is the same as leaving the entry out.", examples=["no"])


class VialRounding(Wire):
    """How to round to whole vials. The product table holds almost no vial sizes, so the sender names them."""

    vial_sizes_g: tuple[Annotated[Exact, Field(gt=0, le=100)], ...] = Field(
        min_length=1,
        max_length=8,
        description="Vial sizes at hand, g of immunoglobulin, whole tenths.",
        examples=[[5, 10, 20]],
    )
    rule: Rounding = Field(description="`nearest` (a tie goes down) or `down`.", examples=["nearest"])


class InfusionPlanRequest(Wire):
    """One IVIG order for one patient. What is left out is unknown; nothing is assumed, and a plan that needs it is refused."""

    product: Code | None = Field(None, description="Product id of the product table.", examples=["octagam-10"])
    concentration_percent: Whole | None = Field(
        None,
        ge=1,
        le=20,
        description="Strength, g per 100 mL; needed where the product comes in several.",
        examples=[10],
    )
    jurisdiction: str | None = Field(
        None,
        pattern=JURISDICTION,
        description="ISO 3166 country or subdivision, or EU. Decides weight rule, label region and contraindications.",
        examples=["AU"],
    )
    indication: Code | None = Field(
        None,
        description="What it is given for: an id of GET /v1/indications, or a label's indication in snake case. "
        "Where no printed rate is for it, the lowest maximum is taken.",
        examples=["primary_immunodeficiency"],
    )
    weight_kg: Exact | None = Field(
        None, gt=0, le=1000, description="Actual weight today, kg; computed with from 30 to 250.", examples=[62]
    )
    prepregnancy_weight_kg: Exact | None = Field(
        None, ge=30, le=250, description="Weight before pregnancy, kg; for the body mass index of a pregnant woman."
    )
    height_cm: Exact | None = Field(
        None, gt=0, le=1000, description="Height, cm; computed with from 120 to 220.", examples=[158]
    )
    sex: Sex | None = Field(None, description="For the ideal weight. Pregnancy answers it.", examples=["female"])
    age_years: Whole | None = Field(None, ge=10, le=70, description="Completed years.", examples=[33])
    pregnancy_status: PregnancyStatus | None = Field(
        None, description="Today's status; unknown if left out, never taken as not pregnant.", examples=["not_pregnant"]
    )
    gestational_age: GestationalAge | None = Field(None, description="Gestation today; says that she is pregnant.")
    postpartum_days: Whole | None = Field(
        None, ge=0, le=365, description="Days since a birth; says that she is after one.", examples=[20]
    )
    blood_group: BloodGroup | None = Field(None, description="ABO group, for the haemolysis warning.", examples=["A"])
    dose_g_per_kg: Exact | None = Field(
        None, gt=0, le=4, description="Dose of one day, g per kg of the dosing weight.", examples=[0.4]
    )
    days: Whole | None = Field(None, ge=1, le=10, description="Days of the course, the dose on each.", examples=[5])
    starts_on: Day | None = Field(
        None, description="Date of the first day; dates the days of the course.", examples=["2026-12-01"]
    )
    rapid_infusion: bool | None = Field(None, description="Whether a rapid infusion is meant.", examples=[False])
    weight_basis: WeightBasis | None = Field(
        None,
        description="The weight chosen by the clinician; the local rule decides if left out.",
        examples=["adjusted_0_4"],
    )
    override_daily_limit: bool = Field(
        False, description="Goes on above 1 g/kg in one day, a limit of this service. An explicit decision."
    )
    rounding: VialRounding | None = Field(
        None, description="Whole vials, shown beside the exact dose; none if left out."
    )
    risk_factors: tuple[Answered, ...] = Field(
        (),
        max_length=MOST_ANSWERS,
        description="Boxed risk factors: yes, no or unknown. A yes here or from the other fields wins over a no.",
    )
    risk_factors_complete: bool = Field(
        False,
        description="True: every factor of GET /v1/rules/plan-at-risk was looked at, and those not listed are absent.",
    )
    contraindications: tuple[Answered, ...] = Field(
        (),
        max_length=MOST_ANSWERS,
        description="Contraindications to IVIG or to the product: yes, no or unknown. They are unknown if left out.",
    )
