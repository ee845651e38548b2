"""Origins in an explanation: beside each place of the history that a condition read, the resource it came from."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.fhir.reading import Origin


def with_origins(data: Any, provenance: Mapping[str, Origin]) -> Any:
    """A copy of an explanation (or of an answer that holds some) in which nodes with ``sources`` have ``origins``.

    Each origin names the place, the resource and its date. A place without an origin of its own takes that of the
    nearest place above it.
    """
    if isinstance(data, Mapping):
        copied = {name: with_origins(value, provenance) for name, value in data.items()}
        sources = data.get("sources")
        found = (
            origins_of(sources, provenance) if isinstance(sources, Sequence) and not isinstance(sources, str) else []
        )
        return {**copied, "origins": found} if found else copied
    if isinstance(data, list | tuple):
        return [with_origins(item, provenance) for item in data]
    return data


def origins_of(sources: Sequence[str], provenance: Mapping[str, Origin]) -> list[dict[str, str]]:
    """The origins of some places, each once; without null members."""
    found = {place: origin for place in sources if (origin := _nearest(place, provenance))}
    return [
        {"source": place, "reference": origin.reference, **({"date": origin.date} if origin.date else {})}
        for place, origin in found.items()
    ]


def _nearest(place: str, provenance: Mapping[str, Origin]) -> Origin | None:
    while place:
        if place in provenance:
            return provenance[place]
        place = place.rpartition("/")[0]
    return None
