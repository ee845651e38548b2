"""Any finding as an action of a RequestGroup: its sentence, its codes, its citations, and the findings inside it.

Nothing is named here that the shapes of the answer do not name, so a new kind of finding cannot be left out by mistake.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from app.clinical.ruleset import RuleSet
from app.fhir.citations import citations
from app.fhir.names import Json, code_system, extension, words

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


def action(rules: RuleSet, part: Any, name: str = "") -> Json:
    """One finding. ``name`` is the member of the answer that holds it."""
    text = next((value for value in (getattr(part, item, None) for item in TEXTS) if value), None)
    rest = "; ".join(f"{words(item)}: {value}" for item, value in _scalars(part))
    return {
        "extension": [{"url": extension("details"), "valueString": rest}] if text and rest else [],
        "title": _title(part, name),
        "description": text or rest or None,
        "code": list(_codes(part)),
        "documentation": citations(rules, getattr(part, "evidence", ())),
        "action": [inner for group in _groups(rules, part) for inner in group],
    }


def group(rules: RuleSet, name: str, parts: Any) -> Json | None:
    """The findings of one member of the answer, under its name; None where there are none."""
    found = [action(rules, part, name) for part in parts if _is_part(part)]
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


def _groups(rules: RuleSet, part: Any) -> Iterator[list[Json]]:
    for item in fields(part):
        value = getattr(part, item.name) if item.name not in SAID else None
        if isinstance(value, tuple):
            found = [action(rules, member, item.name) for member in value if _is_part(member)]
            if found:
                yield [{"title": words(item.name), "action": found}] if len(found) > 1 else found
        elif _is_part(value):
            yield [action(rules, value, item.name)]


def _is_part(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)
