"""Assessment: the whole answer for one patient. Every sentence carries the ids of the statements behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from app.clinical.history import Indication
from app.clinical.knowledge import Stance, Status

Tri = Annotated[Literal["true", "false", "unknown"], Field(description="Kleene truth; unknown is never no.")]
Evidence = Annotated[
    tuple[str, ...], Field(description="Statement ids, each served at /v1/evidence/{id}.", examples=[["def-eshre"]])
]
JsonNumber = Annotated[
    Decimal,
    PlainSerializer(lambda value: int(value) if value == int(value) else float(value), return_type=int | float),
    WithJsonSchema({"type": "number"}),
]
Because = Annotated[
    Any, Field(description="Condition tree with the truth of each node and the values it read; null with explain=none.")
]


@dataclass(frozen=True, slots=True)
class RuleSetName:
    """Which knowledge answered."""

    version: str
    digest: Annotated[str, Field(description="SHA-256 of the canonical rule set.")]
    review_by: Annotated[date, Field(description="Earliest date by which a rule is due for review.")]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cited sentence; ``applies`` is unknown where a fact it depends on is not known."""

    id: str
    text: str
    applies: Tri
    evidence: Evidence


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
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductReasonFinding:
    """Why products are excluded, warned about or placed where they are; no product named: it holds for all."""

    id: Annotated[str, Field(description="The rule.", examples=["product-hyperprolinaemia"])]
    level: Annotated[
        Literal["exclude", "warn", "inform"],
        Field(description="What is not known about the patient or a product warns, never excludes and never clears."),
    ]
    text: str
    patient: Annotated[Tri, Field(description="Whether the patient has what the reason is about.")]
    products: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductShort:
    """A product for this patient; its full row is at /v1/products/{id}."""

    id: Annotated[str, Field(examples=["privigen"])]
    name: str
    suitability: Literal["suitable", "suitable_with_warning", "excluded"]
    in_region: Annotated[Literal["true", "unknown"], Field(description="Known to be supplied in the chosen place.")]
    iga_max_ug_per_ml: Annotated[
        JsonNumber | None, Field(description="Labelled maximum of IgA, ug/mL; null is not known, never zero.")
    ]
    to_be_checked: Annotated[bool, Field(description="Its row of the product table is likely, not verified.")]
    reasons: Annotated[tuple[str, ...], Field(description="Ids of `reasons` beside this list.")]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductsFinding:
    """Products ranked for this patient. No product is called free of something that its label does not say."""

    region: Annotated[
        Literal["chosen", "none_chosen", "not_known"],
        Field(description="not_known: no product is known for the chosen place, so all are listed."),
    ]
    ranked: tuple[ProductShort, ...]
    planned: Annotated[ProductShort | None, Field(description="The product of the order, if the table has it.")]
    planned_unknown: Annotated[
        bool,
        Field(description="True when an order names a product that the table does not have: nothing is known of it."),
    ]
    reasons: tuple[ProductReasonFinding, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CodingShape:
    system: str
    code: str
    display: str


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
    decides: Annotated[bool, Field(description="True when a verdict waits for it.")]
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
class EvidenceShort:
    """A statement and its source in one line; the full form is at /v1/evidence/{id}."""

    id: str
    confidence: Literal["verified", "likely"]
    working_rule: Annotated[
        bool, Field(description="True for a working rule or inference of this service, not a sourced fact.")
    ]
    issuer: str
    title: str
    year: int | None
    doi: str | None
    pmid: str | None
    url: str | None


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
    contraindications: tuple[ContraindicationFinding, ...]
    risks: tuple[RiskFinding, ...]
    alternatives: tuple[AlternativeFinding, ...]
    products: ProductsFinding
    workup: tuple[CheckFinding, ...]
    monitoring: tuple[CheckFinding, ...]
    notes: Annotated[tuple[NoteFinding, ...], Field(description="Notes for every indication.")]
    missing: tuple[MissingFact, ...]
    evidence: Annotated[tuple[CitedSource, ...], Field(description="Every statement cited above, by source.")]
    not_understood: tuple[NotUnderstood, ...]
