"""A QuestionnaireResponse read back into the history: each answer goes to the place its item names, or is reported."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.clinical.history import PatientHistory
from app.errors import InputError, Problem
from app.fhir.form import NONE_OF_THESE, UNKNOWN, Gate, Item
from app.fhir.history_form import PRESENCE, gates, index
from app.fhir.names import UCUM, Json

ANSWERED = frozenset({"completed", "amended"})
"""Only what its author has finished is a fact; a form in progress is not."""
UNKNOWNS = frozenset({UNKNOWN.code, "ASKU", "NI", "NASK", "unknown", "asked-unknown"})
MOST_PROBLEMS = 20
Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a response says of the history, where each part of it stands in the response, and what was not read."""

    said: PatientHistory
    places: Mapping[Loc, str]
    not_understood: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Reading:
    """A response while it is read."""

    document: dict[str, Any] = field(default_factory=dict)
    places: dict[Loc, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    not_understood: list[tuple[str, str]] = field(default_factory=list)
    given: frozenset[Gate] = frozenset()

    def refuse(self, pointer: str, code: str, detail: str) -> None:
        self.problems.append(Problem(pointer, code, detail))


@dataclass(frozen=True, slots=True)
class _Target:
    """The object that answers go into now: the history itself, or one entry of one of its lists."""

    members: dict[str, Any]
    loc: Loc = ()
    owner: str | None = None


def read_response(response: Json, base: str = "") -> Answers:
    """The answers of one response; ``base`` is the pointer to it. Raises InputError 422 for answers that cannot be read."""
    if response.get("status") not in ANSWERED:
        return Answers(PatientHistory(), {}, ((base, "questionnaire_response_not_completed"),))
    reading = _Reading(given=frozenset(_given(response)))
    _walk(response, base, _Target(reading.document), reading)
    _complete(reading)
    if reading.problems:
        raise InputError("invalid-input", tuple(reading.problems[:MOST_PROBLEMS]))
    return Answers(_validated(reading, base), reading.places, tuple(reading.not_understood))


def _given(node: Any) -> Iterator[Gate]:
    """Every coded answer of the response, to open what depends on it."""
    for member in _objects(node, "item"):
        for answer in _objects(member, "answer"):
            code = answer.get("valueCoding", {}).get("code") if isinstance(answer.get("valueCoding"), dict) else None
            yield str(member.get("linkId")), str(code)
        yield from _given(member)


def _objects(node: Any, name: str) -> list[Json]:
    found = node.get(name) if isinstance(node, dict) else None
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _walk(node: Json, base: str, target: _Target, reading: _Reading) -> None:
    for number, member in enumerate(node.get("item", ()) if isinstance(node.get("item"), list) else ()):
        pointer = f"{base}/item/{number}"
        if not isinstance(member, dict):
            reading.refuse(pointer, "wrong_type", "An object is expected.")
            continue
        _read(member, pointer, target, reading)


def _read(member: Json, pointer: str, target: _Target, reading: _Reading) -> None:
    link = member.get("linkId")
    item = index().get(link) if isinstance(link, str) else None
    if item is not None and item.role == "list":
        _entry(item, member, pointer, target, reading)
        return
    if item is not None and item.role != "heading":
        _answer(item, member, pointer, target, reading)
    elif _objects(member, "answer"):
        reading.not_understood.append((pointer, "unknown_link_id"))
    _walk(member, pointer, target, reading)


def _entry(item: Item, member: Json, pointer: str, target: _Target, reading: _Reading) -> None:
    """One entry of a list; a group without a single answer is none."""
    (name,) = item.path
    listed = reading.document.get(name, [])
    loc: Loc = (name, len(listed))
    made: dict[str, Any] = {}
    _walk(member, pointer, _Target(made, loc, item.link), reading)
    if target.owner is not None:
        reading.refuse(pointer, "misplaced", "This group does not stand inside a repeating group.")
    elif made:
        reading.places[loc] = pointer
        reading.document[name] = [*listed, {**item.fixed, **made}]


def _answer(item: Item, member: Json, pointer: str, target: _Target, reading: _Reading) -> None:
    answers = [part for part in _objects(member, "answer") if any(name.startswith("value") for name in part)]
    if not answers:
        return
    if any(gate not in reading.given for gate in gates()[item.link]):
        reading.not_understood.append((pointer, "not_enabled"))
    elif item.owner != target.owner and item.role == "field":
        reading.refuse(pointer, "misplaced", "This item belongs into its repeating group, and only there.")
    elif len(answers) > 1 and not item.repeats:
        reading.refuse(f"{pointer}/answer/1", "duplicate_answer", "One answer is expected.")
    else:
        _place(item, [_Value.of(answer, item) for answer in answers], pointer, target, reading)


@dataclass(frozen=True, slots=True)
class _Value:
    """One answer: its value as the history writes it, or why it cannot be read. ``unknown`` says that it is not known."""

    value: Any = None
    fault: tuple[str, str] | None = None
    unknown: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(answer: Json, item: Item) -> "_Value":
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
            return _Value(fault=("wrong_type", f"Expected: {' or '.join(names)}."))
        return _READERS.get(item.kind, _plain)(answer[name], item)


def _plain(value: Any, item: Item) -> _Value:
    wanted = {"boolean": bool, "integer": int, "date": str, "string": str}.get(item.kind, object)
    if not isinstance(value, wanted) or (isinstance(value, bool) and item.kind != "boolean"):
        return _Value(fault=("wrong_type", f"The value does not have the type {item.kind}."))
    return _Value(value)


def _time(value: Any, _item: Item) -> _Value:
    text = value if isinstance(value, str) else ""
    return _Value(text[:5]) if len(text) >= len("00:00:00") else _Value(fault=("wrong_format", "Expected hh:mm:ss."))


def _choice(value: Any, item: Item) -> _Value:
    code = value.get("code") if isinstance(value, dict) else None
    if code in UNKNOWNS:
        return _Value(unknown=True)
    option = next((option for option in item.options if option.code == code), None)
    if option is None or value.get("system", option.system) != option.system:
        return _Value(fault=("not_in_list", "The code is not one of the answer options of this item."))
    return _Value(code)


def _quantity(value: Any, item: Item) -> _Value:
    if not isinstance(value, dict) or "value" not in value:
        return _Value(fault=("wrong_type", "A Quantity with a value is expected."))
    unit = value.get("code", value.get("unit"))
    if value.get("system", UCUM) != UCUM or unit not in item.units:
        return _Value(fault=("unit_not_allowed", f"Accepted UCUM units: {', '.join(item.units)}."))
    comparator = value.get("comparator")
    if comparator is not None and (comparator not in {"<", ">"} or item.unit_member is None or item.path != ("value",)):
        return _Value(fault=("comparator_not_read", "Only < and > are read, and only for a measured value."))
    unit_kept = {item.unit_member: unit} if item.unit_member else {}
    return _Value(value["value"], beside=unit_kept | ({"comparator": comparator} if comparator else {}))


_READERS = {"choice": _choice, "quantity": _quantity, "time": _time}


def _place(item: Item, values: list[_Value], pointer: str, target: _Target, reading: _Reading) -> None:
    faults = [(number, value.fault) for number, value in enumerate(values) if value.fault]
    for number, (code, detail) in faults:
        reading.refuse(f"{pointer}/answer/{number}", code, detail)
    known = [value for value in values if not value.unknown]
    if faults or not known:
        return
    match item.role:
        case "presence":
            _presence(item, known[0].value, pointer, reading)
        case "complete":
            if known[0].value is True:
                reading.document.setdefault("complete_sections", []).append(item.path[0])
        case _ if item.repeats:
            chosen = [value.value for value in known]
            _put(item, [] if chosen == [NONE_OF_THESE] else chosen, pointer, target, reading)
        case _:
            _put(item, known[0].value, pointer, target, reading)
            for name, value in known[0].beside.items():
                _beside(name, value, pointer, target, reading)


def _presence(item: Item, code: str, pointer: str, reading: _Reading) -> None:
    (name,) = item.path
    status = next(said for section, (_, said) in PRESENCE.items() if section.value == name)[code]
    listed = reading.document.setdefault(name, [])
    reading.places[name, len(listed)] = pointer
    listed.append({**item.fixed, "status": status})


def _put(item: Item, value: Any, pointer: str, target: _Target, reading: _Reading) -> None:
    *above, last = item.path
    place = target.members
    for name in above:
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            reading.refuse(pointer, "duplicate_answer", "A count is given either exactly or within bounds.")
            return
    if last in place:
        reading.refuse(pointer, "duplicate_answer", "This is answered twice.")
        return
    place[last] = value
    reading.places[*target.loc, *item.path] = pointer


def _beside(name: str, value: str, pointer: str, target: _Target, reading: _Reading) -> None:
    if target.members.setdefault(name, value) != value:
        reading.refuse(pointer, "unit_not_allowed", "The same unit is expected for all numbers of one result.")


def _complete(reading: _Reading) -> None:
    """A list that is called complete and has no entry says that there was none."""
    for name in reading.document.get("complete_sections", ()):
        reading.document.setdefault(name, [])


def _validated(reading: _Reading, base: str) -> PatientHistory:
    try:
        return PatientHistory.model_validate_json(json.dumps(reading.document))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    problems = [Problem(_pointer(item["loc"], reading, base), *_fault(item["type"])) for item in found]
    raise InputError("invalid-input", tuple(dict.fromkeys(problems))[:MOST_PROBLEMS])


def _pointer(loc: Loc, reading: _Reading, base: str) -> str:
    """The item whose answer is meant: the one that filled the member, or the entry, that could not be taken."""
    known = (reading.places.get(loc[:end]) for end in range(len(loc), 0, -1))
    return next((pointer for pointer in known if pointer), base)


def _fault(kind: str) -> tuple[str, str]:
    if kind == "missing":
        return "required", "An answer without which the others of this group cannot be read is missing."
    if kind.startswith(("greater", "less")):
        return "out_of_range", "The value is outside the range that is taken here."
    return "invalid", "The answer cannot be read as its item asks for."
