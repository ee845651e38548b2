"""FHIR R4 resources of one patient -> PatientHistory, with provenance, gaps, and a list of what was not understood."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from app.errors import InputError, Problem
from app.fhir.bundle import UNBOUND, Collected, Resource, gaps_of, hers, only_patient
from app.fhir.complications import attached, read_stays
from app.fhir.conditions import read_condition
from app.fhir.draft import Draft
from app.fhir.events import read_losses, read_summary, read_thromboses
from app.fhir.foreign import readable
from app.fhir.gestation import date_pregnancy, read_pregnancy
from app.fhir.history import finish
from app.fhir.observations import read_observation
from app.fhir.orders import read_medication, read_planned
from app.fhir.others import (
    read_allergy,
    read_family,
    read_immunisation,
    read_none_known,
    read_procedure,
    read_transfers,
)
from app.fhir.patient import read_body, read_patient
from app.fhir.pressure import read_pressure
from app.fhir.reading import Origin, Reading, Unread, Why
from app.fhir.searches import take_answer, take_value
from app.fhir.terminology import Terminology
from app.fhir.walk import MalformedError

__all__ = ["Origin", "Reading", "Unread", "read_bundle", "read_prefetch"]

Reader = Callable[[Draft, Resource], None]
_FIRST: Mapping[str, Reader] = {"Patient": read_patient, "Observation": read_observation}
_THEN: Mapping[str, Reader] = {
    "Condition": read_condition,
    "Procedure": read_procedure,
    "MedicationRequest": read_medication,
    "MedicationStatement": read_medication,
    "MedicationAdministration": read_medication,
    "AllergyIntolerance": read_allergy,
    "Immunization": read_immunisation,
    "FamilyMemberHistory": read_family,
}
_ASIDE = UNBOUND | {"Encounter", "EpisodeOfCare"}
"""Types from which no fact of its own is read: a Medication is read where it is ordered, an Encounter tells which stay it was."""


def _read_losses(draft: Draft) -> None:
    read_losses(draft, partial(attached, draft))


_READ = _FIRST.keys() | _THEN.keys() | _ASIDE
_AFTERWARDS = (
    read_body,
    read_pressure,
    _read_losses,
    read_thromboses,
    read_summary,
    read_transfers,
    read_none_known,
    read_planned,
)
"""What needs all resources of its kind at once; an order's dose needs her weight."""


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
        take_value(key, value, collected)
    if draft_orders is not None:
        take_answer(draft_orders, collected, "/draftOrders", draft=True)
    return _read(collected, terms, patient_id, as_of, jurisdiction)


def _take(given: Any, collected: Collected, place: str) -> None:
    if not isinstance(given, dict) or not isinstance(given.get("resourceType"), str):
        raise InputError("invalid-input", (Problem(place, "not_a_resource", "A FHIR resource is expected."),))
    if given["resourceType"] == "Bundle":
        take_answer(given, collected, place)
    else:
        collected.add(given, place)


def _read(
    collected: Collected, terms: Terminology, patient_id: str | None, as_of: date | None, jurisdiction: str | None
) -> Reading:
    only_patient(collected, patient_id)
    draft = Draft(terms, collected, as_of)
    own = list(readable(hers(collected, patient_id), draft))
    draft.unread += collected.unread
    _each(draft, own, _FIRST)
    dated = date_pregnancy(draft)
    draft.pregnancy_began = dated.earliest if dated else None
    _each(draft, own, _THEN)
    draft.unread += [Unread(item.reference, Why.TYPE) for item in own if item.type not in _READ]
    draft.unread += read_stays(draft, own)
    for read in _AFTERWARDS:
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
