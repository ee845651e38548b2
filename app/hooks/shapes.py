"""What goes over the wire of CDS Hooks 2.0: requests read with tolerance, answers without a null or an empty member."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class FhirAccess:
    """Where the client says its FHIR server is, and its token for it. Neither is kept; only a listed server is ever dialled."""

    server: str
    token: str = field(repr=False)


def without_empty(json: Json) -> Json:
    """The same object without members that are null or empty; the specification allows neither."""
    kept = {key: _clean(value) for key, value in json.items()}
    return {key: value for key, value in kept.items() if not _says_nothing(value)}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return without_empty(value)
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _says_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)
