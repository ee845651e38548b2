"""From a call to a history: what was sent is matched by resource type, since a site may rename every prefetch key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.clinical.history import PatientHistory
from app.errors import InputError, Problem
from app.fhir.reader import read_prefetch
from app.fhir.reading import Gap, Origin, Reading, Why
from app.fhir.terminology import Terminology
from app.hooks.received import Received
from app.hooks.request import ORDER_HOOKS
from app.hooks.shapes import HookCall, HookContext, Json

TELLING = (
    "conditions",
    "laboratory",
    "vitals",
    "antiphospholipid_tests",
    "embryo_transfers",
    "allergies",
    "immunisations",
)
"""Sections of which one at least must have been searched: a patient's name and an order alone let nothing be judged."""
NOT_SEARCHED = frozenset({Gap.ABSENT.value, Gap.FAILED.value})
UNREADABLE = frozenset(
    {
        Why.UNRESOLVED.value,
        Why.MALFORMED.value,
        Why.NO_VALUE.value,
        Why.OTHER_FHIR.value,
        Why.MODIFIED.value,
    }
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a call says: a history, and what of it is missing. ``other_drug``: an order, and none of immunoglobulin."""

    history: PatientHistory
    received: Received
    other_drug: bool = False
    provenance: Mapping[str, Origin] = field(default_factory=dict)


def hear(
    call: HookCall, terms: Terminology, as_of: date, jurisdiction: str | None = None, fetched: Iterable[str] = ()
) -> Heard:
    """The history of one call; ``fetched`` names the keys of its prefetch that this service read itself.

    Raises InputError: 412 where nothing can be judged, 422 for another patient's data.
    """
    drafts = selected(call.context)
    reading = read_prefetch(
        call.prefetch,
        terms,
        patient_id=call.context.patient_id,
        as_of=as_of,
        jurisdiction=jurisdiction,
        draft_orders=drafts,
    )
    received = Received.of(reading, {key: call.prefetch[key] for key in fetched})
    if call.hook in ORDER_HOOKS and reading.history.planned_ivig is None:
        _check_order_was_seen(reading, drafts)
        return Heard(reading.history, received, other_drug=True)
    if not _something_was_searched(reading.gaps):
        raise too_little(
            "/prefetch",
            "Neither conditions nor observations, procedures or allergies came with the call, and none can be fetched.",
        )
    return Heard(reading.history, received, provenance=reading.provenance)


def _something_was_searched(gaps: Mapping[str, str]) -> bool:
    return any(gaps.get(section) not in NOT_SEARCHED for section in TELLING)


def _check_order_was_seen(reading: Reading, drafts: Json | None) -> None:
    """Silence means another drug; where the order cannot be seen or its drug cannot be read, silence would say too much."""
    if drafts is None:
        raise too_little(
            "/context/draftOrders",
            "The draft orders were not sent; reading unsigned orders may need a scope of its own.",
        )
    ordered = {_reference(item) for item in _resources(drafts) if item.get("resourceType") == "MedicationRequest"}
    if any(item.reference in ordered and item.reason in UNREADABLE for item in reading.not_understood):
        raise too_little("/context/draftOrders", "The drug of a draft order cannot be read.")


def selected(context: HookContext) -> Json | None:
    """The draft orders that were just selected, with the resources they point to; all of them where nothing says which."""
    drafts = context.draft_orders
    if drafts is None or not context.selections:
        return drafts
    wanted = {selection.rpartition("/")[2] for selection in context.selections}
    named = [entry for entry in _entries(drafts) if _is_order(entry) and _of(entry).get("id") in wanted]
    if not named:
        return drafts
    others = [entry for entry in _entries(drafts) if not _is_order(entry)]
    return {**drafts, "entry": [*named, *others]}


def _is_order(entry: Json) -> bool:
    kind = str(_of(entry).get("resourceType", ""))
    return kind.endswith(("Request", "Order", "Prescription"))


def _of(entry: Json) -> Json:
    resource = entry.get("resource")
    return resource if isinstance(resource, dict) else {}


def _entries(bundle: Json) -> list[Json]:
    entries = bundle.get("entry")
    return [item for item in entries if isinstance(item, dict)] if isinstance(entries, list) else []


def _resources(bundle: Json) -> list[Json]:
    return [_of(entry) for entry in _entries(bundle)]


def _reference(resource: Mapping[str, Any]) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def too_little(pointer: str, detail: str) -> InputError:
    """The error for a call of which nothing can be judged."""
    return InputError("data-missing", (Problem(pointer, "data_missing", detail),), status=412)
