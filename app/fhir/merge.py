"""Answers of a form laid over the history that a chart tells. What they replace is reported, never dropped silently."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from app.clinical.history import PatientHistory, Section
from app.errors import InputError, Problem
from app.fhir.response import Answers, Loc

REPLACED = frozenset({"pregnancies", "embryo_transfers"})
"""Lists in which order and number count: the chart's and the form's are never added up; the form was asked for all of them."""
FIXED = frozenset({"birth_date", "blood_group", "rh_d", "sex"})
"""What does not change: a form that differs from the chart here may be about somebody else."""
_LISTS = frozenset(section.value for section in Section)
_SETS = frozenset({"complete_sections", "failed_sections"})


@dataclass(frozen=True, slots=True)
class Merged:
    """The history with the answers, and the pointers of answers that replace what the chart says."""

    history: PatientHistory
    replaces: tuple[str, ...]


def merge(history: PatientHistory, answers: Answers) -> Merged:
    """The chart's history with the answers laid over it. Raises InputError 422 where they cannot be about one patient."""
    said = answers.said
    changed: dict[str, Any] = {}
    replaced: list[Loc] = []
    for name in said.model_fields_set - _SETS:
        before, after = getattr(history, name), getattr(said, name)
        if name in _LISTS:
            changed[name] = _list(name, before, after, replaced)
        elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
            changed[name] = _object((name,), before, after, answers.places, replaced)
        else:
            changed[name] = after
            replaced += [(name,)] if before not in (None, after) else []
    changed |= _vouched(history, said)
    pointers = dict.fromkeys(found for loc in replaced for found in _pointers(loc, answers.places))
    return Merged(_checked(history, changed), tuple(pointers))


def _list(name: str, before: Any, after: Any, replaced: list[Loc]) -> tuple[Any, ...]:
    if name in REPLACED:
        replaced += [(name,)] if before and before != after else []
        return tuple(after)
    return (*(before or ()), *(item for item in after if item not in (before or ())))


def _object(at: Loc, before: BaseModel, after: BaseModel, places: Mapping[Loc, str], replaced: list[Loc]) -> BaseModel:
    members = {name: getattr(before, name) for name in before.model_fields_set}
    for name in after.model_fields_set:
        old, new = members.get(name), getattr(after, name)
        if old not in (None, new):
            if name in FIXED:
                raise _other(places.get((*at, name), ""))
            replaced.append((*at, name))
        members[name] = new
    try:
        return type(before).model_validate(members)
    except ValidationError:
        found = next(iter(_pointers(at, places)), "")
        raise InputError(
            "inconsistent-input", (Problem(found, "inconsistent", "The answers contradict the chart."),)
        ) from None


def _other(pointer: str) -> InputError:
    detail = "This answer differs from the chart in something that does not change."
    return InputError("inconsistent-input", (Problem(pointer, "inconsistent", detail),))


def _vouched(history: PatientHistory, said: PatientHistory) -> dict[str, Any]:
    """A list that was replaced is as complete as the form says; one that was added to is complete if either says so."""
    renewed = {Section(name) for name in REPLACED & said.model_fields_set}
    complete = {*said.complete_sections, *(item for item in history.complete_sections if item not in renewed)}
    failed = tuple(item for item in history.failed_sections if item not in said.complete_sections)
    return {"complete_sections": tuple(sorted(complete)), "failed_sections": failed}


def _pointers(loc: Loc, places: Mapping[Loc, str]) -> Iterator[str]:
    return (pointer for place, pointer in places.items() if place[: len(loc)] == loc)


def _checked(history: PatientHistory, changed: dict[str, Any]) -> PatientHistory:
    members = {name: getattr(history, name) for name in history.model_fields_set} | changed
    try:
        return PatientHistory.model_validate(members)
    except ValidationError:
        problem = Problem("", "too_long", "Chart and answers together hold more entries than a section takes.")
        raise InputError("invalid-input", (problem,)) from None
