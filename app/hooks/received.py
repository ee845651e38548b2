"""What a call brought with it, as the cards say it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.fhir.reading import Reading
from app.hooks.shapes import Json


@dataclass(frozen=True, slots=True)
class Received:
    """Sections of the history by what became of their search; ``not_understood`` counts entries that were not used.

    ``fetched`` are searches that this service made itself, each with how many entries of the history came by it.
    """

    absent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    not_understood: int = 0
    fetched: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, reading: Reading, fetched: Mapping[str, Any]) -> "Received":
        """From the reader's gaps: section of the history -> absent, failed, partial or empty."""
        gaps = reading.gaps

        def named(state: str) -> tuple[str, ...]:
            return tuple(section.replace("_", " ") for section, found in gaps.items() if found == state)

        return cls(
            named("absent"),
            named("failed"),
            named("partial"),
            named("empty"),
            len(reading.not_understood),
            used(reading, fetched),
        )


def resources_in(bundle: Json) -> Iterator[Json]:
    """The resources of a bundle that are objects."""
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield entry["resource"]


def used(reading: Reading, fetched: Mapping[str, Any]) -> dict[str, int]:
    """For each search that this service made itself: how many entries of the history rest on what it brought."""
    origins = Counter(origin.reference for origin in reading.provenance.values())
    return {_words(key): sum(origins[found] for found in set(_references(value))) for key, value in fetched.items()}


def _references(value: Json) -> Iterator[str]:
    found = resources_in(value) if value.get("resourceType") == "Bundle" else (value,)
    yield from (f"{item.get('resourceType')}/{item.get('id')}" for item in found)


def _words(key: str) -> str:
    """``observationsLaboratory`` as a reader would write it."""
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in key)
