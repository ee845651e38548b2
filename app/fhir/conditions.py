"""Conditions: diagnoses, lost pregnancies, thromboses, and what of them is over or was never so."""

from datetime import timedelta

from app.clinical.result_sections import Finding, Investigation
from app.clinical.sections import Condition, Medication, MedicationStatus, Presence
from app.clinical.terms import Term
from app.fhir.bundle import Resource
from app.fhir.complications import FOUND, NAMED
from app.fhir.draft import Draft
from app.fhir.events import Event
from app.fhir.reading import Why
from app.fhir.walk import Json, MalformedError, When, codings, mapping, time_of

ACTIVE = frozenset({"active", "recurrence", "relapse"})
OVER = frozenset({"inactive", "remission", "resolved"})
HELD = frozenset({"confirmed"})
"""R4: unconfirmed, provisional and differential diagnoses are not established; refuted and entered-in-error are none."""
PREGNANCY = timedelta(days=336)
"""A pregnancy and the puerperium: 42 weeks and 6 weeks. A finding of a pregnancy that is older belongs to an earlier one."""


def status_of(data: Json, name: str) -> str | None:
    """A clinicalStatus or verificationStatus; in R4 it is a CodeableConcept."""
    concept = mapping(data, name)
    found = [code for _, code in codings(concept)]
    if concept and not found:
        raise MalformedError(name)
    return found[0] if found else None


def read_condition(draft: Draft, resource: Resource) -> None:
    """Read one Condition by all its codings, or list why it was not read."""
    verified = status_of(resource.data, "verificationStatus")
    if verified is not None and verified not in HELD:
        draft.skip(resource, Why.NEGATED if verified == "refuted" else Why.STATUS)
        return
    at = time_of(resource.data, "onset") or time_of(resource.data, "abatement")
    if draft.future(at):
        draft.skip(resource, Why.FUTURE)
        return
    concept = mapping(resource.data, "code")
    found = {term.target: term for system, code in codings(concept) for term in draft.terms.of(system, code)}
    # What several codings of one concept add must not be counted twice: each target is read once.
    read = [_read_term(draft, resource, term, at) for term in found.values()]
    if not any(read):
        draft.skip(resource, Why.CODE if any(codings(concept)) else Why.TEXT_ONLY)


def _read_term(draft: Draft, resource: Resource, term: Term, at: When | None) -> bool:
    """Whether the term belongs to a Condition; what it says is read or listed."""
    section, _, name = term.target.partition("/")
    if section in {"pregnancies", "thrombotic_events", "loss_summary", "pregnancy"}:
        draft.found.setdefault(section, []).append(Event(term, at, resource))
        return True
    if section == "conditions":
        _diagnosis(draft, resource, term, at)
        return True
    if section == "investigations":
        code, _, result = name.partition(".")
        draft.add(
            section, lambda: Investigation(code=code, result=Finding(result), on=at.on if at else None), resource, at
        )
        return True
    if section == "medications":
        return _long_term(draft, resource, name)
    return False


def _long_term(draft: Draft, resource: Resource, name: str) -> bool:
    """A diagnosis code for the long-term use of a medicine."""
    if status_of(resource.data, "clinicalStatus") in ACTIVE:
        return draft.add("medications", lambda: Medication(code=name, status=MedicationStatus.ACTIVE), resource) or True
    draft.skip(resource, Why.INACTIVE)
    return True


def _diagnosis(draft: Draft, resource: Resource, term: Term, at: When | None) -> None:
    clinical = status_of(resource.data, "clinicalStatus")
    over = clinical in OVER or bool(mapping(resource.data, "abatementPeriod")) or "abatementDateTime" in resource.data
    target: str | Why = term.target
    if term.now_only:
        target = _of_now(draft, term, at, clinical, over=over)
        if target != term.target and target is not Why.PRECISION and term.target.partition("/")[2] in NAMED:
            draft.found.setdefault(FOUND, []).append(Event(term, at, resource))
            if isinstance(target, Why):
                return  # of which pregnancy it was is told, or asked, when all of them are known
    elif over and not term.ever:
        target = Why.INACTIVE
    elif clinical is None and not over and not term.ever:
        target = Why.NO_STATUS
    if isinstance(target, Why):
        draft.skip(resource, target)
        return
    code = target.partition("/")[2]
    draft.add(
        "conditions", lambda: Condition(code=code, status=Presence.PRESENT, on=at.on if at else None), resource, at
    )


def _of_now(draft: Draft, term: Term, at: When | None, clinical: str | None, *, over: bool) -> str | Why:
    """Whether a finding of a pregnancy is one of the present pregnancy, of an earlier one, or cannot be told."""
    past: str | Why = term.past or Why.INACTIVE
    if over:
        return past
    if at is None or draft.as_of is None:
        return term.target if clinical in ACTIVE else Why.NO_DATE
    start = draft.pregnancy_began or draft.as_of - PREGNANCY
    if at.last < start:
        return term.past or Why.STALE
    return term.target if at.first >= start else Why.PRECISION
