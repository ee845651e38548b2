"""Resources that cannot be read as they stand: shaped as another FHIR version has them, changed in meaning, or superseded."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from app.fhir.bundle import Resource
from app.fhir.draft import Draft
from app.fhir.reading import Why
from app.fhir.walk import Json, MalformedError, mapping, text

_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "Procedure": (
        "notPerformed",
        "notDone",
        "reasonNotPerformed",
        "notDoneReason",
        "occurrenceDateTime",
        "occurrencePeriod",
        "occurrenceString",
        "occurrenceAge",
        "occurrenceRange",
    ),
    "Immunization": ("wasNotGiven", "notGiven", "date", "vaccinationProtocol"),
    "MedicationRequest": ("medication",),
    "MedicationStatement": ("wasNotTaken", "taken", "reasonNotTaken", "medication"),
    "MedicationAdministration": (
        "wasNotGiven",
        "notGiven",
        "reasonNotGiven",
        "effectiveTimeDateTime",
        "effectiveTimePeriod",
        "occurenceDateTime",
        "occurencePeriod",
        "medication",
    ),
    "AllergyIntolerance": ("substance",),
    "FamilyMemberHistory": ("notDone", "notDoneReason"),
}
"""Elements that DSTU2, STU3 or R5 have and R4 has not. Some negate the resource, some hold its date or its medicine."""
_WITH_PARTS = ("component", "reaction", "dosageInstruction", "condition")


def readable(own: Iterable[Resource], draft: Draft) -> Iterator[Resource]:
    """Those that can be read as R4 resources; the others are listed. An allergy among those may still be one."""
    resources = list(own)
    older = _older(resources)
    for item in resources:
        why = _why_not(item) or (Why.OLDER_VERSION if id(item) in older else None)
        if why is None:
            yield item
            continue
        draft.skip(item, why)
        if item.type == "AllergyIntolerance" and why is not Why.OLDER_VERSION:
            draft.found.setdefault("other_allergies", []).append(item)


def _why_not(item: Resource) -> Why | None:
    data = item.data
    if any(name in data for name in _ELSEWHERE.get(item.type, ())):
        return Why.OTHER_FHIR
    return Why.MODIFIED if _modified(data) else None


def _modified(data: Json) -> bool:
    """Whether it, or a part of it, holds an extension that may turn its meaning round: FHIR forbids to pass over one."""
    if data.get("modifierExtension"):
        return True
    for name in _WITH_PARTS:
        parts = data.get(name)
        if isinstance(parts, list) and any(isinstance(part, dict) and part.get("modifierExtension") for part in parts):
            return True
    return False


def _older(resources: Iterable[Resource]) -> set[int]:
    """Those of which a later version was sent as well. Where it is not said which is later, none."""
    named: dict[tuple[str, str | None], list[Resource]] = {}
    for item in resources:
        named.setdefault((item.reference, item.url), []).append(item)
    older: set[int] = set()
    for group in named.values():
        times = [_updated(item.data) for item in group] if len(group) > 1 else []
        known = [time for time in times if time]
        if known and len(known) == len(times):
            older |= {id(item) for item, time in zip(group, known, strict=True) if time < max(known)}
    return older


def _updated(data: Json) -> datetime | None:
    try:
        stated = text(mapping(data, "meta"), "lastUpdated")
        found = datetime.fromisoformat(stated) if stated else None
    except (MalformedError, ValueError):
        return None
    return found if found and found.tzinfo else None
