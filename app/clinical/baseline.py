"""What an empty history says, and which facts a sent one can change: most of the catalogue never has to be derived.

Each fact is derived once from an empty history while its reads are recorded. A derivation is a function of what it
reads; a history that leaves all of that empty takes it along the same path to the same result, so that result is taken
as it stands. Any other fact is derived anew.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from app.clinical.catalogue import CODED, Case, specifications
from app.clinical.history import PatientHistory, Section
from app.clinical.sections import Patient
from app.logic.values import Fact, Number

T = TypeVar("T")
Read = tuple[str, ...]
AS_OF: Read = ("as_of",)
_FIELDS = tuple(PatientHistory.model_fields)
_EMPTY = PatientHistory()
_PATIENT = tuple(Patient.model_fields)
_BY_SECTION = frozenset({"patient", "failed_sections"})
"""Fields whose parts are read one by one."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The facts of an empty history, and for each thing that can be read the facts that read it there."""

    facts: Mapping[str, Fact]
    readers: Mapping[Read, frozenset[str]]

    def case(self, history: PatientHistory, as_of: date, parameters: Mapping[str, Number]) -> Case:
        """A case whose untouched facts are settled from the start."""
        settled = dict(self.facts)
        for read in _sent(history):
            for fact_id in self.readers.get(read, ()):
                settled.pop(fact_id, None)
        return Case(history, as_of, parameters, settled)


def baseline(parameters: Mapping[str, Number]) -> Baseline:
    """The baseline of a rule set with these parameters."""
    case = _Recorder(parameters)
    facts = {fact_id: case.fact(fact_id) for fact_id in specifications()}
    readers: dict[Read, set[str]] = {}
    for fact_id, reads in case.reads.items():
        for read in reads:
            readers.setdefault(read, set()).add(fact_id)
    return Baseline(facts, {read: frozenset(found) for read, found in readers.items()})


def _sent(history: PatientHistory) -> Iterator[Read]:
    """What this history says that an empty one does not."""
    yield AS_OF
    for name in _FIELDS:
        if name not in _BY_SECTION and getattr(history, name) != getattr(_EMPTY, name):
            yield ("history", name)
    yield from (("patient", name) for name in _PATIENT if getattr(history.patient, name) is not None)
    yield from (("complete", section.value) for section in history.complete_sections)
    yield from (("failed", section.value) for section in history.failed_sections)
    for section, attribute in CODED.items():
        for item in getattr(history, section.value) or ():
            yield ("coded", section.value, getattr(item, attribute))


class _Recorder(Case):
    """An empty case that notes what each derivation reads."""

    def __init__(self, parameters: Mapping[str, Number]) -> None:
        super().__init__(_EMPTY, date.min, parameters)
        self.reads: dict[str, set[Read]] = {}
        self._open: list[set[Read]] = [set()]
        self.made = _Forgetful()
        self.history = _Watched(_EMPTY, self._note)  # type: ignore[assignment]  # stands in for the history it watches

    def __getattribute__(self, name: str) -> Any:
        if name == "as_of":
            self._note(AS_OF)
        return super().__getattribute__(name)

    def _note(self, read: Read) -> None:
        self._open[-1].add(read)

    def coded(self, section: Section, code: str) -> tuple[()]:
        self._note(("coded", section.value, code))
        return ()

    def complete(self, section: Section) -> bool:
        self._note(("complete", section.value))
        return False

    def failed(self, section: Section) -> bool:
        self._note(("failed", section.value))
        return False

    def fact(self, fact_id: str) -> Fact:
        if fact_id not in self.reads:
            self._open.append(set())
            super().fact(fact_id)
            self.reads[fact_id] = self._open.pop()
        self._open[-1] |= self.reads[fact_id]
        return super().fact(fact_id)


class _Forgetful(dict[Hashable, Any]):
    """Keeps nothing: each fact that takes a reading must be seen to read."""

    def __setitem__(self, key: Hashable, value: object) -> None:
        """Left out."""


class _Watched:
    """A history or its patient that tells which fields are read."""

    def __init__(self, watched: Any, note: Callable[[Read], None], name: str = "history") -> None:
        self._watched, self._note, self._name = watched, note, name

    def __getattr__(self, name: str) -> Any:
        if name == "patient":
            return _Watched(self._watched.patient, self._note, name)
        self._note((self._name, name))
        return getattr(self._watched, name)
