"""Medicines: what she takes, immunoglobulin she had, and the immunoglobulin that is being ordered."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.clinical.sections import Medication, MedicationStatus, PlannedIvig, PreviousIvig
from app.clinical.terms import Term
from app.fhir.bundle import Resource
from app.fhir.draft import Draft, origin
from app.fhir.reading import Unread, Why
from app.fhir.units import quantity_unit
from app.fhir.walk import (
    Json,
    MalformedError,
    When,
    codings,
    dated_or_none,
    items,
    mapping,
    number,
    text,
    time_of,
    when,
    words,
)

ORDERS = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_TAKEN: Mapping[str, frozenset[str]] = {
    "MedicationRequest": frozenset({"active"}),
    "MedicationStatement": frozenset({"active"}),
    "MedicationAdministration": frozenset({"in-progress"}),
}
_GIVEN: Mapping[str, frozenset[str]] = {
    "MedicationRequest": frozenset({"completed"}),
    "MedicationStatement": frozenset({"active", "completed", "stopped"}),
    "MedicationAdministration": frozenset({"completed", "in-progress"}),
}
"""Statuses that say that a dose was given; a request that was stopped may never have been begun."""
OPEN = frozenset({"draft", "active"})
_PER_KG = {"g/kg": Decimal(1), "mg/kg": Decimal("0.001")}
_MASS = {"g": Decimal(1), "mg": Decimal("0.001")}
ANY, NOT = "any", "not"


def read_medication(draft: Draft, resource: Resource) -> None:
    """Read a MedicationRequest, -Statement or -Administration, or list why it was not read."""
    terms = _terms(draft, resource)
    if isinstance(terms, Why):
        draft.skip(resource, terms)
    elif resource.data.get("doNotPerform") is True:
        draft.skip(resource, Why.STATUS)
    else:
        ivig = {term.target.partition("/")[2] for term in terms if term.target.startswith("ivig/")}
        if ivig:
            _immunoglobulin(draft, resource, _product(ivig))
        codes = {term.target.partition("/")[2] for term in terms if term.target.startswith("medications/")}
        if codes:
            _medicine(draft, resource, codes)


def _product(named: set[str]) -> str | None:
    """The one product that is named; none where only immunoglobulin is."""
    products = named - {ANY}
    return products.pop() if len(products) == 1 else None


def _terms(draft: Draft, resource: Resource) -> list[Term] | Why:
    """What the medicine is: by its codes; where none of them is known, immunoglobulin also by words."""
    concepts = _concepts(draft, resource)
    if isinstance(concepts, Why):
        return concepts
    coded = [(system, code) for concept in concepts for system, code in codings(concept)]
    found = [term for system, code in coded for term in draft.terms.of(system, code) if _is_medicine(term)]
    if found:
        return found
    said = [term for concept in concepts for word in words(concept) for term in draft.terms.in_words(word)]
    ivig = [term for term in said if term.target.startswith("ivig/")]
    if ivig and not any(term.target == f"ivig/{NOT}" for term in ivig):
        return ivig
    return Why.CODE if coded else Why.TEXT_ONLY


def _is_medicine(term: Term) -> bool:
    return term.target.partition("/")[0] in {"medications", "ivig"}


def _concepts(draft: Draft, resource: Resource) -> list[Json] | Why:
    """The concept of the medicine: stated here, or of the Medication that is contained or elsewhere in the request."""
    stated = mapping(resource.data, "medicationCodeableConcept")
    if stated:
        return [stated]
    reference = mapping(resource.data, "medicationReference")
    named = text(reference, "reference")
    medication = draft.collected.resolve(resource, named) if named else None
    if medication is not None:
        parts = (mapping(item, "itemCodeableConcept") for item in items(medication, "ingredient"))
        return [mapping(medication, "code"), *parts]
    display = text(reference, "display")
    if display:
        return [{"text": display}]
    return Why.UNRESOLVED if named else Why.NO_VALUE


def _medicine(draft: Draft, resource: Resource, codes: set[str]) -> None:
    """What she takes now. One that has ended says nothing about others of its kind, so it is not taken as "stopped"."""
    status = text(resource.data, "status")
    if status not in _TAKEN[resource.type] or not _is_order(resource.data) or resource.draft:
        draft.skip(resource, Why.INACTIVE if status in _GIVEN[resource.type] | {"stopped"} else Why.STATUS)
    elif _ended(draft, resource.data):
        draft.skip(resource, Why.INACTIVE)
    else:
        at = time_of(resource.data, "effective") or when(text(resource.data, "authoredOn"))
        for code in sorted(codes):
            draft.put("medications", Medication(code=code, status=MedicationStatus.ACTIVE), resource, at)


def _is_order(data: Json) -> bool:
    """Whether a request is an order; proposals, plans and options are not. Other types carry no intent."""
    return data.get("resourceType") != "MedicationRequest" or text(data, "intent") in ORDERS


def _ended(draft: Draft, data: Json) -> bool:
    """Whether the stated period is over at the day of assessment."""
    ends = [when(text(period, "end")) for period in _periods(data)]
    return draft.as_of is not None and any(end.last < draft.as_of for end in ends if end)


def _periods(data: Json) -> Iterator[Json]:
    yield mapping(data, "effectivePeriod")
    yield mapping(mapping(data, "dispenseRequest"), "validityPeriod")
    for dosage in items(data, "dosageInstruction"):
        yield mapping(mapping(mapping(dosage, "timing"), "repeat"), "boundsPeriod")


def _immunoglobulin(draft: Draft, resource: Resource, product: str | None) -> None:
    status = text(resource.data, "status") or ""
    if resource.type == "MedicationRequest" and status in OPEN and _is_order(resource.data):
        draft.found.setdefault("planned_ivig", []).append((product, resource))
        return
    if resource.draft or status not in _GIVEN[resource.type] or not _is_order(resource.data):
        draft.skip(resource, Why.STATUS)
        return
    at = _given_on(resource)
    if draft.future(at):
        draft.skip(resource, Why.FUTURE)
    else:
        made = PreviousIvig(on=at.on if at else None, product=product)
        ordered = dated_or_none(resource.data, "authoredOn")
        draft.put("previous_ivig", made, resource, at or ordered)


def _given_on(resource: Resource) -> When | None:
    """When a dose was given. The date of an order is not one, nor is the beginning of a treatment that went on."""
    if resource.type == "MedicationRequest":
        return None
    if resource.type == "MedicationStatement" and mapping(resource.data, "effectivePeriod"):
        return when(text(mapping(resource.data, "effectivePeriod"), "end"))
    return time_of(resource.data, "effective")


def read_planned(draft: Draft) -> None:
    """The order in question: a draft where there is one, else an order that stands. Several must agree to be read."""
    every: list[tuple[str | None, Resource]] = draft.found.get("planned_ivig", [])
    drafts = [item for item in every if item[1].draft or item[1].data.get("status") == "draft"] or every
    if not drafts:
        return
    read = [_order(draft, product, resource) for product, resource in drafts]
    agreed = {name: value for name, value in read[0].items() if all(other[name] == value for other in read)}
    if len(read) > 1:
        draft.unread += [Unread(item.reference, Why.CONTRADICTED) for _, item in drafts if len(agreed) < len(read[0])]
    try:
        planned = PlannedIvig(**agreed)
    except ValueError:
        planned = PlannedIvig(product=agreed.get("product"))
        draft.skip(drafts[0][1], Why.IMPLAUSIBLE)
    draft.fields["planned_ivig"] = (planned, origin(drafts[0][1], dated_or_none(drafts[0][1].data, "authoredOn")))


def _order(draft: Draft, product: str | None, resource: Resource) -> dict[str, Any]:
    """Product, daily dose and days of an order; what it leaves open or says in several ways is not guessed.

    An order whose dosage has not the form of R4 stays an order, of an unknown dose.
    """
    dose, days = None, None
    try:
        dosages = list(items(resource.data, "dosageInstruction"))
        if len(dosages) == 1:
            dose, days = _dose(draft, dosages[0]), _days(dosages[0])
    except MalformedError:
        draft.skip(resource, Why.MALFORMED)
    return {"product": product, "dose_g_per_kg": dose, "days": days}


def _dose(draft: Draft, dosage: Json) -> Decimal | None:
    rates = list(items(dosage, "doseAndRate"))
    stated = mapping(rates[0], "doseQuantity") if len(rates) == 1 else {}
    if not stated:
        return None
    unit = quantity_unit(stated, (*_PER_KG, *_MASS))
    if unit is None:
        return None
    amount = number(stated.get("value"))
    if unit in _PER_KG:
        return amount * _PER_KG[unit]
    weight = draft.fields.get("weight_kg")
    return (amount * _MASS[unit] / weight[0]).quantize(Decimal("0.001")) if weight else None


def _days(dosage: Json) -> int | None:
    """Days of a course of one dose a day."""
    repeat = mapping(mapping(dosage, "timing"), "repeat")
    daily = (repeat.get("frequency"), repeat.get("period"), text(repeat, "periodUnit")) == (1, 1, "d")
    bounds = mapping(repeat, "boundsDuration")
    stated = repeat.get("count")
    if stated is None and bounds and quantity_unit(bounds, ("d",)):
        stated = bounds.get("value")
    if not daily or stated is None:
        return None
    days = number(stated)
    return int(days) if days == days.to_integral_value() else None
