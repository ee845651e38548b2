"""Any finding as an action of a RequestGroup: its sentence, its codes, its citations, and the findings inside it.

Nothing is named here that the shapes of the answer do not name, so a new kind of finding cannot be left out by mistake.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from app.fhir.citations import citations
from app.fhir.names import Json, code_system, extension, words
from app.fhir.origin import refer
from app.fhir.read_from import Origins, ReadFrom, origins

TEXTS = ("text", "headline")
CODED = frozenset(
    {
        "applies",
        "arises",
        "certain",
        "certainty",
        "done",
        "factor_present",
        "flag",
        "kind",
        "level",
        "met",
        "open",
        "over",
        "present",
        "problem",
        "relevant",
        "removed",
        "stance",
        "status",
        "strength",
    }
)
"""Members that are codes: they become the action's codes."""
SAID = frozenset({*TEXTS, *CODED, "because", "evidence", "id", "title", "issuer", "missing"})


MOST_ORIGINS = 20
"""Resources named at one finding; all that were read stand in the parameter ``used``."""


def action(read: Origins, part: Any, name: str = "", owner: str = "") -> Json:
    """One finding. ``name`` is the member of the answer that holds it, ``owner`` the rule that it is a part of."""
    text = next((value for value in (getattr(part, item, None) for item in TEXTS) if value), None)
    rest = "; ".join(f"{words(item)}: {value}" for item, value in _scalars(part))
    return {
        "extension": [
            *([{"url": extension("details"), "valueString": rest}] if text and rest else []),
            *_read_from(origins(read, _rules(part, owner))),
        ],
        "title": _title(part, name),
        "description": text or rest or None,
        "code": list(_codes(part)),
        "documentation": citations(read.rules, getattr(part, "evidence", ())),
        "action": [inner for group in _groups(read, part, owner) for inner in group],
    }


def _rules(part: Any, owner: str) -> tuple[str, ...]:
    """The conditions that a finding rests on: what decided a verdict, a part of a rule, or the rule."""
    if decided := getattr(part, "decided_by", None):
        return tuple(decided)
    own = getattr(part, "id", None)
    return (f"{owner}/{own}",) if owner and own else (own,) if own else ()


def references(found: Sequence[ReadFrom]) -> list[Json]:
    """The resources as references, each with what was read of it and its date."""
    return [refer(item.origin, item.what) for item in found[:MOST_ORIGINS]]


def _read_from(found: Sequence[ReadFrom]) -> Iterator[Json]:
    for item in references(found):
        yield {"url": extension("read-from"), "valueReference": item}
    if len(found) > MOST_ORIGINS:
        yield {"url": extension("read-from-more"), "valueInteger": len(found) - MOST_ORIGINS}


def group(read: Origins, name: str, parts: Any) -> Json | None:
    """The findings of one member of the answer, under its name; None where there are none."""
    found = [action(read, part, name) for part in parts if _is_part(part)]
    return {"title": words(name), "action": found} if found else None


def _title(part: Any, name: str) -> str:
    named = [getattr(part, item, None) for item in ("issuer", "title")]
    return ": ".join(item for item in named if item) or words(name)


def _codes(part: Any) -> Iterator[Json]:
    own = getattr(part, "id", None)
    if isinstance(own, str):
        yield {"coding": [{"system": code_system("rule"), "code": own}]}
    for item in fields(part):
        value = _plain(getattr(part, item.name)) if item.name in CODED else None
        if value is not None:
            system = code_system(item.name.replace("_", "-"))
            yield {"coding": [{"system": system, "code": value}], "text": f"{words(item.name)}: {value}"}


def _scalars(part: Any) -> Iterator[tuple[str, str]]:
    for item in fields(part):
        value = None if item.name in SAID else getattr(part, item.name)
        if isinstance(value, tuple):
            plain = [found for found in map(_plain, value) if found is not None]
            if plain:
                yield item.name, ", ".join(plain)
        elif (found := _plain(value)) is not None:
            yield item.name, found


def _plain(value: Any) -> str | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | Decimal | date) else None


def _groups(read: Origins, part: Any, owner: str) -> Iterator[list[Json]]:
    inside = owner or getattr(part, "id", "")
    for item in fields(part):
        value = getattr(part, item.name) if item.name not in SAID else None
        if isinstance(value, tuple):
            found = [action(read, member, item.name, inside) for member in value if _is_part(member)]
            if found:
                yield [{"title": words(item.name), "action": found}] if len(found) > 1 else found
        elif _is_part(value):
            yield [action(read, value, item.name, inside)]


def _is_part(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)
