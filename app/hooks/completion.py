"""Prefetch that was not sent: whether it is worth asking for, and which of the searches."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.fhir.reader import read_prefetch
from app.fhir.terminology import Terminology
from app.hooks.reader import selected
from app.hooks.received import resources_in
from app.hooks.request import ORDER_HOOKS
from app.hooks.shapes import HookCall


def concerns(call: HookCall, terms: Terminology, as_of: date) -> bool:
    """Whether a call can be answered at all: a chart, or an order of immunoglobulin. For another drug nothing is fetched."""
    drafts = selected(call.context)
    if call.hook not in ORDER_HOOKS or drafts is None:
        return call.hook not in ORDER_HOOKS
    ordered = read_prefetch({}, terms, patient_id=call.context.patient_id, as_of=as_of, draft_orders=drafts)
    return ordered.history.planned_ivig is not None


def wanted(prefetch: Mapping[str, Any], templates: Mapping[str, str]) -> dict[str, str]:
    """The templates whose key is absent. What a site sent under a key of its own is known by its type, and not asked again."""
    renamed = {key: value for key, value in prefetch.items() if key not in templates}
    held = {kind for value in renamed.values() for kind in _types(value)}
    words = [key.lower() for key in renamed]
    return {
        key: text
        for key, text in templates.items()
        if key not in prefetch and (kind := searched(text)) not in held and not any(kind.lower() in it for it in words)
    }


def searched(template: str) -> str:
    """The type that a template reads or searches for."""
    return template.partition("?")[0].partition("/")[0]


def _types(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    if value.get("resourceType") == "Bundle":
        for resource in resources_in(value):
            yield str(resource.get("resourceType"))
    else:
        yield str(value.get("resourceType"))
