"""A clinician who fills in the form: a history as the QuestionnaireResponse that says the same."""

from typing import Any

from app.clinical.history import PatientHistory
from app.fhir.form import NONE_OF_THESE, Item
from app.fhir.history_form import PRESENCE, form

YES = {"present": "Y", "active": "Y", "absent": "N", "stopped": "N"}


def respond(history: PatientHistory) -> dict[str, Any]:
    said = history.model_dump(mode="python", exclude_none=True)
    # Sending the section says it; the form asks for it.
    for section, status in (("current_pregnancy", "pregnant"), ("postpartum", "postpartum")):
        if section in said:
            said.setdefault("pregnancy_status", status)
    items = [found for item in form() for found in answered(item, said, said)]
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


def answered(item: Item, said: dict[str, Any], history: dict[str, Any]) -> list[dict[str, Any]]:
    if item.role == "list":
        return [group(item, entry, history) for entry in history.get(item.path[0], ()) if mine(item, entry)]
    if item.role == "heading":
        found = group(item, said, history)
        return [found] if found["item"] else []
    values = list(values_of(item, said, history))
    return [{"linkId": item.link, "answer": values}] if values else []


def mine(item: Item, entry: dict[str, Any]) -> bool:
    return all(entry.get(name) == value for name, value in item.fixed.items())


def group(item: Item, said: dict[str, Any], history: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": item.link, "item": [found for inner in item.items for found in answered(inner, said, history)]}


def values_of(item: Item, said: dict[str, Any], history: dict[str, Any]):
    if item.role == "complete":
        if item.path[0] in history.get("complete_sections", ()):
            yield {"valueBoolean": True}
    elif item.role == "presence":
        assert any(item.path[0] == section.value for section in PRESENCE)
        entry = next((entry for entry in history.get(item.path[0], ()) if mine(item, entry)), None)
        if entry:
            yield choice(item, YES[entry["status"]])
    else:
        value: Any = said
        for name in item.path:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, dict):
            yield from leaf(item, value, said)


def choice(item: Item, code: str) -> dict[str, Any]:
    option = next(option for option in item.options if option.code == code)
    return {"valueCoding": {"system": option.system, "code": option.code}}


def leaf(item: Item, value: Any, said: dict[str, Any]):
    match item.kind:
        case "choice" if item.repeats:
            yield from [choice(item, one) for one in value or [NONE_OF_THESE]]
        case "choice":
            yield choice(item, value)
        case "quantity":
            unit = said.get("unit") if item.unit_member else item.units[0]
            found = {"value": float(value), "system": "http://unitsofmeasure.org", "code": unit, "unit": unit}
            if item.path == ("value",) and said.get("comparator"):
                found["comparator"] = said["comparator"]
            yield {"valueQuantity": found}
        case "decimal":
            yield {"valueDecimal": float(value)}
        case "date":
            yield {"valueDate": str(value)}
        case "time":
            yield {"valueTime": f"{value}:00"}
        case kind:
            yield {f"value{kind.capitalize()}": value}
