"""Answers of searches: what each says of the data that did not come, known by its resources, else by the name of its key."""

import re
from collections.abc import Iterator
from typing import Any

from app.errors import InputError, Problem
from app.fhir.bundle import ANY, SECTIONS_OF, Collected, incomplete, take_bundle
from app.fhir.reading import Gap, Unread, Why
from app.fhir.walk import MalformedError

_TYPES = {
    "patient": "Patient", "condition": "Condition", "problem": "Condition", "diagnosis": "Condition", "diagnoses": "Condition",
    "observation": "Observation", "lab": "Observation", "labs": "Observation", "laborator": "Observation", "vital": "Observation",
    "antiphospholipid": "Observation", "medication": "MedicationRequest", "procedure": "Procedure", "allerg": "AllergyIntolerance",
    "immuni": "Immunization", "vaccin": "Immunization",
}  # fmt: skip
"""What the word of a key holds that names a type of resource."""
_MEDICATIONS = {"statement": "MedicationStatement", "administration": "MedicationAdministration"}
_PARTS = {"lab": "laboratory", "labs": "laboratory", "laborator": "laboratory", "vital": "vitals",
          "antiphospholipid": "antiphospholipid_tests"}  # fmt: skip
"""Words that name one of the sections that a search of its type fills."""
_WHOLE = frozenset({"lab", "labs"})
"""Words that are too short to be looked for inside others."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def take_answer(bundle: Any, collected: Collected, place: str, *, draft: bool = False) -> set[str]:
    """Take in a bundle and note what of it is missing; gives the types of its resources."""
    try:
        matches, kinds = take_bundle(bundle, collected, place, draft=draft)
        partial = incomplete(bundle, matches)
    except MalformedError as error:
        raise InputError("invalid-input", (Problem(place, "not_a_bundle", "A FHIR Bundle is expected."),)) from error
    failed = "OperationOutcome" in kinds
    for kind in kinds & SECTIONS_OF.keys():
        for gap, holds in ((Gap.PARTIAL, partial), (Gap.FAILED, failed)):
            if holds:
                collected.state(kind, gap)
    if not kinds & SECTIONS_OF.keys() and (failed or partial) and place in {"", "/draftOrders"}:
        collected.state(ANY, Gap.FAILED if failed else Gap.PARTIAL)
    return kinds


def take_value(key: str, value: Any, collected: Collected) -> None:
    """One prefetch value: a resource, a bundle, nothing, or the outcome of a search that failed."""
    kind = value.get("resourceType") if isinstance(value, dict) else None
    place = f"/prefetch/{len(collected.resources)}"
    if value is None:
        return
    if kind == "OperationOutcome" or not isinstance(kind, str):
        _missing(key, collected, Gap.FAILED)
    elif kind == "Bundle":
        _page(key, value, collected, place)
    else:
        collected.add(value, place)


def _page(key: str, value: Any, collected: Collected, place: str) -> None:
    """The answer of a search. One without resources tells by its key alone what was searched for."""
    kinds = take_answer(value, collected, place)
    if "OperationOutcome" in kinds and not kinds & SECTIONS_OF.keys():
        _missing(key, collected, Gap.FAILED)
    elif not kinds and incomplete(value, 0):
        _missing(key, collected, Gap.PARTIAL)
    elif not kinds:
        _nothing_found(key, collected, place)


def _missing(key: str, collected: Collected, gap: Gap) -> None:
    """What did not come may be any type that the key names; where it names none, any type at all."""
    for kind in {kind for _, kind in named_in(key)} or {ANY}:
        collected.state(kind, gap)


def _nothing_found(key: str, collected: Collected, place: str) -> None:
    """That somebody looked is taken only for what the key certainly names: one type, or several joined by "and"."""
    found = list(named_in(key))
    kinds = {kind for _, kind in found}
    if len(kinds) == 1 or (kinds and "and" in _words(key)):
        parts = {_PARTS[word] for word, _ in found if word in _PARTS}
        for name in (kinds - {"Observation"} | parts) if parts else kinds:
            collected.state(name, Gap.EMPTY)
    else:
        collected.unread.append(Unread(place, Why.SEARCH))


def named_in(key: str) -> Iterator[tuple[str, str]]:
    """The words of a key that name a type of resource, with the type; "patient" names one only where nothing else does."""
    words = _words(key)
    found = [(begins, kind) for word in words for begins, kind in _TYPES.items() if _is(word, begins)]
    if any(kind != "Patient" for _, kind in found):
        found = [item for item in found if item[1] != "Patient"]
    special = next((kind for word in words for begins, kind in _MEDICATIONS.items() if word.startswith(begins)), None)
    return ((begins, special if special and kind == "MedicationRequest" else kind) for begins, kind in found)


def _is(word: str, begins: str) -> bool:
    return word == begins if begins in _WHOLE else begins in word


def _words(key: str) -> list[str]:
    """The words of a name in camel case, or with any signs between."""
    return [word.lower() for word in _WORD.findall(key)]
