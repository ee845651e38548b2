"""The infusion plan as answered. Amounts are exact decimals; the wire shows them rounded."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from app.clinical.assessment import Evidence, EvidenceShort, RuleSetName, Sentence, Tri
from app.clinical.vials import Rounding


def _shown(places: str) -> PlainSerializer:
    """Rounded for display only, as the evidence asks: chains keep their full precision."""
    quantum = Decimal(places)
    return PlainSerializer(lambda value: float(value.quantize(quantum, ROUND_HALF_UP)), return_type=float)


_NUMBER = WithJsonSchema({"type": "number"})
Tenths = Annotated[Decimal, _shown("0.1"), _NUMBER]
Hundredths = Annotated[Decimal, _shown("0.01"), _NUMBER]
Thousandths = Annotated[Decimal, _shown("0.001"), _NUMBER]


class WeightBasis(StrEnum):
    """Which weight a dose is worked out from. The number is the factor of the adjusted weight."""

    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED_0_4 = "adjusted_0_4"
    ADJUSTED_0_5 = "adjusted_0_5"


@dataclass(frozen=True, slots=True)
class PlanSentence:
    """A cited sentence of the plan. ``convention``: a limit or habit of this service that no source prints."""

    id: str
    text: str
    convention: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was computed; ``fields`` are the request fields that stand in the way."""

    id: Annotated[str, Field(examples=["refuse-rate-unknown"])]
    fields: Annotated[tuple[str, ...], Field(description="JSON pointers into the request.", examples=[["/product"]])]
    text: str
    convention: Annotated[bool, Field(description="True for a limit of this service that no source prints.")]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    id: Annotated[str, Field(examples=["octagam-10"])]
    name: Annotated[str, Field(examples=["Octagam 10%"])]
    concentration_percent: Annotated[int | None, Field(description="g per 100 mL; null if it is not settled.")]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class WeightOption:
    """One way to work out the dosing weight, with its source, whether or not it is used here."""

    basis: WeightBasis
    factor: Annotated[Tenths | None, Field(description="Share of the weight above ideal that counts.")]
    weight_kg: Annotated[Hundredths | None, Field(description="kg; null where the formula does not hold.")]
    dose_g_per_day: Annotated[Hundredths | None, Field(description="g in one day by this weight; null if refused.")]
    not_computed: Annotated[
        str | None,
        Field(
            description="Why there is no weight: `sex_not_sent`, `below_formula`, `below_adjusted`, ...",
            examples=[None],
        ),
    ]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DosingWeightFinding:
    """The weight the dose is worked out from, why that one, and the others."""

    basis: Annotated[WeightBasis | None, Field(description="null where it cannot be settled.")]
    weight_kg: Annotated[Hundredths | None, Field(description="Dosing weight, kg.", examples=[72.14])]
    chosen_by: Annotated[Literal["rule", "exception", "sender", "none"], Field(description="What settled it.")]
    because: Annotated[tuple[PlanSentence, ...], Field(description="The basis, in words.")]
    alternatives: Annotated[tuple[WeightOption, ...], Field(description="Every basis, the one used included.")]
    body_mass_index: Annotated[
        Tenths | None,
        Field(description="kg/m2, from the weight before pregnancy where she is pregnant; null if unknown."),
    ]


@dataclass(frozen=True, slots=True)
class VialCount:
    size_g: Tenths
    count: int


@dataclass(frozen=True, slots=True)
class RoundedDose:
    """Whole vials. ``difference_percent`` is against the exact dose."""

    rule: Rounding
    dose_g: Hundredths
    volume_ml: Tenths
    difference_percent: Tenths
    vials: tuple[VialCount, ...]


@dataclass(frozen=True, slots=True)
class DayDose:
    """The dose of one day: exact, and rounded where a rounding rule was sent."""

    day: int
    dose_g: Hundredths
    volume_ml: Tenths
    rounded: RoundedDose | None


@dataclass(frozen=True, slots=True)
class CourseDose:
    """The whole course; null amounts where the number of days is not known."""

    dose_g_per_kg_per_day: Hundredths
    days: int | None
    total_dose_g: Hundredths | None
    total_volume_ml: Tenths | None
    total_rounded_g: Hundredths | None
    daily: tuple[DayDose, ...]


@dataclass(frozen=True, slots=True)
class RateShown:
    """One rate in the three units in use. Where the label prints two figures that differ, the lower one is used."""

    mg_kg_min: Thousandths
    ml_kg_h: Thousandths
    ml_h: Tenths
    note: Annotated[str | None, Field(description="What the label adds to this rate.")]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a schedule."""

    number: int
    printed: Annotated[
        bool, Field(description="False for the stretch after the printed steps, at the highest rate allowed.")
    ]
    start_minute: Tenths
    end_minute: Tenths
    volume_ml: Tenths
    rate: RateShown


class PlanKind(StrEnum):
    SCHEDULE = "schedule"
    BOUNDS = "bounds"
    MINIMUM_PRACTICABLE = "minimum_practicable"


@dataclass(frozen=True, slots=True)
class RatePlan:
    """How fast, for a patient at risk or for one without any listed factor; never both at once."""

    holds_for: Annotated[Literal["at_risk", "no_listed_factor"], Field(description="Whom this plan is for.")]
    condition: PlanSentence
    kind: PlanKind
    volume_ml: Annotated[Tenths, Field(description="Volume of one day: rounded where a rounding rule was sent.")]
    volume_is_rounded: bool
    initial: RateShown
    maximum: Annotated[RateShown | None, Field(description="Never above; null where the label prints no figure.")]
    capped: Annotated[bool, Field(description="Whether the ceiling for patients at risk lowered the maximum.")]
    label_words: Annotated[str | None, Field(description="What the label says for patients at risk.")]
    steps: tuple[PlanStep, ...]
    schedule_for: Annotated[str | None, Field(description="The patients for whom the label prints these steps.")]
    total_minutes: Annotated[Tenths | None, Field(description="With the printed steps, up to the maximum.")]
    shortest_minutes: Annotated[Tenths | None, Field(description="A bound, not an expected time: volume / maximum.")]
    notes: tuple[PlanSentence, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class AtRiskFinding:
    """Whether any boxed factor is present. Unknown is not "not at risk"."""

    present: Tri
    factors_present: tuple[Sentence, ...]
    factors_unknown: tuple[Sentence, ...]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DoseWarning:
    """A risk that this order or this patient raises: the rule's own words, factors and monitoring."""

    id: Annotated[str, Field(examples=["haemolysis-risk"])]
    title: str
    present: Tri
    factors_present: tuple[Sentence, ...]
    factors_unknown: tuple[Sentence, ...]
    monitoring: tuple[Sentence, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PlanContraindication:
    """A contraindication to IVIG or to this product. ``present`` unknown means: not yet excluded."""

    id: str
    level: Literal["absolute", "relative"]
    target: Literal["ivig", "product"]
    present: Tri
    composition_known: Annotated[
        bool, Field(description="False: the product's composition is not known here, so it is not cleared.")
    ]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class InfusionPlan:
    """The plan, or why there is none: with a refusal there is neither dose nor rate."""

    product: PlannedProduct | None
    refused: Annotated[tuple[Refusal, ...], Field(description="Empty where a plan was computed.")]
    weight: DosingWeightFinding | None
    course: CourseDose | None
    at_risk: AtRiskFinding
    rates: Annotated[
        tuple[RatePlan, ...],
        Field(description="One plan; two, the one at risk first, where it is not known whether a factor is present."),
    ]
    warnings: tuple[DoseWarning, ...]
    contraindications: tuple[PlanContraindication, ...]
    notes: tuple[PlanSentence, ...]


@dataclass(frozen=True, slots=True)
class InfusionPlanAnswer:
    """The plan with the knowledge that made it. Information for clinicians; it decides nothing by itself."""

    rule_set: RuleSetName
    engine_version: str
    jurisdiction: str | None
    plan: InfusionPlan
    evidence: tuple[EvidenceShort, ...]
