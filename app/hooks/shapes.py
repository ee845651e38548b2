"""What goes over the wire of CDS Hooks 2.0: requests read with tolerance, answers without a null or an empty member."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HookContext:
    """What the hook says about the moment. ``selections`` and ``draft_orders`` are None where they were not sent."""

    patient_id: str
    user_id: str | None = None
    encounter_id: str | None = None
    selections: tuple[str, ...] | None = None
    draft_orders: Json | None = None


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a service. ``prefetch`` holds what was sent under whatever key; tokens and addresses are never kept."""

    hook: str
    instance: str
    context: HookContext
    prefetch: Mapping[str, Any]


def without_empty(value: Any) -> Any:
    """The same JSON without members that are null or empty; the specification allows neither. ``cards`` may be empty."""
    match value:
        case dict():
            kept = {key: without_empty(item) for key, item in value.items()}
            return {key: item for key, item in kept.items() if not _says_nothing(item)}
        case list() | tuple():
            return [without_empty(item) for item in value]
        case _:
            return value


def _says_nothing(item: Any) -> bool:
    return item is None or (isinstance(item, (str, list, dict)) and not item)
