"""A QuestionnaireResponse read back into the history: each answer goes to the place its item names, or is reported."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from app.clinical.history import PatientHistory
from app.clinical.scalars import partial_date_bounds
from app.errors import InputError, Problem
from app.fhir.answer_values import Value
from app.fhir.form import NONE_OF_THESE, Gate, Item
from app.fhir.history_form import PRESENCE, gates, index
from app.fhir.names import Json

ANSWERED = frozenset({"completed", "amended"})
"""Only what its author has finished is a fact; a form in progress is not."""
NOW = ("patient.age_years", "pregnancy_status", "current_pregnancy.", "postpartum.", "plans.")
"""Items whose answers change with the day."""
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
    earlier: bool = False

    def refuse(self, pointer: str, code: str, detail: str) -> None:
        self.problems.append(Problem(pointer, code, detail))


@dataclass(frozen=True, slots=True)
class _Target:
    """The object that answers go into now: the history itself, or one entry of one of its lists."""

    members: dict[str, Any]
    loc: Loc = ()
    owner: str | None = None


def read_response(response: Json, base: str = "", as_of: date | None = None) -> Answers:
    """The answers of one response; ``base`` is the pointer to it. Raises InputError 422 for answers that cannot be read.

    What is true of one day only (``NOW``) is not read from a form that was authored before the day of the assessment.
    """
    if str(response.get("status")) not in ANSWERED:
        return Answers(PatientHistory(), {}, ((base, "questionnaire_response_not_completed"),))
    reading = _Reading(given=frozenset(_given(response)), earlier=_earlier(response.get("authored"), as_of))
    _walk(response, base, _Target(reading.document), reading)
    _complete(reading)
    if reading.problems:
        raise InputError("invalid-input", tuple(reading.problems[:MOST_PROBLEMS]))
    return Answers(_validated(reading, base), reading.places, tuple(reading.not_understood))


def _earlier(authored: Any, as_of: date | None) -> bool:
    """Whether the form was, or may have been, authored before the day of assessment; a day is allowed for time zones."""
    if as_of is None or authored is None:
        return False
    try:
        first, _ = partial_date_bounds(str(authored).partition("T")[0])
    except ValueError:
        return True
    return first < as_of - timedelta(days=1)


def _given(node: Any) -> Iterator[Gate]:
    """Every coded answer of the response, to open what depends on it."""
    for member in _objects(node, "item"):
        for answer in _objects(member, "answer"):
            code = answer.get("valueCoding", {}).get("code") if isinstance(answer.get("valueCoding"), dict) else None
            yield str(member.get("linkId")), str(code)
            yield from _given(answer)
        yield from _given(member)


def _objects(node: Any, name: str) -> list[Json]:
    found = node.get(name) if isinstance(node, dict) else None
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _walk(node: Json, base: str, target: _Target, reading: _Reading) -> None:
    for number, member in enumerate(_members(node, "item", base, reading)):
        _read(member, f"{base}/item/{number}", target, reading)


def _members(node: Json, name: str, pointer: str, reading: _Reading) -> list[Json]:
    """The objects of a list; what has another shape is refused, lest an answer be lost."""
    found = node.get(name, [])
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        reading.refuse(f"{pointer}/{name}", "wrong_type", "A list of objects is expected.")
        return []
    return found


def _read(member: Json, pointer: str, target: _Target, reading: _Reading) -> None:
    link = member.get("linkId")
    item = index().get(link) if isinstance(link, str) else None
    if item is not None and item.role == "list":
        _entry(item, member, pointer, target, reading)
        return
    answers = _members(member, "answer", pointer, reading)
    if item is not None and item.role != "heading":
        _answer(item, answers, pointer, target, reading)
    elif answers:
        reading.not_understood.append((pointer, "unknown_link_id"))
    for number, answer in enumerate(answers):
        _walk(answer, f"{pointer}/answer/{number}", target, reading)
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


def _answer(item: Item, given: list[Json], pointer: str, target: _Target, reading: _Reading) -> None:
    answers = [part for part in given if any(name.startswith("value") for name in part)]
    if not answers:
        return
    if reading.earlier and item.link.startswith(NOW):
        reading.not_understood.append((pointer, "authored_before_the_assessment"))
        return
    if any(gate not in reading.given for gate in gates()[item.link]):
        reading.not_understood.append((pointer, "not_enabled"))
    elif item.owner != target.owner and item.role == "field":
        reading.refuse(pointer, "misplaced", "This item belongs into its repeating group, and only there.")
    elif len(answers) > 1 and not item.repeats:
        reading.refuse(f"{pointer}/answer/1", "duplicate_answer", "One answer is expected.")
    else:
        _place(item, [Value.of(answer, item) for answer in answers], pointer, target, reading)


def _place(item: Item, values: list[Value], pointer: str, target: _Target, reading: _Reading) -> None:
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
