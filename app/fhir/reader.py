"""FHIR R4 resources of one patient -> PatientHistory, with provenance, gaps, and a list of what was not understood."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from app.errors import InputError, Problem
from app.fhir.bundle import (
    SECTIONS_OF,
    Collected,
    Resource,
    gaps_of,
    hers,
    incomplete,
    only_patient,
    take_bundle,
)
from app.fhir.conditions import read_condition
from app.fhir.draft import Draft
from app.fhir.events import read_losses, read_summary, read_thromboses
from app.fhir.gestation import date_pregnancy, read_pregnancy
from app.fhir.history import finish
from app.fhir.observations import read_observation
from app.fhir.patient import read_body, read_patient
from app.fhir.pressure import read_pressure
from app.fhir.reading import Gap, Origin, Reading, Unread, Why
from app.fhir.terminology import Terminology
from app.fhir.walk import MalformedError

__all__ = ["Origin", "Reading", "Unread", "read_bundle", "read_prefetch"]

Reader = Callable[[Draft, Resource], None]
_FIRST: Mapping[str, Reader] = {"Patient": read_patient, "Observation": read_observation}
_THEN: Mapping[str, Reader] = {"Condition": read_condition}


def read_bundle(
    bundle: Mapping[str, Any],
    terms: Terminology,
    *,
    patient_id: str | None = None,
    as_of: date | None = None,
    jurisdiction: str | None = None,
    extra: Iterable[Mapping[str, Any]] = (),
) -> Reading:
    """The history that a Bundle tells; ``extra`` are further resources or bundles of the same patient.

    Raises InputError: ``patient-mismatch`` for another patient's resource, ``invalid-input`` for what is no Bundle.
    """
    collected = Collected()
    for place, given in enumerate((bundle, *extra)):
        _take(given, collected, f"/extra/{place - 1}" if place else "")
    return _read(collected, terms, patient_id, as_of, jurisdiction)


def read_prefetch(
    prefetch: Mapping[str, Any],
    terms: Terminology,
    *,
    patient_id: str,
    as_of: date | None = None,
    jurisdiction: str | None = None,
    draft_orders: Mapping[str, Any] | None = None,
) -> Reading:
    """The history that prefetch values tell, whatever their keys are called. Raises InputError as ``read_bundle``."""
    collected = Collected()
    for key, value in prefetch.items():
        _take_value(key, value, collected)
    if draft_orders is not None:
        _bundle(draft_orders, collected, "/draftOrders", draft=True)
    return _read(collected, terms, patient_id, as_of, jurisdiction)


def _take(given: Any, collected: Collected, place: str) -> None:
    if not isinstance(given, Mapping) or not isinstance(given.get("resourceType"), str):
        raise InputError("invalid-input", (Problem(place, "not_a_resource", "A FHIR resource is expected."),))
    if given["resourceType"] == "Bundle":
        _bundle(given, collected, place)
    else:
        collected.add(given, place)


def _bundle(bundle: Any, collected: Collected, place: str, *, draft: bool = False) -> None:
    try:
        matches, kinds = take_bundle(bundle, collected, place, draft=draft)
        partial = incomplete(bundle, matches)
    except (MalformedError, AttributeError) as error:
        raise InputError("invalid-input", (Problem(place, "not_a_bundle", "A FHIR Bundle is expected."),)) from error
    for kind in kinds - {"OperationOutcome"}:
        if partial:
            collected.state(kind, Gap.PARTIAL)
    if "OperationOutcome" in kinds:
        for kind in (kinds & SECTIONS_OF.keys()) or SECTIONS_OF.keys():
            collected.state(kind, Gap.FAILED)


_HINTS = {"patient": "Patient", "condition": "Condition", "problem": "Condition", "diagnos": "Condition",
          "observation": "Observation", "lab": "Observation", "vital": "Observation", "medicationrequest": "MedicationRequest",
          "medicationstatement": "MedicationStatement", "medicationadministration": "MedicationAdministration",
          "medication": "MedicationRequest", "procedure": "Procedure", "allerg": "AllergyIntolerance",
          "immuni": "Immunization", "vaccin": "Immunization"}  # fmt: skip


def _take_value(key: str, value: Any, collected: Collected) -> None:
    """One prefetch value: a resource, a bundle, nothing, or the outcome of a search that failed."""
    kind = value.get("resourceType") if isinstance(value, Mapping) else None
    place = f"/prefetch/{len(collected.resources)}"
    if value is None:
        _state(key, collected, Gap.EMPTY if _hint(key) == "Patient" else Gap.FAILED)
    elif kind == "OperationOutcome" or not isinstance(kind, str):
        _state(key, collected, Gap.FAILED)
    elif kind == "Bundle":
        before = len(collected.resources)
        _bundle(value, collected, place)
        if len(collected.resources) == before:
            _state(key, collected, Gap.EMPTY)
    else:
        collected.add(value, place)


def _hint(key: str) -> str | None:
    plain = "".join(sign for sign in key.lower() if sign.isalpha())
    return next((kind for hint, kind in _HINTS.items() if hint in plain), None)


def _state(key: str, collected: Collected, gap: Gap) -> None:
    """A key without resources tells by its name what was searched for; one that does not may stand for any search."""
    named = _hint(key)
    for kind in (named,) if named else tuple(SECTIONS_OF):
        collected.state(kind, gap)


def _read(
    collected: Collected, terms: Terminology, patient_id: str | None, as_of: date | None, jurisdiction: str | None
) -> Reading:
    only_patient(collected, patient_id)
    own = list(hers(collected, patient_id))
    draft = Draft(terms, collected, as_of)
    draft.unread += collected.unread
    _each(draft, own, _FIRST)
    dated = date_pregnancy(draft)
    draft.pregnancy_began = dated.earliest if dated else None
    _each(draft, own, _THEN)
    for read in (read_body, read_pressure, read_losses, read_thromboses, read_summary):
        read(draft)
    read_pregnancy(draft, dated)
    gaps = gaps_of(collected, {item.type for item in own})
    return finish(draft, gaps, jurisdiction)


def _each(draft: Draft, own: Iterable[Resource], readers: Mapping[str, Reader]) -> None:
    for resource in own:
        reader = readers.get(resource.type)
        if reader:
            try:
                reader(draft, resource)
            except MalformedError:
                draft.skip(resource, Why.MALFORMED)
