"""The shape of the knowledge: what a YAML file may say. Clinical words and thresholds live in those files, never here."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.content import Cites, Content, FactId, Id, RuleBase, Text, Trace, When
from app.clinical.product_rules import ProductRanking, ProductRestriction
from app.clinical.products import Product
from app.clinical.terms import Term

# Whoever writes knowledge takes these from here.
__all__ = [
    "Cites",
    "Content",
    "FactId",
    "Id",
    "Product",
    "ProductRanking",
    "ProductRestriction",
    "RuleBase",
    "Term",
    "Text",
    "Trace",
    "When",
]


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
    traces: tuple[Trace, ...] = ()


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
    """To IVIG as such, absolute or relative; what bears on single products is a product restriction."""

    kind: Literal["contraindication"]
    level: Literal["absolute", "relative"]
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
    """What to check before the first infusion (workup) or during and after it (monitoring).

    ``on_file`` names the facts whose findings count as already on file, whether or not they settle ``satisfied_by``.
    """

    kind: Literal["workup", "monitoring"]
    when: When | None = None
    text: Text
    satisfied_by: When | None = None
    on_file: tuple[FactId, ...] = ()


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


class PlanNote(RuleBase):
    """A sentence of the infusion plan, shown in the situation its id names: a basis, a caution, a refusal.

    ``when`` names the rules it rests on, where it rests on any. ``convention`` marks a limit or habit of this service that no
    source prints; what is cited then stands beside it.
    """

    kind: Literal["plan_note"]
    when: When | None = None
    convention: bool = False
    text: Text


class DosingWeight(RuleBase):
    """Which weight a place doses by. ``factor`` names the parameter of an adjusted weight; None: the issuer names none.

    ``only_for`` an indication; ``in_pregnancy`` lifts the rule that pregnant women are dosed by actual weight. With ``from_bmi``
    (kg/m2, included) or ``above_kg`` the rule holds only there, and actual weight below.
    """

    kind: Literal["dosing_weight"]
    issuer: str
    basis: Literal["ideal", "adjusted"]
    factor: str | None = None
    only_for: str | None = None
    in_pregnancy: bool = False
    from_bmi: int | Decimal | None = None
    above_kg: int | Decimal | None = None
    max_dose_g: int | Decimal | None = None
    text: Text


class FundingStatus(StrEnum):
    """What is known about paying, CLINICAL_DECISIONS 7.2; never candidacy, and never a decision."""

    FUNDED_ROUTE_EXISTS = "funded_route_exists"
    CASE_BY_CASE = "case_by_case"
    NOT_COMMISSIONED = "not_commissioned"
    NOT_FUNDED = "not_funded"
    CRITERIA_NOT_MET = "criteria_not_met"
    UNDETERMINED = "undetermined"
    NOT_AVAILABLE_HERE = "not_available_here"


class Funding(RuleBase):
    """What is known about paying for IVIG in one place. Empty ``applies_to`` serves every indication not named there.

    A rule without a ``route`` takes that of the rule for all other indications of its place.
    ``criteria`` are ids of criterion rules, all required: one that is FALSE makes it criteria_not_met, said by ``not_met``.
    ``not_included`` are ids of notes on criteria of the issuer that this service does not hold: unknown whatever is sent.
    ``decides`` are the statements that decide the status; ``cite`` where it is left out.
    """

    kind: Literal["funding"]
    status: FundingStatus
    when: When | None = None
    text: Text
    route: Cited | None = None
    decides: tuple[Id, ...] = ()
    criteria: tuple[Id, ...] = ()
    not_included: tuple[Id, ...] = ()
    not_met: Cited | None = None


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
    | ProductRestriction
    | ProductRanking
    | PlanNote
    | DosingWeight
    | Funding
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
    """A publication. ``consulted`` says how much of it was read, ``funding`` who paid, where what was read states it."""

    id: Id
    kind: str
    title: str
    issuer: str
    year: int | None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    consulted: Literal["full-text", "abstract", "secondary", "none"]
    funding: str | None = None
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
    """A place, the chain of places whose issuers reach it, nearest first, and the union it is a member of."""

    code: str
    name: str
    reach: tuple[str, ...]
    member_of: tuple[str, ...] = ()


class MonographSentence(Cited):
    id: Id
    topic: Literal["what", "how", "benefit", "risk", "how-given", "alternatives", "ask"]


class Limit(Content):
    """Where a formula stops to hold: outside these ends (both included) the calculator refuses and says why."""

    field: Annotated[str, Field(pattern=r"^(/[a-z0-9_]+)+$")]
    unit: str
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    text: Text
    cite: Cites


class Remark(Cited):
    """A sentence of a calculator that its code shows in a named situation: a refusal, a condition, a warning."""

    id: Id


class Calculator(Content):
    """The words of a calculator: what it computes, where it holds, when it refuses. ``criteria`` and ``scores`` name the
    rules that a classification shows; ``verdicts`` are those criteria that answer its question.
    """

    id: Id
    title: str
    formula: Text
    validity: Text
    text: Text
    unit: str | None = None
    digits: int = Field(default=0, ge=0, le=6)
    limits: tuple[Limit, ...] = ()
    remarks: tuple[Remark, ...] = ()
    criteria: tuple[Id, ...] = ()
    scores: tuple[Id, ...] = ()
    verdicts: tuple[Id, ...] = ()
    cite: Cites


class TransparencyItem(Cited):
    """One sentence about the intervention itself. ``used`` and ``facts`` say whether a kind of data enters, and where."""

    id: Id
    section: Literal[
        "source_attribute",
        "intended_use",
        "intended_user",
        "intended_patients",
        "out_of_scope",
        "emergency",
        "known_limit",
        "regulation",
    ]
    title: str
    number: int | None = Field(None, ge=1, description="Number of a source attribute.")
    used: bool | None = None
    facts: tuple[FactId, ...] = ()
    region: str | None = None


class Knowledge(Content):
    """A whole rule set, decoded: what is published, digested and served."""

    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    jurisdictions: tuple[Jurisdiction, ...]
    monograph: tuple[MonographSentence, ...]
    products: tuple[Product, ...]
    calculators: tuple[Calculator, ...] = ()
    transparency: tuple[TransparencyItem, ...] = ()
    terminology: tuple[Term, ...] = ()
