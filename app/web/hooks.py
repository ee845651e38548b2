"""What CDS Hooks needs of the application beside its context, and a call from its bytes to its answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.clinical.assessment import Assessment
from app.clinical.card_words import CardService
from app.clinical.ruleset import RuleSet
from app.fhir.read_from import Origins
from app.fhir.terminology import terminology_of
from app.hooks.cards import Asked, Card, cards_of
from app.hooks.completion import concerns, wanted
from app.hooks.discovery import prefetch_templates
from app.hooks.reader import hear
from app.hooks.request import read_access, read_call
from app.hooks.shapes import HookCall
from app.services.assess import traced
from app.services.hooks import HookDesk
from app.services.record import AuditEntry, entry_of
from app.services.strict_json import check_json
from app.store.feedback import Issue
from app.web.answers import json_response
from app.web.context import Context, context_of
from app.web.doors import completed, doors_of, may_complete
from app.web.security import caller_of


@dataclass(frozen=True, slots=True)
class HookSide:
    """The desk of issued cards, and what the site decided about cards."""

    desk: HookDesk
    silent: bool = False
    jurisdiction: str | None = None
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: its bytes, its cards, and what the audit keeps; no entry where nothing was assessed."""

    content: bytes
    cards: tuple[Card, ...] = ()
    entry: AuditEntry | None = None


def hook_side(request: Request) -> HookSide:
    """What the application that serves this request holds for CDS Hooks."""
    return cast("HookSide", request.app.state.hooks)


def service_of(rules: RuleSet, name: str) -> CardService:
    """The service of that id. Raises HTTPException 404."""
    found = next((item for item in rules.card_words.services if item.id == name), None)
    if found is None:
        raise HTTPException(404)
    return found


def json_object(body: bytes) -> dict[str, Any]:
    """The object in ``body``, its numbers exact. Raises InputError as every other body does."""
    return check_json(body, Decimal)


def answered(
    context: Context,
    rules: RuleSet,
    side: HookSide,
    call: HookCall,
    body: bytes,
    fetched: Sequence[str] = (),
    *,
    silent: bool = False,
) -> Answered:
    """The cards for one call, whose keys ``fetched`` this service read itself. Raises InputError."""
    today = context.today()
    heard = hear(call, terminology_of(rules), today, side.jurisdiction, fetched)
    if heard.other_drug:
        return Answered(_encoded(()))
    answer, results = traced(rules, heard.history, today, "none", uuid4(), context.watch("hooks"))
    read = Origins(rules, results, heard.history, heard.provenance)
    asked = Asked(call.hook, call.context, heard.received, side.public_url, read)
    cards = cards_of(rules, heard.history, answer, asked, uuid4)
    content = _encoded(() if silent else cards)
    return Answered(content, cards, _entry(context, answer, body, content))


def _entry(context: Context, answer: Assessment, body: bytes, content: bytes) -> AuditEntry:
    return entry_of(answer, body, content, datetime.now(UTC), context.hash_key)


def _encoded(cards: Sequence[Card]) -> bytes:
    return json.dumps({"cards": [card.json for card in cards]}, ensure_ascii=False, separators=(",", ":")).encode()


async def respond(request: Request, rules: RuleSet, service: CardService, body: bytes, tenant: str) -> Response:
    """Answer a call, record it, and remember its cards. Raises InputError, and StorageError where a record is required.

    ``rules`` are kept through all waiting: another version may be activated meanwhile, and no answer mixes two.
    """
    context, side = context_of(request), hook_side(request)
    silent = side.silent or doors_of(request).is_silent_for(caller_of(request))
    call, fetched = await _completed(request, context, rules, json_object(body), service)
    found = answered(context, rules, side, call, body, fetched, silent=silent)
    if found.entry:
        await context.record("hooks", found.entry, body, found.content)
    await side.desk.issue(Issue(datetime.now(UTC), tenant, service.id, rules.version, shown=not silent), found.cards)
    return json_response(found.content, rules.version)


async def _completed(
    request: Request, context: Context, rules: RuleSet, body: dict[str, Any], service: CardService
) -> tuple[HookCall, tuple[str, ...]]:
    """The call in ``body``, with the prefetch that its own FHIR server could add where the site lists that server."""
    call = read_call(body, service.hook)
    access = read_access(body, call.context.patient_id)
    if access is None or not may_complete(request) or not concerns(call, terminology_of(rules), context.today()):
        return call, ()
    templates = wanted(call.prefetch, prefetch_templates(rules))
    tokens = {"context.patientId": call.context.patient_id}
    prefetch, fetched = await completed(request, call.prefetch, templates, access.server, access.token, tokens)
    return replace(call, prefetch=prefetch), fetched
