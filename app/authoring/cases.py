"""Cases: what the rule set must answer, written beside it by hand from the evidence, never from the engine's own output."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from app.authoring.bundle import canonical
from app.authoring.loader import Piece, adapter, entries, shape_faults
from app.authoring.yaml_source import read_yaml
from app.clinical.content import Content, FactId
from app.clinical.history import Indication, PatientHistory
from app.clinical.product_choice import Suitability
from app.clinical.stances import FundingStatus, Status
from app.errors import ContentError, Diagnostic
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known

Number = int | Decimal


class Range(Content):
    """A number known within bounds; an end left out is open."""

    minimum: Number | None = None
    maximum: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


Given = Mapping[FactId, bool | int | Decimal | str | Range]
Expected = bool | Literal["unknown"]


class RuleCase(Content):
    """The truth of one condition when only these facts are known."""

    rule: str
    expect: Expected
    facts: Given = Field(default_factory=dict)
    why: str | None = None


class ScoreCase(Content):
    """The interval of one score when only these facts are known."""

    score: str
    expect: Range
    facts: Given = Field(default_factory=dict)
    why: str | None = None


class Expectation(Content):
    """What the whole answer must hold. Lists name what must be shown; ``absent`` what must not."""

    candidacy: Mapping[Indication, Mapping[str, Status]] = Field(default_factory=dict)
    funding: Mapping[Indication, Mapping[str, FundingStatus]] = Field(default_factory=dict)
    criteria: Mapping[str, Expected] = Field(default_factory=dict)
    scores: Mapping[str, tuple[int, int]] = Field(default_factory=dict)
    contraindications: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    products: Mapping[str, Suitability] = Field(default_factory=dict)


class PatientCase(Content):
    """A whole history, and the answer it must get in each named jurisdiction; ``none`` is no jurisdiction."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    source: str
    history: Mapping[str, Any]
    expect: Expectation
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases, with their places."""

    rules: tuple[Piece, ...]
    scores: tuple[Piece, ...]
    patients: tuple[Piece, ...]


_SHAPES: Mapping[str, Any] = {"rule_cases": RuleCase, "score_cases": ScoreCase, "patient_cases": PatientCase}


def load_cases(directory: FilePath) -> Cases:
    """The cases of a knowledge folder. Raises ContentError with every fault, histories that the wire refuses included."""
    faults: list[Diagnostic] = []
    pieces = list(_pieces(directory, faults))
    if faults:
        raise ContentError(tuple(faults))
    return Cases(*(tuple(piece for piece in pieces if piece.collection == name) for name in _SHAPES))


def _pieces(directory: FilePath, faults: list[Diagnostic]) -> Iterator[Piece]:
    for path in sorted((directory / "cases").glob("*.yaml")):
        file, found = read_yaml(path, path.relative_to(directory).as_posix())
        faults.extend(found)
        for name, place, data in entries(file, tuple(_SHAPES), faults):
            # A score case may stand among the rule cases.
            kind = "score_cases" if name == "rule_cases" and "score" in data else name
            unread = Piece(kind, data, None, file, place)
            try:
                model = adapter(_SHAPES[kind]).validate_python(data)
            except ValidationError as error:
                faults.extend(shape_faults(unread, error))
                continue
            faults.extend(_history_faults(unread, model))
            yield Piece(kind, data, model, file, place)


def _history_faults(piece: Piece, model: Any) -> Iterator[Diagnostic]:
    if isinstance(model, PatientCase):
        try:
            history_of(model)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False):
                yield piece.fault("bad-history", f"{model.id}: {item['msg']}", "history", *item["loc"])


def history_of(case: PatientCase, jurisdiction: str | None = None) -> PatientHistory:
    """The case's history as the wire would have brought it, in a jurisdiction if one is named."""
    place = {} if jurisdiction is None else {"jurisdiction": jurisdiction}
    return PatientHistory.model_validate_json(canonical({**case.history, **place}))


def facts_of(given: Given) -> dict[str, Fact]:
    """The facts a case gives; what it leaves out is unknown."""
    return {
        name: Known(Interval(value.minimum, value.maximum) if isinstance(value, Range) else value)
        for name, value in given.items()
    }


def truth_of(expected: Expected) -> Truth:
    """The Truth that a case writes as true, false or unknown."""
    if expected == "unknown":
        return Truth.UNKNOWN
    return Truth.TRUE if expected else Truth.FALSE
