"""What a calculator answers: figures with their unit, or a classification with its criteria and scores."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from itertools import product
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from app.clinical.assessment import CriterionFinding, MissingFact, NotUnderstood, ScoreFinding
from app.clinical.parts import Evidence, EvidenceShort, RuleSetName, Tri
from app.logic.values import Interval, Number

CARRIED = 15
"""Significant digits of an unrounded figure: as many as every reader of JSON numbers keeps."""


def _plain(value: Any) -> Any:
    """JSON numbers where pydantic would write a Decimal as text."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case _:
            return value


Figure = Annotated[
    int | Decimal,
    PlainSerializer(_plain, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
Inputs = Annotated[dict[str, Any], PlainSerializer(_plain, when_used="json"), WithJsonSchema({"type": "object"})]


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of an interval, included; equal where the input is exact."""

    minimum: Figure
    maximum: Figure


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure. With half-known input ``value`` is null and the figure lies from ``minimum`` to ``maximum``."""

    name: Annotated[str, Field(examples=["egfr"])]
    unit: Annotated[str, Field(description="UCUM unit.", examples=["mL/min/{1.73_m2}"])]
    value: Figure | None
    minimum: Annotated[Figure, Field(description="Rounded for display; the low end of an interval is rounded down.")]
    maximum: Annotated[Figure, Field(description="Rounded for display; the high end of an interval is rounded up.")]
    unrounded: Annotated[Ends, Field(description="The same with 15 significant digits: calculate on from these.")]
    display: Annotated[str, Field(examples=["121.3", "10w0d to 10w6d"])]


@dataclass(frozen=True, slots=True)
class DayFinding:
    """One day. With half-known input ``value`` is null and the day lies from ``earliest`` to ``latest``."""

    name: Annotated[str, Field(examples=["due_date"])]
    value: date | None
    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class RemarkFinding:
    """A cited sentence that belongs to this answer."""

    id: str
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Calculation:
    """The answer of a calculator that gives figures or days."""

    calculator: Annotated[str, Field(examples=["ckd-epi-2021"])]
    title: str
    formula: Annotated[str, Field(description="The formula in words.")]
    quantities: tuple[Quantity, ...]
    days: tuple[DayFinding, ...]
    holds_if: Annotated[tuple[RemarkFinding, ...], Field(description="What must be true and was not said.")]
    notes: tuple[RemarkFinding, ...]
    inputs: Annotated[Inputs, Field(description="The values that were used; nothing that identifies a patient.")]
    validity: str
    text: str
    evidence: Evidence
    sources: Annotated[tuple[EvidenceShort, ...], Field(description="Every statement cited in this answer.")]
    rule_set: RuleSetName
    engine_version: str


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer of a calculator that applies a published set of criteria or a score."""

    calculator: Annotated[str, Field(examples=["sydney"])]
    title: str
    formula: str
    as_of: date
    met: Annotated[
        Tri | None,
        Field(
            description="Whether the set is met. Null for a score without threshold, and where several issuers' sets stand "
            "side by side: see `criteria`."
        ),
    ]
    criteria: tuple[CriterionFinding, ...]
    scores: tuple[ScoreFinding, ...]
    missing: Annotated[tuple[MissingFact, ...], Field(description="What would settle it, most useful first.")]
    not_understood: tuple[NotUnderstood, ...]
    inputs: Annotated[tuple[str, ...], Field(description="Sections of the history that were sent.")]
    validity: str
    text: str
    evidence: Evidence
    sources: Annotated[tuple[EvidenceShort, ...], Field(description="Every statement cited in this answer.")]
    rule_set: RuleSetName
    engine_version: str


def bounds(function: Callable[..., Number], *arguments: Interval) -> Interval:
    """All values of a function over half-known arguments. The function rises or falls with each argument throughout."""
    ends = [tuple(dict.fromkeys((item.low, item.high))) for item in arguments]
    found = [function(*corner) for corner in product(*ends)]
    return Interval(min(found), max(found))


def hull(parts: Iterable[Interval]) -> Interval:
    """From the lowest to the highest of several intervals with both ends."""
    found = list(parts)
    return Interval(
        min(part.low for part in found if part.low is not None),
        max(part.high for part in found if part.high is not None),
    )


def quantity(name: str, unit: str, found: Interval, digits: int, display: str = "") -> Quantity:
    """A figure rounded to ``digits`` decimals: half up where it is exact, outwards where it is an interval."""
    assert found.low is not None
    assert found.high is not None
    if found.exact:
        low = high = _rounded(found.low, digits, ROUND_HALF_UP)
    else:
        low, high = _rounded(found.low, digits, ROUND_FLOOR), _rounded(found.high, digits, ROUND_CEILING)
    shown = display or (f"{low}" if found.exact else f"{low} to {high}")
    unrounded = Ends(_carried(found.low), _carried(found.high))
    return Quantity(name, unit, low if found.exact else None, low, high, unrounded, shown)


def _rounded(value: Number, digits: int, rounding: str) -> Number:
    if isinstance(value, int):
        return value
    return value.quantize(Decimal(1).scaleb(-digits), rounding)


def _carried(value: Number) -> Number:
    return value if isinstance(value, int) else Context(prec=CARRIED).plus(value)


def day(name: str, ends: tuple[date, date]) -> DayFinding:
    """A day, or the days it may be."""
    return DayFinding(name, ends[0] if ends[0] == ends[1] else None, *ends)
