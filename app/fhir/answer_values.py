"""One answer of a form: its value[x] checked against the item that asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.fhir.form import UNKNOWN, Item
from app.fhir.names import UCUM, Json

UNKNOWNS = frozenset({UNKNOWN.code, "ASKU", "NI", "NASK", "unknown", "asked-unknown"})


@dataclass(frozen=True, slots=True)
class Value:
    """One answer of a form: its value as the history writes it, or why it cannot be read. ``unknown`` says that it is not known."""

    value: Any = None
    fault: tuple[str, str] | None = None
    unknown: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(answer: Json, item: Item) -> "Value":
        names = {
            "boolean": ("valueBoolean",),
            "integer": ("valueInteger",),
            "decimal": ("valueDecimal", "valueInteger"),
            "quantity": ("valueQuantity",),
            "date": ("valueDate",),
            "time": ("valueTime",),
            "choice": ("valueCoding",),
            "string": ("valueString",),
        }[item.kind]
        name = next((name for name in names if name in answer), None)
        if name is None:
            return Value(fault=("wrong_type", f"Expected: {' or '.join(names)}."))
        return _READERS.get(item.kind, _plain)(answer[name], item)


def _plain(value: Any, item: Item) -> Value:
    wanted = {"boolean": bool, "integer": int, "date": str, "string": str}.get(item.kind, object)
    if not isinstance(value, wanted) or (isinstance(value, bool) and item.kind != "boolean"):
        return Value(fault=("wrong_type", f"The value does not have the type {item.kind}."))
    return Value(value)


def _time(value: Any, _item: Item) -> Value:
    text = value if isinstance(value, str) else ""
    return Value(text[:5]) if len(text) >= len("00:00:00") else Value(fault=("wrong_format", "Expected hh:mm:ss."))


def _choice(value: Any, item: Item) -> Value:
    code = value.get("code") if isinstance(value, dict) else None
    if isinstance(code, str) and code in UNKNOWNS:
        return Value(unknown=True)
    option = next((option for option in item.options if option.code == code), None)
    if option is None or value.get("system", option.system) != option.system:
        return Value(fault=("not_in_list", "The code is not one of the answer options of this item."))
    return Value(code)


def _quantity(value: Any, item: Item) -> Value:
    if not isinstance(value, dict) or "value" not in value:
        return Value(fault=("wrong_type", "A Quantity with a value is expected."))
    unit = value.get("code", value.get("unit"))
    if value.get("system", UCUM) != UCUM or unit not in item.units:
        return Value(fault=("unit_not_allowed", f"Accepted UCUM units: {', '.join(item.units)}."))
    comparator = value.get("comparator")
    if comparator is not None and (comparator not in ("<", ">") or item.unit_member is None or item.path != ("value",)):
        return Value(fault=("comparator_not_read", "Only < and > are read, and only for a measured value."))
    unit_kept = {item.unit_member: unit} if item.unit_member else {}
    return Value(value["value"], beside=unit_kept | ({"comparator": comparator} if comparator else {}))


_READERS = {"choice": _choice, "quantity": _quantity, "time": _time}
