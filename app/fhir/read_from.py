"""What each finding was read from: the resources behind the known facts that made its conditions come out as they did."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.clinical.catalogue import entries
from app.clinical.history import PatientHistory
from app.clinical.ruleset import RuleSet
from app.fhir.names import words
from app.fhir.origin import FHIR_REFERENCE, nearest
from app.fhir.reading import Origin
from app.logic.evaluator import Results
from app.logic.truth import Truth

_NAMED_BY = ("code", "test", "vaccine", "assay", "outcome", "type")
"""Members by which an entry of a list says what it is."""


@dataclass(frozen=True, slots=True)
class ReadFrom:
    """One resource: what of it was read, in words, its reference and its date."""

    what: str
    origin: Origin

    @property
    def line(self) -> str:
        """In one line; an id that is no FHIR id is not repeated."""
        named = self.origin.reference if FHIR_REFERENCE.fullmatch(self.origin.reference) else ""
        on = f"({self.origin.date})" if self.origin.date else ""
        return f"{self.what}: {named} {on}".strip(" :")


@dataclass(frozen=True, slots=True)
class Origins:
    """How the conditions of one patient came out, and where her history was read."""

    rules: RuleSet
    results: Results
    history: PatientHistory
    provenance: Mapping[str, Origin]
    _kept: dict[str, tuple[ReadFrom, ...]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, name: str) -> tuple[ReadFrom, ...]:
        """The resources behind a rule, or behind one of its conditions, each once; none for a name without conditions."""
        if name not in self._kept:
            places = dict.fromkeys(place for key in self._keys(name) for place in self.results.read_at(key))
            self._kept[name] = tuple(dict.fromkeys(self._read(places)))
        return self._kept[name]

    def _keys(self, name: str) -> Iterator[str]:
        """The condition of that name, and of a rule's further ones those that hold."""
        if name in self.rules.conditions:
            yield name
        for key in self.rules.keys_of.get(name, ()):
            if key != name and self.results.truth(key) is Truth.TRUE:
                yield key

    def _read(self, places: Iterable[str]) -> Iterator[ReadFrom]:
        for place in places:
            origin = nearest(place, self.provenance)
            if origin:
                yield ReadFrom(_what(place, self.history), origin)


def origins(origins_of: Origins, names: Iterable[str]) -> tuple[ReadFrom, ...]:
    """The resources behind several rules, each once, in the order of the rules."""
    return tuple(dict.fromkeys(item for name in names for item in origins_of.of(name)))


def _what(place: str, history: PatientHistory) -> str:
    section, *rest = place.strip("/").split("/")
    listed = getattr(history, section, None)
    if not rest or not rest[0].isdigit() or not isinstance(listed, tuple):
        return words(rest[0] if section == "patient" and rest else section)
    entry = listed[int(rest[0])]
    named = next((value for member in _NAMED_BY if (value := getattr(entry, member, None))), section)
    return _titles().get((section, str(named))) or words(str(named))


_TITLES: dict[tuple[str, str], str] = {}


def _titles() -> Mapping[tuple[str, str], str]:
    """The titles of the vocabulary, gathered once it is declared."""
    if not _TITLES:
        _TITLES.update({(entry.section.value, entry.code): entry.title for entry in entries()})
    return _TITLES
