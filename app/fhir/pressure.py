"""Blood pressure: panels with components, and single observations of one moment put together."""

from decimal import Decimal

from app.clinical.result_sections import BloodPressure
from app.fhir.draft import Draft
from app.fhir.observations import Measured, has_value
from app.fhir.reading import Unread, Why
from app.fhir.units import quantity_unit
from app.fhir.values import quantity
from app.fhir.walk import When

Key = tuple[str, object]


def read_pressure(draft: Draft) -> None:
    """Pair systolic with diastolic: of one resource, else of one moment that is stated alike in both."""
    systolic, diastolic = draft.found.get("vitals/systolic", []), draft.found.get("vitals/diastolic", [])
    low: dict[Key, Measured] = {}
    for item in diastolic:
        for key in _keys(item):
            low.setdefault(key, item)
    paired: set[int] = set()
    for item in systolic:
        other = next((low[key] for key in _keys(item) if key in low and id(low[key]) not in paired), None)
        if other is None:
            draft.unread.append(Unread(item.resource.reference, Why.NO_VALUE))
        else:
            paired.add(id(other))
            _add(draft, item, other)
    draft.unread += [Unread(item.resource.reference, Why.NO_VALUE) for item in diastolic if id(item) not in paired]
    _list_panels(draft, {item.resource.reference for item in (*systolic, *diastolic)})


def _list_panels(draft: Draft, read: set[str]) -> None:
    """A panel that holds neither pressure as a part, nor names other resources that do, was not read."""
    for item in draft.found.get("vitals/panel", ()):
        if item.resource.reference not in read and not item.data.get("hasMember"):
            draft.skip(item.resource, Why.VALUE if has_value(item.data) else Why.NO_VALUE)


def _keys(item: Measured) -> list[Key]:
    same: list[Key] = [("resource", item.resource.reference)]
    return [*same, ("at", item.at.instant)] if item.at and item.at.instant else same


def _add(draft: Draft, systolic: Measured, diastolic: Measured) -> None:
    upper, lower, at = _millimetres(systolic), _millimetres(diastolic), systolic.at
    if upper is None or lower is None:
        draft.skip(systolic.resource, Why.VALUE)
    elif at and at.first != at.last:
        draft.skip(systolic.resource, Why.PRECISION)
    else:
        draft.add(
            "vitals",
            lambda: BloodPressure(systolic=upper, diastolic=lower, on=at.first if at else None, time=_clock(at)),
            systolic.resource, at,
        )  # fmt: skip


def _millimetres(item: Measured) -> int | None:
    """The pressure in whole mm Hg; one with a fraction is rounded up, towards the value that is acted on."""
    held = quantity(item.data)
    if held is None or held.comparator or quantity_unit(held.data, ("mm[Hg]",)) is None:
        return None
    return int(held.value.to_integral_value(rounding="ROUND_CEILING")) if held.value < Decimal(1000) else None


def _clock(at: When | None) -> str | None:
    return at.instant.strftime("%H:%M") if at and at.instant else None
