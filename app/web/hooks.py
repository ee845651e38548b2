"""What CDS Hooks needs of the application beside its context, and a call from its bytes to its answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
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
from app.fhir.terminology import terminology_of
from app.hooks.cards import Asked, Card, cards_of
from app.hooks.reader import hear
from app.hooks.request import read_call
from app.services.assess import assess
from app.services.hooks import HookDesk
from app.services.record import AuditEntry, entry_of
from app.services.strict_json import check_json
from app.store.feedback import Issue
from app.web.answers import json_response
from app.web.context import Context


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
    check_json(body)
    return cast("dict[str, Any]", json.loads(body, parse_float=Decimal))


def answered(context: Context, side: HookSide, service: CardService, body: bytes) -> Answered:
    """The cards for one call. Raises InputError."""
    rules, today = context.rules, context.today()
    call = read_call(json_object(body), service.hook)
    heard = hear(call, terminology_of(rules), today, side.jurisdiction)
    if heard.other_drug:
        return Answered(_encoded(()))
    answer = assess(rules, heard.history, today, "none", uuid4(), context.watch("hooks"))
    asked = Asked(service.hook, call.context, heard.received, side.public_url)
    cards = cards_of(rules, heard.history, answer, asked, uuid4)
    content = _encoded(() if side.silent else cards)
    return Answered(content, cards, _entry(context, answer, body, content))


def _entry(context: Context, answer: Assessment, body: bytes, content: bytes) -> AuditEntry:
    return entry_of(answer, body, content, datetime.now(UTC), context.hash_key)


def _encoded(cards: Sequence[Card]) -> bytes:
    return json.dumps({"cards": [card.json for card in cards]}, ensure_ascii=False, separators=(",", ":")).encode()


async def respond(context: Context, side: HookSide, service: CardService, body: bytes, tenant: str) -> Response:
    """Answer a call, record it, and remember its cards. Raises InputError, and StorageError where a record is required."""
    found = answered(context, side, service, body)
    version = context.rules.version
    if found.entry:
        await context.recorder.record(found.entry)
    issue = Issue(datetime.now(UTC), tenant, service.id, version, shown=not side.silent)
    await side.desk.issue(issue, found.cards)
    return json_response(found.content, version)
