"""The cited words that no rule says: of calculators, of the monograph, and about the service itself."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.content import Cited, Cites, Content, FactId, Id, Text


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
