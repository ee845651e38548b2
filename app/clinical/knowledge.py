"""The shape of the knowledge: what a YAML file may say. Clinical words and thresholds live in those files, never here."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.clinical.history import Indication
from app.logic import conditions

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
FactId = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]
When = Annotated[Any, BeforeValidator(conditions.parse)]
Text = Annotated[str, Field(min_length=3, max_length=700)]
Cites = Annotated[tuple[Id, ...], Field(min_length=1)]


class Content(BaseModel):
    """A piece of knowledge: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Status(StrEnum):
    """Candidacy, CLINICAL_DECISIONS 0.3."""

    RECOMMENDED = "recommended"
    MAY_BE_CONSIDERED = "may_be_considered"
    NOT_RECOMMENDED = "not_recommended"
    CONTRAINDICATED = "contraindicated"
    CRITERIA_NOT_MET = "criteria_not_met"
    UNDETERMINED = "undetermined"
    CONFLICTING = "conflicting"


class Stance(StrEnum):
    RECOMMENDS = "recommends"
    SUGGESTS = "suggests"
    MAY_CONSIDER = "may-consider"
    NO_RECOMMENDATION = "no-recommendation"
    SUGGESTS_AGAINST = "suggests-against"
    RECOMMENDS_AGAINST = "recommends-against"


Strength = Literal["strong", "conditional", "good-practice-point", "none"]
Certainty = Literal["high", "moderate", "low", "very-low", "not-graded"]


class Cited(Content):
    """A sentence and the statements that carry it."""

    text: Text
    cite: Cites


class Conditional(Cited):
    """A cited sentence that holds under a condition; without one it always holds."""

    id: Id
    when: When | None = None


class RuleBase(Content):
    """What every rule has. ``applies_to`` and the dates may be set once for a whole file."""

    id: Id
    applies_to: tuple[Indication, ...] = ()
    jurisdictions: tuple[str, ...] = ("*",)
    effective: date
    reviewed_on: date
    review_by: date
    cite: Cites


class Criterion(RuleBase):
    """A definition or classification; TRUE when the patient meets it."""

    kind: Literal["criterion"]
    issuer: str
    title: str
    when: When
    text: Text
    defines: bool = False


class ScoreItem(Content):
    id: Id
    title: str
    points: int = Field(ge=0)
    when: When
    cite: Cites


class ScoreDomain(Content):
    id: Id
    title: str
    items: tuple[ScoreItem, ...] = Field(min_length=1)


class ScoreRule(RuleBase):
    """Points: the best item of each domain, summed; unknown items give an interval."""

    kind: Literal["score"]
    issuer: str
    title: str
    text: Text
    domains: tuple[ScoreDomain, ...] = Field(min_length=1)
    threshold: int | None = None


class Position(RuleBase):
    """An issuer's stance on IVIG for patients for whom ``when`` holds."""

    kind: Literal["position"]
    issuer: str
    tier: Literal["A", "B"]
    when: When | None = None
    stance: Stance
    strength: Strength
    certainty: Certainty
    text: Text


class Contraindication(RuleBase):
    """Absolute or relative; to IVIG as such, or to named products."""

    kind: Literal["contraindication"]
    level: Literal["absolute", "relative"]
    target: Literal["ivig", "product"]
    products: tuple[str, ...] = ()
    title: str
    when: When
    text: Text


class Risk(RuleBase):
    """A risk: the factors that raise it, what lowers it, what to watch. No factor listed never clears a patient."""

    kind: Literal["risk"]
    title: str
    text: Text
    factors: tuple[Conditional, ...] = ()
    mitigation: tuple[Conditional, ...] = ()
    monitoring: tuple[Conditional, ...] = ()


class Alternative(RuleBase):
    """An alternative or standard treatment; ``removed_by`` takes it away or restricts it for this patient."""

    kind: Literal["alternative"]
    title: str
    when: When | None = None
    stance: Stance
    text: Text
    dose: Cited | None = None
    removed_by: tuple[Conditional, ...] = ()


class Protocol(RuleBase):
    """Dose, timing, course and stop rules; shown only where the status allows IVIG and ``when`` is TRUE."""

    kind: Literal["protocol"]
    title: str
    when: When | None = None
    steps: tuple[Cited, ...] = Field(min_length=1)


class Workup(RuleBase):
    """What to check before the first infusion (workup) or during and after it (monitoring)."""

    kind: Literal["workup", "monitoring"]
    when: When | None = None
    text: Text
    satisfied_by: When | None = None


class Note(RuleBase):
    """A sentence the clinician must see with this result. ``when`` may look at facts, rules and scores."""

    kind: Literal["note"]
    when: When | None = None
    statuses: tuple[Status, ...] = ()
    text: Text


class Cell(Cited):
    """What one row of a candidacy table concludes in one column; ``decides`` are the statements that decide it."""

    status: Status
    decides: tuple[Id, ...] = ()


class Row(Content):
    id: Id
    when: When
    cells: dict[str, Cell]


class Candidacy(RuleBase):
    """A status table, read from the top. Column names map to jurisdictions; "*" as a jurisdiction takes all that are not named.

    ``arises`` FALSE -> ``does_not_arise``; UNKNOWN -> undetermined. A row whose condition is UNKNOWN stays possible:
    the status is what all possible rows agree on, otherwise undetermined. A cell under "*" serves all columns not named in the row.
    """

    kind: Literal["candidacy"]
    unprompted: bool = Field(
        default=True,
        description="False: shown only where it certainly arises, or where the sender asks for the indication.",
    )
    arises: When
    does_not_arise: Cell
    negative: Cited
    undetermined: Cited
    columns: dict[str, tuple[str, ...]]
    no_national_position: Cited | None = None
    rows: tuple[Row, ...] = Field(min_length=1)


class Ask(Content):
    id: Id
    facts: tuple[FactId, ...] = Field(min_length=1)
    question: Text
    unit: str | None = None


class AskList(RuleBase):
    """What to ask when missing, most useful first. ``id`` of each question is stable."""

    kind: Literal["ask"]
    questions: tuple[Ask, ...] = Field(min_length=1)


class TimeWindow(RuleBase):
    """A time limit for starting, counted from ``since``, a fact of elapsed time in hours or calendar days."""

    kind: Literal["time_window"]
    title: str
    when: When | None = None
    since: FactId
    closes_after_hours: int = Field(gt=0, le=8784)
    text: Text


Rule = Annotated[
    Criterion
    | ScoreRule
    | Position
    | Contraindication
    | Risk
    | Alternative
    | Protocol
    | Workup
    | Note
    | Candidacy
    | AskList
    | TimeWindow,
    Field(discriminator="kind"),
]


class Parameter(Content):
    """A threshold that a derivation needs, with its source."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")]
    value: int | Decimal
    unit: str
    text: Text
    cite: Cites


Confidence = Literal["verified", "likely"]


class Source(Content):
    """A publication. ``consulted`` says how much of it was read."""

    id: Id
    kind: str
    title: str
    issuer: str
    year: int | None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    consulted: Literal["full-text", "abstract", "secondary", "none"]
    note: str | None = None


class Statement(Content):
    """One fact of one source. ``inference`` marks a working rule or conclusion of this service, never a sourced fact."""

    id: Id
    source: Id
    topic: str
    population: str
    intervention: str
    stance: str
    strength: str
    certainty: str
    grade_as_printed: str | None = None
    effect: str | None = None
    dose: str | None = None
    says: Text
    confidence: Confidence
    inference: bool = False
    note: str | None = None
    seen_at: str | None = None
    seen_also: tuple[str, ...] = ()


class Jurisdiction(Content):
    """A place, and the chain of places whose issuers reach it, nearest first."""

    code: str
    name: str
    reach: tuple[str, ...]


class MonographSentence(Cited):
    id: Id
    topic: Literal["what", "how", "benefit", "risk", "how-given", "alternatives", "ask"]


class Knowledge(Content):
    """A whole rule set, decoded: what is published, digested and served."""

    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    jurisdictions: tuple[Jurisdiction, ...]
    monograph: tuple[MonographSentence, ...]
