"""Procedures, allergies, vaccinations and the family's history."""

from collections.abc import Iterable
from datetime import timedelta

from app.clinical.obstetric_sections import Cycle, EmbryoTransfer
from app.clinical.sections import Allergy, Condition, Immunisation, Presence, PreviousIvig
from app.clinical.terms import Term
from app.fhir.bundle import Resource
from app.fhir.conditions import ACTIVE, status_of
from app.fhir.draft import Draft, origin
from app.fhir.events import Event, distinct
from app.fhir.reading import Unread, Why
from app.fhir.walk import Json, codings, items, mapping, text, time_of

SAME_DAY = timedelta(0)
_KNOWN_FAMILY = frozenset({"completed", "partial"})


def _terms(draft: Draft, concept: Json, *sections: str) -> list[Term]:
    found = {term.target: term for system, code in codings(concept) for term in draft.terms.of(system, code)}
    return [term for term in found.values() if term.target.partition("/")[0] in sections]


def _unknown(draft: Draft, resource: Resource, concept: Json) -> None:
    draft.skip(resource, Why.CODE if any(codings(concept)) else Why.TEXT_ONLY)


def read_procedure(draft: Draft, resource: Resource) -> None:
    """A completed procedure: an embryo transfer, or one that says how a pregnancy came about."""
    if text(resource.data, "status") != "completed":
        draft.skip(resource, Why.STATUS if resource.data.get("status") else Why.NO_STATUS)
        return
    at, concept = time_of(resource.data, "performed"), mapping(resource.data, "code")
    if draft.future(at):
        draft.skip(resource, Why.FUTURE)
        return
    found = _terms(draft, concept, "embryo_transfers", "conditions")
    for term in found:
        name = term.target.partition("/")[2]
        if term.target.startswith("embryo_transfers/"):
            draft.found.setdefault("embryo_transfers", []).append(Event(term, at, resource))
        else:
            on = at.on if at else None
            draft.put("conditions", Condition(code=name, status=Presence.PRESENT, on=on), resource, at)
    if not found:
        _unknown(draft, resource, concept)


def read_transfers(draft: Draft) -> None:
    """Embryo transfers, each once. What came of one is seldom coded: it stays unknown."""
    events: Iterable[Event] = draft.found.get("embryo_transfers", ())
    for group in distinct(events, SAME_DAY, together=True):
        leader = group[0]
        frozen = any(item.name == "frozen" for item in group)
        on = leader.at.on if leader.at else None
        draft.put(
            "embryo_transfers",
            EmbryoTransfer(on=on, cycle=Cycle.FROZEN if frozen else None),
            leader.resource,
            leader.at,
        )
        draft.unread += [Unread(item.resource.reference, Why.REPEATED) for item in group[1:]]


def read_allergy(draft: Draft, resource: Resource) -> None:
    """An allergy that is held to be there, or the statement that none is known."""
    verified = status_of(resource.data, "verificationStatus")
    clinical = status_of(resource.data, "clinicalStatus")
    concept = mapping(resource.data, "code")
    if verified not in {None, "confirmed"}:
        draft.skip(resource, Why.NEGATED if verified == "refuted" else Why.STATUS)
    elif clinical not in ACTIVE:
        draft.skip(resource, Why.INACTIVE if clinical else Why.NO_STATUS)
    elif text(resource.data, "type") == "intolerance":
        draft.skip(resource, Why.INTOLERANCE)
    else:
        _allergy(draft, resource, concept)


def _allergy(draft: Draft, resource: Resource, concept: Json) -> None:
    found = _terms(draft, concept, "allergies", "no_allergy")
    for term in found:
        section, _, name = term.target.partition("/")
        if section == "no_allergy":
            draft.found.setdefault("no_allergy", []).append((name, resource))
            continue
        draft.put("allergies", Allergy(code=name, status=Presence.PRESENT), resource)
        if name == "immunoglobulin" and _anaphylaxis(draft, resource.data):
            made = Condition(code="immunoglobulin_anaphylaxis", status=Presence.PRESENT)
            draft.put("conditions", made, resource)
    if not found:
        draft.found.setdefault("other_allergies", []).append(resource)
        _unknown(draft, resource, concept)


def _anaphylaxis(draft: Draft, data: Json) -> bool:
    shown = (concept for reaction in items(data, "reaction") for concept in items(reaction, "manifestation"))
    return any(_terms(draft, concept, "reaction") for concept in shown)


def read_none_known(draft: Draft) -> None:
    """A statement that no allergy is known vouches for what it names, unless an allergy is listed beside it."""
    present = {entry.code for entry, _ in draft.entries.get("allergies", ())}
    others = draft.found.get("other_allergies")
    for name, resource in draft.found.get("no_allergy", ()):
        if name == "all" and (present or others):
            draft.skip(resource, Why.CONTRADICTED)
        elif name == "all":
            draft.vouched["allergies"] = origin(resource)
        elif name in present:
            draft.skip(resource, Why.CONTRADICTED)
        else:
            draft.put("allergies", Allergy(code=name, status=Presence.ABSENT), resource)


def read_immunisation(draft: Draft, resource: Resource) -> None:
    """A vaccination that was given. One that does not count by the sender's own word is left out."""
    if text(resource.data, "status") != "completed" or resource.data.get("isSubpotent") is True:
        draft.skip(resource, Why.STATUS if resource.data.get("status") else Why.NO_STATUS)
        return
    at, concept = time_of(resource.data, "occurrence"), mapping(resource.data, "vaccineCode")
    if draft.future(at):
        draft.skip(resource, Why.FUTURE)
        return
    on = at.on if at else None
    found = _terms(draft, concept, "immunisations", "ivig")
    for term in found:
        section, _, name = term.target.partition("/")
        if section == "ivig":
            draft.put("previous_ivig", PreviousIvig(on=on), resource, at)
        else:
            draft.put("immunisations", Immunisation(vaccine=name, on=on), resource, at)
    if not found:
        _unknown(draft, resource, concept)


def read_family(draft: Draft, resource: Resource) -> None:
    """Never her own history: only that her mother or sister had what the rules ask about."""
    if text(resource.data, "status") not in _KNOWN_FAMILY:
        draft.skip(resource, Why.STATUS if resource.data.get("status") else Why.NO_STATUS)
        return
    near = _terms(draft, mapping(resource.data, "relationship"), "family")
    had = [
        term
        for item in items(resource.data, "condition")
        for term in _terms(draft, mapping(item, "code"), "conditions")
    ]
    if near and any(term.past == "conditions/previous_preeclampsia" for term in had):
        draft.put("conditions", Condition(code="family_history_preeclampsia", status=Presence.PRESENT), resource)
    else:
        draft.skip(resource, Why.NOT_HERS)
