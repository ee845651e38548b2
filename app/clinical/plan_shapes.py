"""The infusion plan as answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.display import Tenths, Thousandths
from app.clinical.parts import Evidence, EvidenceShort, RuleSetName, Sentence, Tri
from app.clinical.plan_doses import CourseDose, DosingWeightFinding
from app.clinical.plan_parts import PlanSentence, Refusal, Words
from app.clinical.vaccine_interval import VaccineInterval


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
