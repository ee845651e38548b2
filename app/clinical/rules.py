"""The kinds of rule that conclude something about a patient."""

from typing import Literal

from pydantic import Field

from app.clinical.content import Cited, Cites, Conditional, Content, FactId, Id, RuleBase, Text, When
from app.clinical.stances import Certainty, Stance, Status, Strength


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


class Ask(Content):
    id: Id
    facts: tuple[FactId, ...] = Field(min_length=1)
    question: Text
    unit: str | None = None


class AskList(RuleBase):
    """What to ask when missing, most useful first. ``id`` of each question is stable."""

    kind: Literal["ask"]
    questions: tuple[Ask, ...] = Field(min_length=1)
