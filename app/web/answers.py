"""Answers as bytes, made once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from app.clinical.ruleset import RuleSet
from app.errors import InputError
from app.services.assess import Evidence, Explain, assess, encode
from app.services.intake import read_history
from app.services.record import Answer, AuditEntry, entry_of
from app.web.body import MAX_BODY, chunks_of, too_large
from app.web.context import Context


def answer_bytes(
    context: Context, body: bytes, explain: Explain, rules: RuleSet | None = None, evidence: Evidence = "full"
) -> tuple[bytes, AuditEntry]:
    """The assessment of one history as JSON, and its audit entry; by ``rules``, or the active ones. Raises InputError."""
    history = read_history(body, context.today())
    answer = assess(rules or context.rules, history, context.today(), explain, uuid4(), context.watch("native"))
    encoded = encode(answer, evidence)
    entry = entry_of(answer, body, encoded, datetime.now(UTC), context.hash_key)
    context.metrics.assessed(len(entry.finding_ids))
    return encoded, entry


async def record(context: Context, answer: Answer, body: bytes, content: bytes) -> None:
    """Write the audit record of an answer without an id of its own. Raises StorageError where a record is required."""
    entry = entry_of(answer, body, content, datetime.now(UTC), context.hash_key, str(uuid4()))
    await context.recorder.record(entry)


def json_response(content: bytes, rules_version: str) -> Response:
    """A JSON answer that names the rule set in its headers too."""
    return Response(content, media_type="application/json", headers={"Rule-Set": rules_version})


async def lines_of(request: Request) -> AsyncIterator[bytes | InputError]:
    """The lines of a streamed body; one that is too long arrives as its error, and the next lines still come."""
    buffer = b""
    skipping = False
    async for chunk in chunks_of(request):
        if isinstance(chunk, InputError):
            yield chunk
            return
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            if not skipping and line.strip():
                yield too_large() if len(line) > MAX_BODY else line
            skipping = False
        if len(buffer) > MAX_BODY:
            if not skipping:
                yield too_large()
            skipping, buffer = True, b""
    if buffer.strip() and not skipping:
        yield buffer
