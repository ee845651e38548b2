"""What the knowledge rests on: sources, the statements taken from them, parameters with their source, and places."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.content import Cites, Content, Id, Text


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
