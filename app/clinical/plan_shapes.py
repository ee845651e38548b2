"""The infusion plan as answered."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.display import Hundredths, Tenths, Thousandths
from app.clinical.parts import Evidence, EvidenceShort, RuleSetName, Sentence, Tri
from app.clinical.vaccine_interval import VaccineInterval
from app.clinical.vials import Rounding


class WeightBasis(StrEnum):
    """Which weight a dose is worked out from. The number is the factor of the adjusted weight."""

    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED_0_4 = "adjusted_0_4"
    ADJUSTED_0_5 = "adjusted_0_5"


Words = Annotated[str, Field(description="The sentence, for a clinician.")]
Convention = Annotated[bool, Field(description="True for a limit or habit of this service that no source prints.")]
NoteId = Annotated[str, Field(description="Rule id, served at /v1/rules/{id}.", examples=["plan-bounds"])]


@dataclass(frozen=True, slots=True)
class PlanSentence:
    """A cited sentence of the plan."""

    id: NoteId
    text: Words
    convention: Convention
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why nothing was computed."""

    id: Annotated[str, Field(description="Rule id of the reason.", examples=["refuse-rate-unknown"])]
    fields: Annotated[
        tuple[str, ...],
        Field(description="JSON pointers to what stands in the way; empty for the patient.", examples=[["/product"]]),
    ]
    text: Words
    convention: Convention
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    """The product as the product table names it."""

    id: Annotated[str, Field(description="Product id.", examples=["octagam-10"])]
    name: Annotated[str, Field(description="Brand name.", examples=["Octagam 10%"])]
    concentration_percent: Annotated[
        int | None, Field(description="Strength, g per 100 mL; null if it is not settled.", examples=[10])
    ]
    evidence: Evidence


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


@dataclass(frozen=True, slots=True)
class RateShown:
    """One rate in the three units in use. Where the label prints two figures that differ, the lower one is used."""

    mg_kg_min: Annotated[Thousandths, Field(description="mg per kg and minute.", examples=[1])]
    ml_kg_h: Annotated[Thousandths, Field(description="mL per kg and hour.", examples=[0.6])]
    ml_h: Annotated[Tenths, Field(description="Pump rate, mL per hour.", examples=[37.2])]
    note: Annotated[str | None, Field(description="What the label adds to this rate.", examples=["for 30 minutes"])]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a schedule."""

    number: Annotated[int, Field(description="Step, from 1.", examples=[1])]
    printed: Annotated[
        bool, Field(description="False for the stretch after the printed steps, at the highest rate allowed.")
    ]
    start_minute: Annotated[Tenths, Field(description="Start, minutes since the start of the infusion.", examples=[0])]
    end_minute: Annotated[Tenths, Field(description="End, minutes since the start of the infusion.", examples=[30])]
    volume_ml: Annotated[Tenths, Field(description="Volume given in this step, mL.", examples=[18.6])]
    rate: RateShown


class PlanKind(StrEnum):
    """Printed steps; a starting rate and a maximum as bounds; or a starting rate and the label's words only."""

    SCHEDULE = "schedule"
    BOUNDS = "bounds"
    MINIMUM_PRACTICABLE = "minimum_practicable"


@dataclass(frozen=True, slots=True)
class RatePlan:
    """How fast, for a patient at risk or for one without any listed factor; never both at once."""

    holds_for: Annotated[Literal["at_risk", "no_listed_factor"], Field(description="Whom this plan is for.")]
    condition: Annotated[PlanSentence, Field(description="The same in words; it belongs to the plan.")]
    kind: PlanKind
    volume_ml: Annotated[
        Tenths, Field(description="Volume of one day, mL: rounded where a rounding rule was sent.", examples=[248])
    ]
    volume_is_rounded: Annotated[bool, Field(description="Whether that volume is the one in whole vials.")]
    initial: Annotated[RateShown, Field(description="Rate to start with.")]
    maximum: Annotated[RateShown | None, Field(description="Never above; null where the label prints no figure.")]
    capped: Annotated[bool, Field(description="Whether the ceiling for patients at risk lowered the maximum.")]
    label_words: Annotated[
        str | None,
        Field(description="What the label says for patients at risk.", examples=["minimum rate practicable"]),
    ]
    steps: Annotated[tuple[PlanStep, ...], Field(description="Printed steps; empty where none are known.")]
    schedule_for: Annotated[
        str | None,
        Field(
            description="The patients for whom the label prints these steps.",
            examples=["adults with chronic immune thrombocytopenia"],
        ),
    ]
    total_minutes: Annotated[
        Tenths | None, Field(description="Minutes by the printed steps, if each rate is reached.", examples=[113.8])
    ]
    shortest_minutes: Annotated[
        Tenths | None,
        Field(description="Volume / maximum rate, minutes: a bound, not an expected time.", examples=[None]),
    ]
    notes: tuple[PlanSentence, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class AtRiskFinding:
    """Whether any boxed factor is present. Unknown is not "not at risk"."""

    present: Tri
    factors_present: Annotated[tuple[Sentence, ...], Field(description="Factors found or answered with yes.")]
    factors_unknown: Annotated[
        tuple[Sentence, ...], Field(description="Factors nobody answered; their ids can be sent in `risk_factors`.")
    ]
    text: Words
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DoseWarning:
    """A risk that this order or this patient raises: the rule's own words, factors and monitoring."""

    id: Annotated[str, Field(description="Rule id, served at /v1/rules/{id}.", examples=["haemolysis-risk"])]
    title: Annotated[str, Field(description="The risk.", examples=["Haemolysis"])]
    present: Annotated[Tri, Field(description="Whether the order or a boxed factor raises it.")]
    factors_present: Annotated[tuple[Sentence, ...], Field(description="Factors found.")]
    factors_unknown: Annotated[
        tuple[Sentence, ...], Field(description="Factors of the order that are not known, such as a total dose.")
    ]
    monitoring: Annotated[tuple[Sentence, ...], Field(description="What to watch.")]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PlanContraindication:
    """A contraindication to IVIG or to this product. ``present`` unknown means: not yet excluded."""

    id: Annotated[
        str, Field(description="Rule id; can be sent in `contraindications`.", examples=["product-corn-allergy"])
    ]
    level: Annotated[Literal["absolute", "relative"], Field(description="Relative ones are cautions.")]
    target: Annotated[Literal["ivig", "product"], Field(description="Any IVIG, or this product.")]
    present: Tri
    composition_known: Annotated[
        bool, Field(description="False: the product's composition is not known here, so it is not cleared.")
    ]
    text: Words
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class InfusionPlan:
    """The plan, or why there is none: with a refusal there is neither dose nor rate."""

    product: Annotated[PlannedProduct | None, Field(description="null where it is not named or not known.")]
    refused: Annotated[tuple[Refusal, ...], Field(description="Every reason; empty where a plan was computed.")]
    weight: Annotated[
        DosingWeightFinding | None, Field(description="null where weight or height is missing or outside the limits.")
    ]
    course: Annotated[CourseDose | None, Field(description="null where the plan is refused.")]
    at_risk: AtRiskFinding
    rates: Annotated[
        tuple[RatePlan, ...],
        Field(description="One plan; two, the one at risk first, where it is not known whether a factor is present."),
    ]
    warnings: Annotated[tuple[DoseWarning, ...], Field(description="Risks that this order raises.")]
    contraindications: Annotated[tuple[PlanContraindication, ...], Field(description="Present, or not yet excluded.")]
    notes: Annotated[tuple[PlanSentence, ...], Field(description="What holds for the whole plan.")]


@dataclass(frozen=True, slots=True)
class InfusionPlanAnswer:
    """The plan with the knowledge that made it. Information for clinicians; it decides nothing by itself."""

    rule_set: RuleSetName
    engine_version: Annotated[str, Field(description="Version of the program.", examples=["0.1.0"])]
    jurisdiction: Annotated[str | None, Field(description="As sent.", examples=["AU"])]
    plan: InfusionPlan
    vaccine: Annotated[
        VaccineInterval | None,
        Field(description="Wait before a live vaccine; null where there is no plan or the days are not known."),
    ]
    evidence: Annotated[tuple[EvidenceShort, ...], Field(description="Every statement cited in the plan.")]
