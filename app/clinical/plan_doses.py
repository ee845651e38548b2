"""The weight and the dose of an infusion plan as answered."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.display import Hundredths, Tenths
from app.clinical.parts import Evidence
from app.clinical.plan_parts import PlanSentence, Words
from app.clinical.vials import Rounding


class WeightBasis(StrEnum):
    """Which weight a dose is worked out from. The number is the factor of the adjusted weight."""

    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED_0_4 = "adjusted_0_4"
    ADJUSTED_0_5 = "adjusted_0_5"


@dataclass(frozen=True, slots=True)
class WeightOption:
    """One way to work out the dosing weight, with its source, whether or not it is used here."""

    basis: Annotated[WeightBasis, Field(description="Which weight.", examples=["adjusted_0_4"])]
    factor: Annotated[
        Tenths | None, Field(description="Share of the weight above ideal that counts; null without.", examples=[0.4])
    ]
    weight_kg: Annotated[
        Hundredths | None, Field(description="Weight, kg; null where the formula does not hold.", examples=[72.15])
    ]
    dose_g_per_day: Annotated[
        Hundredths | None, Field(description="Dose of one day by this weight, g; null if refused.", examples=[28.86])
    ]
    not_computed: Annotated[
        str | None,
        Field(description="Why there is no weight: sex_not_sent, below_formula or below_adjusted.", examples=[None]),
    ]
    text: Words
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DosingWeightFinding:
    """The weight the dose is worked out from, why that one, and the others."""

    basis: Annotated[
        WeightBasis | None, Field(description="The basis used; null where it cannot be settled.", examples=["actual"])
    ]
    weight_kg: Annotated[
        Hundredths | None, Field(description="Dosing weight, kg; null where it cannot be settled.", examples=[62])
    ]
    chosen_by: Annotated[
        Literal["rule", "exception", "sender", "none"],
        Field(description="What settled it: local rule, an exception to it, the sender; none: no rule is known."),
    ]
    because: Annotated[tuple[PlanSentence, ...], Field(description="The basis, in words.")]
    alternatives: Annotated[tuple[WeightOption, ...], Field(description="Every basis, the one used included.")]
    body_mass_index: Annotated[
        Tenths | None,
        Field(
            description="kg/m2, from the weight before pregnancy where she is pregnant; null if unknown.",
            examples=[24.8],
        ),
    ]


@dataclass(frozen=True, slots=True)
class VialCount:
    """So many vials of one size."""

    size_g: Annotated[Tenths, Field(description="Vial size, g.", examples=[5])]
    count: Annotated[int, Field(description="Number of vials.", examples=[1])]


@dataclass(frozen=True, slots=True)
class RoundedDose:
    """The dose of one day in whole vials."""

    rule: Annotated[Rounding, Field(description="How it was rounded, as sent.", examples=["nearest"])]
    dose_g: Annotated[Hundredths, Field(description="Rounded dose, g.", examples=[25])]
    volume_ml: Annotated[Tenths, Field(description="Its volume, mL.", examples=[250])]
    difference_percent: Annotated[Tenths, Field(description="Against the exact dose, percent.", examples=[0.8])]
    vials: Annotated[tuple[VialCount, ...], Field(description="As few vials as possible, largest first.")]


@dataclass(frozen=True, slots=True)
class DayDose:
    """The dose of one day: exact, and rounded where a rounding rule was sent."""

    day: Annotated[int, Field(description="Day of the course, from 1.", examples=[1])]
    on: Annotated[date | None, Field(description="Its date, on consecutive days; null without `starts_on`.")]
    dose_g: Annotated[Hundredths, Field(description="Exact dose, g.", examples=[24.8])]
    volume_ml: Annotated[Tenths, Field(description="Exact volume, mL.", examples=[248])]
    rounded: Annotated[RoundedDose | None, Field(description="Whole vials; null without a rounding rule.")]


@dataclass(frozen=True, slots=True)
class CourseDose:
    """The whole course; null totals where the number of days is not known."""

    dose_g_per_kg_per_day: Annotated[
        Hundredths, Field(description="Dose as ordered, g per kg dosing weight and day.", examples=[0.4])
    ]
    days: Annotated[int | None, Field(description="Days of the course; null if not sent.", examples=[5])]
    total_dose_g: Annotated[Hundredths | None, Field(description="Exact dose of the course, g.", examples=[124])]
    total_volume_ml: Annotated[Tenths | None, Field(description="Exact volume of the course, mL.", examples=[1240])]
    total_rounded_g: Annotated[
        Hundredths | None, Field(description="Dose of the course in whole vials, g.", examples=[125])
    ]
    daily: Annotated[tuple[DayDose, ...], Field(description="Each day; one day where their number is not known.")]
