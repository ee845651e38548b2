"""The value of an Observation or of one of its components."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.clinical.result_sections import Comparator
from app.fhir.terminology import Terminology
from app.fhir.walk import Json, MalformedError, codings, items, mapping, number, text, words

_COMPARATORS = {
    "<": Comparator.LESS_THAN,
    "<=": Comparator.LESS_THAN,
    ">": Comparator.GREATER_THAN,
    ">=": Comparator.GREATER_THAN,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its comparator; the unit is read by whoever knows which ones are accepted."""

    value: Decimal
    comparator: Comparator | None
    data: Json


def quantity(data: Json) -> Quantity | None:
    """The valueQuantity, or None where there is none. Raises MalformedError for one without a number."""
    stated = mapping(data, "valueQuantity")
    if not stated:
        return None
    sign = text(stated, "comparator")
    if sign is not None and sign not in _COMPARATORS:
        raise MalformedError("comparator")
    return Quantity(number(stated.get("value")), _COMPARATORS[sign] if sign else None, stated)


def whole(data: Json) -> int | None:
    """A count: valueInteger, valueQuantity without comparator, or a valueString that is a number."""
    stated = data.get("valueInteger")
    if stated is None:
        held = quantity(data)
        if held and held.comparator is None:
            stated = held.value
        elif text(data, "valueString"):
            stated = text(data, "valueString")
    if stated is None:
        return None
    found = number(stated)
    if found != found.to_integral_value():
        raise MalformedError("count")
    return int(found)


def targets(data: Json, terms: Terminology, prefix: str) -> set[str]:
    """What the coded value, the interpretation or the words say, of the targets with this prefix: all of them."""
    return {found for found in _said(data, terms) if found.startswith(prefix)}


def _said(data: Json, terms: Terminology) -> Iterator[str]:
    concept = mapping(data, "valueCodeableConcept")
    known = [term for system, code in codings(concept) for term in terms.of(system, code)]
    if not known:
        stated = [*words(concept), *filter(None, [text(data, "valueString")])]
        known = [term for item in stated for term in terms.said(item)]
    for item in items(data, "interpretation"):
        known += [term for system, code in codings(item) for term in terms.of(system, code)]
    yield from (term.target for term in known)


def upper_limit(data: Json) -> Json:
    """The high end of the one plain reference range; nothing where there are several."""
    ranges = [item for item in items(data, "referenceRange") if "appliesTo" not in item and "age" not in item]
    return mapping(ranges[0], "high") if len(ranges) == 1 else {}
