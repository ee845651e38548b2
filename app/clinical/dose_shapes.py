"""What the calculators of body size, dose, rate and vaccine interval are asked."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.calculator_shapes import Amount, Years
from app.clinical.obstetric_sections import PregnancyStatus
from app.clinical.scalars import Exact, PartialDate, Whole, Wire
from app.clinical.sections import Sex
from app.clinical.vials import Rounding

ADULT_FROM = "dosing.adult_from_years"
IDEAL_FROM = "dosing.ideal_weight_from_cm"
DAILY_LIMIT = "dosing.daily_limit_g_per_kg"


class Factor(StrEnum):
    """How much of the excess weight counts; the factor travels with its source."""

    AUSTRALIA = "0.4_australia"
    HANDBOOK = "0.5_handbook"


FACTORS = {Factor.AUSTRALIA: "dosing.factor_australia", Factor.HANDBOOK: "dosing.factor_handbook"}

Weight = Annotated[Amount, Field(description="kg, or its bounds; 30 to 250 are taken.", examples=[62])]
Height = Annotated[Amount, Field(description="cm, or its bounds; 120 to 220 are taken.", examples=[158])]
Percent = Annotated[
    Exact, Field(gt=0, le=30, description="Concentration of the product: X g in 100 mL is X percent.", examples=[10])
]
SexOrBoth = Annotated[Sex | None, Field(description="Left out: both formulas bound the answer.", examples=["female"])]
AdultAge = Annotated[
    Years | None,
    Field(description="Completed years; left out, the answer says that it holds for adults.", examples=[34]),
]


class WeightOf(StrEnum):
    BEFORE_PREGNANCY = "before_pregnancy"
    TODAY = "today"


class BmiRequest(Wire):
    """Body mass index."""

    weight_kg: Weight
    weight_of: WeightOf = Field(description="Which weight it is; it is named in the answer.", examples=["today"])
    height_cm: Height
    age_years: AdultAge = None
    pregnancy_status: PregnancyStatus | None = Field(
        None, description="Needed to read a weight of today; left out, the answer says what it depends on."
    )


class IdealWeightRequest(Wire):
    """Ideal body weight (Devine)."""

    sex: SexOrBoth = None
    height_cm: Height
    age_years: AdultAge = None


class DosingWeightRequest(Wire):
    """Adjusted, dose-determining body weight."""

    weight_kg: Weight
    height_cm: Height
    factor: Factor = Field(description="The factor and whose it is.", examples=["0.4_australia"])
    sex: SexOrBoth = None
    age_years: Annotated[
        Years | None, Field(description="Completed years; left out, adjusted and actual weight bound the answer.")
    ] = None
    pregnancy_status: PregnancyStatus | None = Field(
        None,
        description="In pregnancy the actual weight is used; left out (unless sex is male), both weights bound the answer.",
        examples=["not_pregnant"],
    )


class Dose(Wire):
    """A dose by body weight."""

    value: Amount = Field(description="The number in `unit`, or its bounds.", examples=[0.4])
    unit: Literal["g/kg", "mg/kg"] = Field(examples=["g/kg"])


class Vials(Wire):
    """Whole vials, shown beside the exact dose."""

    sizes_g: tuple[Annotated[Exact, Field(gt=0, le=100)], ...] = Field(
        min_length=1, max_length=12, description="Vial sizes at hand, g.", examples=[[2.5, 5, 10]]
    )
    rule: Rounding = Field(description="How the dose becomes whole vials.", examples=["nearest"])


class DoseVolumeRequest(Wire):
    """Dose and volume of immunoglobulin."""

    dose: Dose
    dosing_weight_kg: Weight
    concentration_percent: Percent
    vials: Vials | None = Field(None, description="Only with an exact dose.")


class Rate(Wire):
    """An infusion rate by body weight."""

    value: Amount = Field(description="The number in `unit`, or its bounds.", examples=[0.5])
    unit: Literal["mg/kg/min", "mL/kg/min", "mL/kg/h"] = Field(examples=["mg/kg/min"])


class RateConversionRequest(Wire):
    """The same rate in other units."""

    rate: Rate
    concentration_percent: Percent
    weight_kg: Annotated[Weight | None, Field(description="For the pump rate in mL/h; left out, none is given.")] = None


class Step(Wire):
    """A step of the label's schedule."""

    ml_kg_min: Annotated[Exact, Field(gt=0, le=1, description="Rate, mL/kg/min.", examples=[0.01])]
    minutes: Whole = Field(ge=1, le=600, description="How long it is kept.", examples=[30])


class TotalDurationRequest(Wire):
    """How long an infusion in steps takes."""

    volume_ml: Amount = Field(description="Volume, mL, or its bounds.", examples=[248])
    weight_kg: Weight
    steps: tuple[Step, ...] = Field(max_length=20, description="Steps of the label of the very product, in order.")
    final_ml_kg_min: Annotated[
        Exact, Field(gt=0, le=1, description="Rate after the last step, mL/kg/min; not above the limit at risk.")
    ]


class VaccineIntervalRequest(Wire):
    """How long measles- and varicella-containing vaccines wait after immunoglobulin."""

    cumulative_dose: Dose = Field(description="The whole course: the sum of its infusions.")
    last_infusion_on: PartialDate | None = Field(
        None, description="Day of the last infusion, as exactly as known; left out, only months are given."
    )


DOSE_REQUESTS: tuple[type[Wire], ...] = (
    BmiRequest,
    IdealWeightRequest,
    DosingWeightRequest,
    DoseVolumeRequest,
    RateConversionRequest,
    TotalDurationRequest,
    VaccineIntervalRequest,
)
"""What each of these calculators reads, for the documentation of the API."""
