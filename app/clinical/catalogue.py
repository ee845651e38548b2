"""The fact catalogue: each fact is declared once, beside the function that derives it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from app.clinical.history import PatientHistory, Section
from app.errors import RuleSetError
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

P = ParamSpec("P")
T = TypeVar("T")
FactType = Literal["boolean", "number", "code"]
Derivation = Callable[["Case"], Fact]


class World(StrEnum):
    """What absence means: ``open`` unknown; ``closed`` no, once the sender vouched for the section."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a published terminology."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class FactSpec:
    """What a fact is, what to ask when it is missing, and how it is derived."""

    id: str
    type: FactType
    question: str
    derive: Derivation
    unit: str | None = None
    values: tuple[str, ...] = ()
    world: World = World.OPEN
    read_from: tuple[str, ...] = ()
    codes: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A code that a list section of the history understands (a condition, medication, allergy, investigation, test)."""

    section: Section
    code: str
    title: str
    unit: str | None = None
    units: tuple[str, ...] = ()
    codes: tuple[Coding, ...] = ()


# What names an entry of a coded list section.
CODED = {
    Section.CONDITIONS: "code",
    Section.MEDICATIONS: "code",
    Section.ALLERGIES: "code",
    Section.INVESTIGATIONS: "code",
    Section.LABORATORY: "test",
    Section.IMMUNISATIONS: "vaccine",
}
_FACTS: dict[str, FactSpec] = {}
_ENTRIES: dict[tuple[Section, str], Entry] = {}


class Case:
    """One history at one date, with the rule set's parameters, and each fact derived at most once; ``settled`` ones never."""

    def __init__(
        self,
        history: PatientHistory,
        as_of: date,
        parameters: Mapping[str, Number],
        settled: Mapping[str, Fact] | None = None,
    ) -> None:
        self.history = history
        self.as_of = as_of
        self.parameters = parameters
        self.settled = settled or {}
        self._derived: dict[str, Fact] = dict(self.settled)
        self.made: dict[Hashable, Any] = {}
        self._by_code: dict[Section, dict[str, list[tuple[int, Any]]]] = {}

    def coded(self, section: Section, code: str) -> Sequence[tuple[int, Any]]:
        """The entries of a coded list section that carry this code, with their places in the list."""
        listed = self._by_code.get(section)
        if listed is None:
            listed = self._by_code[section] = {}
            for index, item in enumerate(getattr(self.history, section.value) or ()):
                listed.setdefault(getattr(item, CODED[section]), []).append((index, item))
        return listed.get(code, ())

    def complete(self, section: Section) -> bool:
        """Whether the sender vouched for this section as complete."""
        return section in self.history.complete_sections

    def failed(self, section: Section) -> bool:
        """Whether the sender tried to read this section and could not, or not wholly."""
        return section in self.history.failed_sections

    def absent(self, section: Section) -> Unknown:
        """Why something of this section is not known: it could not be fetched, was not sent, or does not hold it."""
        if self.failed(section):
            return Unknown(Reason.FETCH_FAILED, (f"/{section.value}",))
        sent = getattr(self.history, section.value) is not None
        return Unknown(Reason.NOT_RECORDED if sent else Reason.NOT_SENT, (f"/{section.value}",))

    def fact(self, fact_id: str) -> Fact:
        """A derived fact, by id."""
        found = self._derived.get(fact_id)
        if found is None:
            found = self._derived[fact_id] = _FACTS[fact_id].derive(self)
        return found

    def facts(self) -> Mapping[str, Fact]:
        """Every declared fact: known, half known, or unknown with a reason."""
        for fact_id in [name for name in _FACTS if name not in self._derived]:
            self.fact(fact_id)
        return self._derived

    def number(self, parameter: str) -> Number:
        """A threshold of the rule set, by id. Raises RuleSetError if the rule set does not hold it."""
        if parameter not in self.parameters:
            raise RuleSetError(f"the rule set lacks the parameter {parameter}")
        return self.parameters[parameter]


def per_case(function: Callable[Concatenate[Case, P], T]) -> Callable[Concatenate[Case, P], T]:
    """Run the decorated reading once for each case and set of (hashable) arguments."""

    @wraps(function)
    def remembered(case: Case, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (function, args, *kwargs.items())
        made = case.made
        found: T
        if key in made:
            found = made[key]
        else:
            found = made[key] = function(case, *args, **kwargs)
        return found

    return remembered


def fact(
    fact_id: str,
    fact_type: FactType,
    *,
    question: str,
    unit: str | None = None,
    values: Iterable[str] = (),
    world: World = World.OPEN,
    read_from: Iterable[str] = (),
    codes: Iterable[Coding] = (),
) -> Callable[[Derivation], Derivation]:
    """Declare the decorated function as the derivation of a fact. An id is declared once."""

    def declare(derive: Derivation) -> Derivation:
        if fact_id in _FACTS:
            raise ValueError(f"fact {fact_id} is declared twice")
        _FACTS[fact_id] = FactSpec(
            fact_id, fact_type, question, derive, unit, tuple(values), world, tuple(read_from), tuple(codes)
        )
        return derive

    return declare


def declare_entry(entry: Entry) -> None:
    """Add a code to the vocabulary of a list section."""
    key = (entry.section, entry.code)
    if key in _ENTRIES:
        raise ValueError(f"{entry.section}/{entry.code} is declared twice")
    _ENTRIES[key] = entry


def specifications() -> Mapping[str, FactSpec]:
    """All declared facts by id."""
    return _FACTS


def entries(section: Section | None = None) -> Iterator[Entry]:
    """The vocabulary, of one section or of all."""
    return (entry for entry in _ENTRIES.values() if section in (None, entry.section))


def understands(section: Section, code: str) -> bool:
    """Whether the vocabulary holds this code."""
    return (section, code) in _ENTRIES


def known_or(value: bool | str | Number | Interval | None, otherwise: Unknown, *sources: str) -> Fact:
    """Known(value) with its sources, or the given Unknown when there is no value."""
    return otherwise if value is None else Known(value, tuple(sources))


def exact(value: Number) -> Interval:
    """The interval that holds one number."""
    return Interval(value, value)


__all__ = [
    "Case",
    "Coding",
    "Decimal",
    "Entry",
    "FactSpec",
    "FactType",
    "World",
    "declare_entry",
    "entries",
    "exact",
    "fact",
    "known_or",
    "per_case",
    "specifications",
    "understands",
]
