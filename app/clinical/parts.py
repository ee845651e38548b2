"""What every answer is made of: truth on the wire, citations, sentences."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

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
class CodingShape:
    system: str
    code: str
    display: str


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
