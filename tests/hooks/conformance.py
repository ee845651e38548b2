"""The rules of CDS Hooks 2.0 for answers, as a checker of its own: it shares no code with the service.

From the specification's text and the logical models and invariants of HL7/cds-hooks (cds-resp-1 to cds-resp-7): each fault is reported
as ``code path``. A few rules are this project's own promises and begin with ``own-``.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

TOKEN = re.compile(r"\{\{.*?\}\}|%[a-z]\w*\b")
ALNUM = re.compile(r"[A-Za-z0-9]+")
CARD = {
    "uuid",
    "summary",
    "detail",
    "indicator",
    "source",
    "suggestions",
    "selectionBehavior",
    "overrideReasons",
    "links",
    "extension",
}
SUGGESTION = {"label", "uuid", "isRecommended", "actions", "extension"}
ACTION = {"type", "description", "resource", "resourceId", "extension"}
LINK = {"label", "url", "type", "appContext", "autolaunchable", "extension"}
SOURCE = {"label", "url", "icon", "topic", "extension"}
CODING = {"system", "version", "code", "display", "userSelected", "extension"}
MAY_BE_EMPTY = {"$.cards"}


def faults(answer: Any) -> list[str]:
    """Everything in a 200 answer that the specification, or this service, does not allow."""
    return list(_answer(answer))


def _answer(answer: Any) -> Iterator[str]:
    if not isinstance(answer, dict) or not isinstance(answer.get("cards"), list):
        yield "cards-required $"
        return
    yield from _members(answer, {"cards", "extension"}, "$")
    yield from _empties(answer, "$")
    if "systemActions" in answer:
        yield "own-no-system-actions $"
    for index, card in enumerate(answer["cards"]):
        yield from _card(card, f"$.cards[{index}]")
    yield from _whole(answer["cards"])


def _whole(cards: list[Any]) -> Iterator[str]:
    ids = [card.get("uuid") for card in cards]
    ids += [item.get("uuid") for card in cards for item in card.get("suggestions", [])]
    if len(ids) != len(set(ids)):
        yield "uuid-unique $.cards"
    topics = [card.get("source", {}).get("topic", {}).get("code") for card in cards]
    if len(topics) != len(set(topics)):
        yield "own-one-card-a-topic $.cards"


def _card(card: Any, at: str) -> Iterator[str]:
    yield from _members(card, CARD, at)
    yield from _text(card, "summary", at)
    summary = str(card.get("summary", ""))
    if not (len(summary) < 140 and len(summary.encode("utf-16-le")) // 2 < 140):
        yield f"summary-length {at}"
    if "\n" in summary:
        yield f"own-one-line-summary {at}"
    if card.get("indicator") not in {"info", "warning", "critical"}:
        yield f"indicator {at}"
    if "detail" in card and not isinstance(card["detail"], str):
        yield f"detail-markdown {at}"
    if re.search(r"(?<!\\)<", str(card.get("detail", ""))):
        yield f"own-no-html {at}"
    if TOKEN.search(summary + str(card.get("detail", "")).replace("\\", "")):
        yield f"unresolved-token {at}"
    yield from _uuid(card, at)
    yield from _source(card.get("source"), f"{at}.source")
    yield from _suggestions(card, at)
    yield from _overrides(card, at)
    for index, link in enumerate(card.get("links", [])):
        yield from _link(link, f"{at}.links[{index}]")


def _source(source: Any, at: str) -> Iterator[str]:
    if not isinstance(source, dict):
        yield f"source-required {at}"
        return
    yield from _members(source, SOURCE, at)
    yield from _text(source, "label", at)
    for name in ("url", "icon"):
        if name in source and not _absolute(source[name]):
            yield f"{name}-absolute {at}"
    topic = source.get("topic")
    if topic is not None:
        yield from _members(topic, CODING, f"{at}.topic")
        if not ALNUM.fullmatch(str(topic.get("code", ""))):
            yield f"own-topic-alphanumeric {at}.topic"


def _suggestions(card: dict[str, Any], at: str) -> Iterator[str]:
    suggestions = card.get("suggestions", [])
    behaviour = card.get("selectionBehavior")
    if suggestions and behaviour is None:
        yield f"cds-resp-6 {at}"
    if behaviour not in {None, "any", "at-most-one"}:
        yield f"selection-behavior {at}"
    if behaviour not in {None, "any"}:
        yield f"own-selection-any {at}"
    if behaviour == "at-most-one" and sum(bool(item.get("isRecommended")) for item in suggestions) > 1:
        yield f"cds-resp-1 {at}"
    for index, item in enumerate(suggestions):
        yield from _suggestion(item, f"{at}.suggestions[{index}]")


def _suggestion(item: dict[str, Any], at: str) -> Iterator[str]:
    yield from _members(item, SUGGESTION | {"actionSelectionBehavior"}, at)
    yield from _text(item, "label", at)
    yield from _uuid(item, at)
    if item.get("actionSelectionBehavior") not in {None, "all", "any", "at-most-one"}:
        yield f"cds-resp-7 {at}"
    if "actionSelectionBehavior" in item:
        yield f"own-no-action-selection {at}"
    actions = item.get("actions", [])
    if len(actions) != 1:
        yield f"own-one-action {at}"
    for index, action in enumerate(actions):
        yield from _action(action, f"{at}.actions[{index}]")


def _action(action: dict[str, Any], at: str) -> Iterator[str]:
    yield from _members(action, ACTION, at)
    if action.get("type") not in {"create", "update", "delete"}:
        yield f"action-type {at}"
    if not action.get("description"):
        yield f"cds-resp-5 {at}"
    resource = action.get("resource")
    if action.get("type") in {"create", "update"} and not isinstance(resource, dict):
        yield f"cds-resp-2 {at}"
    if isinstance(resource, dict):
        yield from _resource(resource, action.get("type"), f"{at}.resource")
    if action.get("type") == "delete" and not action.get("resourceId"):
        yield f"delete-resource-id {at}"


def _resource(resource: dict[str, Any], kind: object, at: str) -> Iterator[str]:
    if not isinstance(resource.get("resourceType"), str):
        yield f"resource-type {at}"
    if kind == "create" and "id" in resource:
        yield f"create-without-id {at}"
    if resource.get("resourceType") == "ServiceRequest":
        for name in ("status", "intent", "subject", "code"):
            if name not in resource:
                yield f"service-request-{name} {at}"
        if resource.get("status") != "draft":
            yield f"own-draft {at}"


def _overrides(card: dict[str, Any], at: str) -> Iterator[str]:
    for index, reason in enumerate(card.get("overrideReasons", [])):
        place = f"{at}.overrideReasons[{index}]"
        yield from _members(reason, CODING, place)
        if not reason.get("display"):
            yield f"cds-resp-4 {place}"
        if not (reason.get("code") and reason.get("system")):
            yield f"own-coded-override {place}"


def _link(link: dict[str, Any], at: str) -> Iterator[str]:
    yield from _members(link, LINK, at)
    yield from _text(link, "label", at)
    if link.get("type") not in {"absolute", "smart"}:
        yield f"link-type {at}"
    if not _absolute(link.get("url")):
        yield f"url-absolute {at}"
    if "appContext" in link and link.get("type") != "smart":
        yield f"cds-resp-3 {at}"
    if link.get("autolaunchable"):
        yield f"own-no-autolaunch {at}"


def _absolute(url: object) -> bool:
    parts = urlsplit(url) if isinstance(url, str) else None
    return bool(parts and parts.scheme in {"https", "http"} and parts.netloc)


def _members(part: Any, allowed: set[str], at: str) -> Iterator[str]:
    if not isinstance(part, dict):
        yield f"object {at}"
        return
    yield from (f"unknown-member {at}.{name}" for name in part if name not in allowed and name != "systemActions")


def _text(part: dict[str, Any], name: str, at: str) -> Iterator[str]:
    if not isinstance(part.get(name), str) or not part[name].strip():
        yield f"{name}-required {at}"


def _uuid(part: dict[str, Any], at: str) -> Iterator[str]:
    try:
        UUID(str(part.get("uuid")))
    except ValueError:
        yield f"uuid {at}"


def _empties(value: Any, at: str) -> Iterator[str]:
    """No null and no empty member, wherever it stands."""
    if value is None or (isinstance(value, (str, list, dict)) and not value and at not in MAY_BE_EMPTY):
        yield f"empty {at}"
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _empties(item, f"{at}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _empties(item, f"{at}[{index}]")


def discovery_faults(answer: Any) -> list[str]:
    """Everything in a discovery answer that is not allowed."""
    services = answer.get("services") if isinstance(answer, dict) else None
    if not isinstance(services, list):
        return ["services-required $"]
    found = list(_empties(answer, "$"))
    for index, service in enumerate(services):
        found += _service(service, f"$.services[{index}]")
    ids = [service.get("id") for service in services]
    return found + (["id-unique $.services"] if len(ids) != len(set(ids)) else [])


PLAIN_TOKEN = re.compile(
    r"\{\{context\.(patientId|userId|encounterId)\}\}|\{\{user(Practitioner|PractitionerRole|Patient|RelatedPerson)Id\}\}"
)
READ = re.compile(r"[A-Z]\w+/P")
PARAMETER = re.compile(r"(patient|subject|code|status|category|_sort|_count)=[^&\s]+")


def _service(service: dict[str, Any], at: str) -> list[str]:
    found = [
        f"{name}-required {at}" for name in ("hook", "id", "description") if not isinstance(service.get(name), str)
    ]
    for key, template in service.get("prefetch", {}).items():
        place = f"{at}.prefetch.{key}"
        resolved = PLAIN_TOKEN.sub("P", template)
        if "{" in resolved or "%" in resolved:
            found.append(f"plain-tokens {place}")
        if len(template) >= 2000:
            found.append(f"own-template-length {place}")
        kind, _, query = resolved.partition("?")
        if not query and not READ.fullmatch(kind):
            found.append(f"query-subset {place}")
        found += [f"query-subset {place}" for part in filter(None, query.split("&")) if not PARAMETER.fullmatch(part)]
    return found
