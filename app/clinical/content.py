"""What every piece of knowledge is made of: closed and immutable, with ids, conditions, sentences and citations."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.clinical.history import Indication
from app.logic import conditions

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
FactId = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]
When = Annotated[Any, BeforeValidator(conditions.parse)]
Text = Annotated[str, Field(min_length=3, max_length=700)]
Cites = Annotated[tuple[Id, ...], Field(min_length=1)]

Trace = Annotated[str, Field(pattern=r"^R(0[1-9]|1[0-9]|2[0-4])$")]
"""A rule of the safety digest (R01-R24) that a rule or one of its sentences carries."""


class Content(BaseModel):
    """A piece of knowledge: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class RuleBase(Content):
    """What every rule has. ``applies_to`` and the dates may be set once for a whole file."""

    id: Id
    applies_to: tuple[Indication, ...] = ()
    jurisdictions: tuple[str, ...] = ("*",)
    effective: date
    reviewed_on: date
    review_by: date
    cite: Cites
    traces: tuple[Trace, ...] = ()


class Cited(Content):
    """A sentence and the statements that carry it."""

    text: Text
    cite: Cites


class Conditional(Cited):
    """A cited sentence that holds under a condition; without one it always holds."""

    id: Id
    when: When | None = None
    traces: tuple[Trace, ...] = ()
