"""Observations: laboratory results, antiphospholipid tests, blood pressure, body, and what the pregnancy readers take."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.clinical.laboratory_scales import LabTest
from app.clinical.laboratory_tests import TESTS
from app.clinical.result_sections import AntiphospholipidTest, AplAssay, AplResult, AplUnit, Laboratory, LabResult
from app.clinical.terms import Term
from app.fhir.bundle import Resource
from app.fhir.draft import Draft
from app.fhir.reading import Why
from app.fhir.units import quantity_unit
from app.fhir.values import quantity, targets, upper_limit
from app.fhir.walk import Json, MalformedError, When, codings, items, mapping, number, text, time_of, when, words

FINAL = frozenset({"final", "amended", "corrected"})
_POSITIVE, _NEGATIVE = "result/positive", "result/negative"
_RESULTS = {
    _POSITIVE: LabResult.POSITIVE,
    _NEGATIVE: LabResult.NEGATIVE,
    "result/abnormal": LabResult.ABNORMAL,
    "result/normal": LabResult.NORMAL,
    "result/equivocal": LabResult.EQUIVOCAL,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One observation or one component: what it is of, its data, and when it was taken."""

    term: Term
    data: Json
    at: When | None
    resource: Resource

    @property
    def name(self) -> str:
        return self.term.target.partition("/")[2]


def read_observation(draft: Draft, resource: Resource) -> None:
    """Read one Observation with its components, or list why it was not read."""
    why = _not_a_fact(resource.data)
    if why:
        draft.skip(resource, why)
        return
    at = time_of(resource.data, "effective")
    if draft.future(at):
        draft.skip(resource, Why.FUTURE)
        return
    parts = [resource.data, *items(resource.data, "component")]
    read = [_read_part(draft, part, at, resource) for part in parts]
    if not any(read) and not resource.data.get("hasMember"):
        draft.skip(resource, Why.CODE if any(codings(mapping(resource.data, "code"))) else Why.TEXT_ONLY)
    elif any(has_value(part) for part, known in zip(parts[1:], read[1:], strict=True) if not known):
        # A part that holds a value and is not known is as unread as a resource of its own would be.
        draft.skip(resource, Why.CODE)


def _not_a_fact(data: Json) -> Why | None:
    status = text(data, "status")
    if status not in FINAL:
        return Why.STATUS if status else Why.NO_STATUS
    return Why.NOT_HERS if any(items(data, "focus")) else None


def _read_part(draft: Draft, data: Json, at: When | None, resource: Resource) -> bool:
    """Whether the code of this part is known; what it says is read or listed."""
    concept = mapping(data, "code")
    found = {term.target: term for system, code in codings(concept) for term in draft.terms.of(system, code)}
    known = False
    for target, term in found.items():
        reader = READERS.get(target.partition("/")[0])
        if reader:
            known = True
            reader(draft, Measured(term, data, at, resource))
    return known


def _laboratory(draft: Draft, item: Measured) -> None:
    test = TESTS.get(item.name)
    if test is None:
        draft.skip(item.resource, Why.CODE)
        return
    try:
        made = _result_of(draft, item, test)
    except MalformedError:
        draft.skip(item.resource, Why.MALFORMED)
        return
    if isinstance(made, Why):
        draft.skip(item.resource, made)
    else:
        draft.add(
            "laboratory",
            lambda: Laboratory(test=test.code, on=item.at.on if item.at else None, **made),
            item.resource,
            item.at,
        )


def _result_of(draft: Draft, item: Measured, test: LabTest) -> dict[str, Any] | Why:
    """The fields of a laboratory entry, or why there is none."""
    said = targets(item.data, draft.terms, "result/") if test.finding else set()
    if len(said) > 1:
        return Why.CONTRADICTED
    made: dict[str, Any] = {"result": _RESULTS[said.pop()]} if said else {}
    held = quantity(item.data)
    if held is None:
        return made or (Why.NO_VALUE if not has_value(item.data) else Why.VALUE)
    unit = quantity_unit(held.data, test.units)
    if unit is None:
        return made or Why.UNIT
    if not test.plausible(held.value, unit):
        return Why.IMPLAUSIBLE
    return {
        **made,
        "value": held.value,
        "unit": unit,
        "comparator": held.comparator,
        "upper_limit_of_normal": _limit(item.data, test, unit),
    }


def has_value(data: Json) -> bool:
    """Whether an observation, or one of its parts, holds any value[x]."""
    return any(name[:5] == "value" for name in data)


def _limit(data: Json, test: LabTest, unit: str) -> Any:
    """The laboratory's upper limit, where it is in the unit of the value and can be meant so."""
    high = upper_limit(data)
    if not high or high.get("value") is None:
        return None
    limit = number(high.get("value"))
    stated = quantity_unit(high, (unit,)) if "unit" in high or "code" in high else unit
    return limit if stated == unit and limit > 0 and test.plausible(limit, unit) else None


def _antiphospholipid(draft: Draft, item: Measured) -> None:
    said = targets(item.data, draft.terms, "result/") & {_POSITIVE, _NEGATIVE}
    if len(said) > 1:
        draft.skip(item.resource, Why.CONTRADICTED)
        return
    result = AplResult(said.pop().partition("/")[2]) if said else None
    held, unit, assay = quantity(item.data), None, AplAssay(item.name)
    if held and assay is not AplAssay.LUPUS_ANTICOAGULANT and held.comparator is None:
        unit = quantity_unit(held.data, [unit.value for unit in AplUnit])
    if result is None and unit is None:
        draft.skip(item.resource, _no_titre(item.data))
        return
    value = held.value if held and unit else None
    draft.add(
        "antiphospholipid_tests",
        lambda: AntiphospholipidTest(
            assay=assay, on=item.at.on if item.at else None, result=result, value=value,
            unit=AplUnit(unit) if unit else None,
        ),
        item.resource, item.at,
    )  # fmt: skip


def _no_titre(data: Json) -> Why:
    if not has_value(data):
        return Why.NO_VALUE
    held = quantity(data)
    return Why.VALUE if held is None or held.comparator else Why.UNIT


def _keep(draft: Draft, item: Measured) -> None:
    """Put aside for the reader that needs all of its kind at once; what it could not read for its form is listed now."""
    try:
        _check_form(item.data)
    except MalformedError:
        draft.skip(item.resource, Why.MALFORMED)
        return
    draft.found.setdefault(item.term.target, []).append(item)


def _check_form(data: Json) -> None:
    """Raise MalformedError where the value, or what it is interpreted as, has not the form of R4."""
    quantity(data)
    when(text(data, "valueDateTime"))
    for concept in (mapping(data, "valueCodeableConcept"), *items(data, "interpretation")):
        list(codings(concept))
    list(said_in_words(data))


READERS: Mapping[str, Callable[[Draft, Measured], None]] = {
    "laboratory": _laboratory,
    "antiphospholipid_tests": _antiphospholipid,
    "vitals": _keep,
    "patient": _keep,
    "pregnancy": _keep,
    "loss_summary": _keep,
}


def newest_first(found: Sequence[Measured]) -> list[Measured]:
    """Dated ones, newest first; those without a date last."""
    return sorted(found, key=_moment, reverse=True)


def _moment(item: Measured) -> tuple[date, float]:
    if item.at is None:
        return date.min, 0
    return item.at.first, item.at.instant.timestamp() if item.at.instant else 0


def said_in_words(data: Json) -> Iterator[str]:
    """The words of a value."""
    yield from words(mapping(data, "valueCodeableConcept"))
    stated = text(data, "valueString")
    if stated:
        yield stated
