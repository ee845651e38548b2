"""Origins in an explanation: beside each place of the history that a condition read, the resource it came from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from app.clinical.history import PatientHistory, Section
from app.fhir.merge import REPLACED
from app.fhir.names import Json, extension
from app.fhir.reading import Origin
from app.fhir.walk import MalformedError, when

FHIR_REFERENCE = re.compile(r"([A-Z][A-Za-z]{2,39})/([A-Za-z0-9\-.]{1,64})", re.ASCII)
"""Only an id of this form is repeated in an answer."""
_LISTS = frozenset(section.value for section in Section)
_STATES = frozenset({"complete_sections", "failed_sections"})


def refer(origin: Origin, display: str | None = None) -> Json:
    """A FHIR Reference to the resource, with the date it gives; by its display alone where it has no FHIR id."""
    named = {"reference": origin.reference} if FHIR_REFERENCE.fullmatch(origin.reference) else {}
    said = {"display": display} if display else {}
    on = {"extension": [{"url": extension("date"), "valueDateTime": origin.date}]} if origin.date else {}
    return {**named, **said, **on}


def with_form(
    provenance: Mapping[str, Origin],
    before: PatientHistory,
    after: PatientHistory,
    said: PatientHistory,
    form: Json,
    pointer: str,
) -> Mapping[str, Origin]:
    """The provenance of a history after the answers of a form were laid over it; ``pointer`` names a form without id."""
    origin = _of_form(form, pointer)
    made = dict(provenance)
    for name in said.model_fields_set - _STATES:
        if name in _LISTS:
            kept = 0 if name in REPLACED else len(getattr(before, name) or ())
            made |= {f"/{name}/{place}": origin for place in range(kept, len(getattr(after, name)))}
            gone = {f"/{name}/{old}" for old in range(len(getattr(after, name)), len(getattr(before, name) or ()))}
            made = {place: item for place, item in made.items() if place not in gone}
        else:
            made |= dict.fromkeys(_members(name, getattr(said, name)), origin)
    return made | {f"/{section.value}": origin for section in said.complete_sections}


def _members(name: str, said: object) -> Iterator[str]:
    if isinstance(said, BaseModel):
        yield from (f"/{name}/{member}" for member in said.model_fields_set)
    else:
        yield f"/{name}"


def _of_form(form: Json, pointer: str) -> Origin:
    named, authored = form.get("id"), form.get("authored")
    try:
        on = when(authored) if isinstance(authored, str) else None
    except MalformedError:
        on = None
    return Origin(f"QuestionnaireResponse/{named}" if isinstance(named, str) else pointer, on.on if on else None)


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
    found = {place: origin for place in sources if (origin := nearest(place, provenance))}
    return [
        {"source": place, "reference": origin.reference, **({"date": origin.date} if origin.date else {})}
        for place, origin in found.items()
    ]


def nearest(place: str, provenance: Mapping[str, Origin]) -> Origin | None:
    """The origin of a place of the history, or of the nearest place above it."""
    while place:
        if place in provenance:
            return provenance[place]
        place = place.rpartition("/")[0]
    return None
