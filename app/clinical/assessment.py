"""Assessment: the whole answer for one patient. Every sentence carries the ids of the statements behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.assessed_products import ProductsFinding
from app.clinical.funding import FundingFinding
from app.clinical.history import Indication
from app.clinical.interference import Interference
from app.clinical.on_file import OnFile
from app.clinical.parts import Because, CodingShape, Evidence, RuleSetName, Sentence, Tri
from app.clinical.plan_shapes import InfusionPlan
from app.clinical.stances import Stance, Status
from app.clinical.vaccine_history import VaccineOutlook


@dataclass(frozen=True, slots=True)
class PositionFinding:
    """An issuer's stance on IVIG; ``applies`` says whether this patient is in the population it speaks of."""

    id: str
    issuer: str
    tier: Literal["A", "B"]
    jurisdictions: tuple[str, ...]
    in_jurisdiction: Annotated[
        bool, Field(description="Whether the issuer reaches the chosen jurisdiction; true when none is chosen.")
    ]
    stance: Stance
    strength: str
    certainty: str
    applies: Tri
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CriterionFinding:
    """A definition or classification and whether it is met."""

    id: str
    issuer: str
    title: str
    defines: Annotated[bool, Field(description="Whether meeting it defines the indication for this issuer.")]
    met: Tri
    text: str
    evidence: Evidence
    because: Because


@dataclass(frozen=True, slots=True)
class ScoreFinding:
    """A score as an interval; the bounds meet once every item is known."""

    id: str
    issuer: str
    title: str
    minimum: int
    maximum: int
    threshold: int | None
    met: Tri | None
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class NoteFinding:
    """A sentence the clinician must see with this result."""

    id: str
    jurisdictions: tuple[str, ...]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProtocolFinding:
    """Dose, timing, course and stop rules of one source; never mixed between sources."""

    id: str
    title: str
    jurisdictions: tuple[str, ...]
    steps: tuple[Sentence, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CandidacyFinding:
    """The answer for one indication. ``possible`` lists what the status can still become.

    Positions, criteria, scores, notes and protocols are given where the question arises, or where the sender named the
    indication; elsewhere the headline and the questions say what is not known.
    """

    indication: Indication
    arises: Annotated[Tri, Field(description="Whether the history gives a reason to ask about this indication.")]
    status: Status
    headline: str
    evidence: Evidence
    evidence_to_be_checked: Annotated[
        bool, Field(description="True when the status rests only on statements whose primary text is to be checked.")
    ]
    decided_by: Annotated[
        tuple[str, ...],
        Field(description="Rows of the status table, or the contraindication, that decided or can still decide."),
    ]
    possible: tuple[Status, ...]
    positions: tuple[PositionFinding, ...]
    criteria: tuple[CriterionFinding, ...]
    scores: tuple[ScoreFinding, ...]
    notes: tuple[NoteFinding, ...]
    protocol: tuple[ProtocolFinding, ...]
    missing: Annotated[
        tuple[str, ...], Field(description="Ids of the questions in `missing` that matter for this indication.")
    ]
    because: Because


@dataclass(frozen=True, slots=True)
class ContraindicationFinding:
    """``present`` unknown means: not yet excluded."""

    id: str
    level: Literal["absolute", "relative"]
    title: str
    present: Tri
    text: str
    evidence: Evidence
    because: Because


@dataclass(frozen=True, slots=True)
class RiskFinding:
    """A risk of IVIG with the factors found and the factors not known. No factor found never clears a patient."""

    id: str
    title: str
    text: str
    factor_present: Annotated[Tri, Field(description="Whether any listed factor is present.")]
    factors_present: tuple[Sentence, ...]
    factors_unknown: tuple[Sentence, ...]
    mitigation: tuple[Sentence, ...]
    monitoring: tuple[Sentence, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class AlternativeFinding:
    """An alternative or standard treatment for this patient, and what removes or restricts it."""

    id: str
    indications: tuple[Indication, ...]
    jurisdictions: tuple[str, ...]
    title: str
    stance: Stance
    relevant: Tri
    text: str
    dose: Sentence | None
    removed: Annotated[bool, Field(description="True when something in the history removes or restricts it.")]
    removed_because: tuple[Sentence, ...]
    check_first: Annotated[
        tuple[Sentence, ...], Field(description="What would remove or restrict it and is not known.")
    ]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """What to check before (workup) or during and after (monitoring); ``done`` where the history already holds it."""

    id: str
    text: str
    applies: Tri
    done: Tri
    on_file: Annotated[
        tuple[OnFile, ...], Field(description="What the history already holds for this check, and how old it is.")
    ]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class TimeWindowFinding:
    """A time limit for this patient. ``open`` unknown means: it may have passed, or may not; act as if it were closing."""

    id: str
    indication: Indication
    title: str
    jurisdictions: tuple[str, ...]
    applies: Annotated[Tri, Field(description="Whether the patient is known to be one the limit is for.")]
    closes_at: Annotated[
        str | None,
        Field(
            description="Local time: YYYY-MM-DDTHH:MM where the minute is known, YYYY-MM-DD where only the day is.",
            examples=["2026-11-28T14:30"],
        ),
    ]
    hours_left_min: Annotated[int | None, Field(description="Whole hours left at least; 0 once closed.")]
    hours_left_max: Annotated[int | None, Field(description="Whole hours left at most; null where not known.")]
    days_left_min: int | None
    days_left_max: int | None
    open: Annotated[Tri, Field(description="Whether the limit has not passed.")]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A question whose answer matters, most useful first."""

    id: str
    fact: Annotated[str, Field(description="The first of `facts` that is not known.")]
    facts: tuple[str, ...]
    question: str
    unit: str | None
    codes: tuple[CodingShape, ...]
    reason: Annotated[str, Field(description="Why it is not known.", examples=["not_sent"])]
    decides: Annotated[bool, Field(description="True when any verdict waits for it.")]
    matters_for: Annotated[tuple[str, ...], Field(description="Indications, or `safety`.")]


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A publication, and the statements of it that this answer cites. Each statement is served at /v1/evidence/{id}."""

    id: str
    issuer: str
    title: str
    year: int | None
    link: Annotated[str | None, Field(description="DOI or PubMed address, or where it was read; null if printed only.")]
    statements: Annotated[tuple[str, ...], Field(description="Ids of the statements cited above.")]
    to_be_checked: Annotated[
        tuple[str, ...], Field(description="Those whose primary text is to be checked; the others are verified.")
    ]
    working_rules: Annotated[
        tuple[str, ...], Field(description="Those that are working rules or inferences of this service, not sourced.")
    ]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something that was sent and not read."""

    pointer: Annotated[str, Field(examples=["/conditions/3/code"])]
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the rule set says about this history. Information for clinicians; it decides nothing by itself."""

    id: Annotated[str, Field(description="Decision id, also in the audit record.")]
    as_of: date
    jurisdiction: str | None
    rule_set: RuleSetName
    engine_version: str
    candidacy: tuple[CandidacyFinding, ...]
    funding: Annotated[
        tuple[FundingFinding, ...],
        Field(description="What is known about paying, apart from candidacy; never a decision."),
    ]
    time_windows: Annotated[
        tuple[TimeWindowFinding, ...], Field(description="Time limits for starting, most urgent first.")
    ]
    contraindications: tuple[ContraindicationFinding, ...]
    risks: tuple[RiskFinding, ...]
    alternatives: tuple[AlternativeFinding, ...]
    products: ProductsFinding
    plan: Annotated[InfusionPlan | None, Field(description="For the order in the history; null where there is none.")]
    workup: tuple[CheckFinding, ...]
    monitoring: tuple[CheckFinding, ...]
    vaccines: Annotated[
        VaccineOutlook | None,
        Field(description="How long live vaccines wait after earlier courses and the order; null without either."),
    ]
    interference: Annotated[
        tuple[Interference, ...], Field(description="Serology that donors' antibodies may have made positive.")
    ]
    notes: Annotated[tuple[NoteFinding, ...], Field(description="Notes for every indication.")]
    missing: tuple[MissingFact, ...]
    evidence: Annotated[tuple[CitedSource, ...], Field(description="Every statement cited above, by source.")]
    not_understood: tuple[NotUnderstood, ...]
