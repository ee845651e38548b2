"""POST a patient's history, get the assessment."""

import asyncio
import json
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.clinical.assessment import Assessment
from app.clinical.ruleset import RuleSet
from app.errors import AppError, InputError, Problem, StorageError
from app.services.assess import Evidence, Explain
from app.web.answers import answer_bytes, json_response, lines_of
from app.web.body import check_headers, read_body
from app.web.context import Context, context_of
from app.web.examples import HISTORIES
from app.web.observe import note
from app.web.problems import document, responses

router = APIRouter(tags=["assessments"])
NDJSON = "application/x-ndjson"

ExplainParameter = Annotated[
    Explain, Query(description="How much of each condition tree the findings carry in `because`.", examples=["short"])
]
EvidenceParameter = Annotated[
    Evidence,
    Query(
        description="`ids` leaves `evidence` empty, a third of the answer: every sentence still names its statements, and each "
        "is served with its source and confidence at `/v1/evidence/{id}`.",
        examples=["full"],
    ),
]
RuleSetParameter = Annotated[
    str | None,
    Query(
        max_length=40,
        pattern=r"^\d{1,9}\.\d{1,9}\.\d{1,9}$",
        description="Answer with this published version instead of the active one.",
        examples=["1.0.0"],
    ),
]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/PatientHistory"}, "examples": HISTORIES}
        },
    }
}
BATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            NDJSON: {
                "schema": {"type": "string"},
                "example": '{"patient":{"age_years":34}}\n{"patient":{"age_years":29}}\n',
            }
        },
    }
}


@router.post(
    "/v1/assessments",
    summary="Assess one patient",
    operation_id="assess",
    openapi_extra=BODY,
    responses={
        200: {"model": Assessment, "description": "The assessment."},
        **responses(400, 404, 408, 413, 415, 422, 503),
    },
)
async def assess_one(
    request: Request,
    explain: ExplainParameter = "short",
    rule_set: RuleSetParameter = None,
    evidence: EvidenceParameter = "full",
) -> Response:
    """For each indication: is she a candidate for IVIG, according to whom, why, and what is not yet known.

    Also risks with the factors found and not known, contraindications, alternatives, what to check, and the questions
    whose answers matter, most useful first. Every sentence cites statements served at `/v1/evidence/{id}`.
    Every section of the history is optional; what is absent is unknown, never "no".
    """
    context = context_of(request)
    rules = await _rules(context, rule_set)
    body = await read_body(request)
    encoded, entry = answer_bytes(context, body, explain, rules, evidence)
    await context.record("native", entry, body, encoded)
    note(request, rule_set=entry.rule_set_version, findings=len(entry.finding_ids))
    return json_response(encoded, entry.rule_set_version)


@router.post(
    "/v1/assessments/batch",
    summary="Assess many patients, one a line",
    operation_id="assess_batch",
    openapi_extra=BATCH_BODY,
    responses={
        200: {
            "description": "One line for each line sent, in order: `{line, assessment}` or `{line, problem}`.",
            "content": {NDJSON: {"schema": {"type": "string"}}},
        },
        **responses(404, 415, 422, 503),
    },
)
async def assess_batch(
    request: Request,
    explain: ExplainParameter = "none",
    rule_set: RuleSetParameter = None,
    evidence: EvidenceParameter = "full",
) -> Response:
    """Newline-delimited JSON in, newline-delimited JSON out, streamed.

    A line that cannot be read gives an error line in its place; it never stops the others and is never lost.
    Empty lines are skipped and not counted. A last line with the problem `storage-unavailable` says that this line and
    those after it are not answered: send them again. All lines are answered by the version that was active when the first came.
    """
    check_headers(request, NDJSON)
    context = context_of(request)
    return _Lines(request, context, explain, await _rules(context, rule_set), evidence)


async def _rules(context: Context, version: str | None) -> RuleSet:
    """The rule set of this request. Compiling a version of before takes time, so it does not hold up the others."""
    active = context.rules
    if version is None or version == active.version:
        return active
    return await asyncio.to_thread(context.pinned, version)


class _Lines(Response):
    """Reads a line, answers it, and so on: the body is read while the answer is sent, by one task only."""

    media_type = NDJSON

    def __init__(
        self, request: Request, context: Context, explain: Explain, rules: RuleSet, evidence: Evidence
    ) -> None:
        super().__init__(headers={"Rule-Set": rules.version})
        del self.headers["content-length"]
        self._request = request
        self._context = context
        self._explain = explain
        self._rules = rules
        self._evidence = evidence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the body is read through the request
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        number = 0
        with suppress(ClientDisconnect):  # who has gone needs no answer
            async for line in lines_of(self._request):
                number += 1
                await self._context.gate.turn()
                answered, more = await self._answered(line, number)
                await send({"type": "http.response.body", "body": answered, "more_body": True})
                if not more:
                    break
        note(self._request, rule_set=self._rules.version, lines=number)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _answered(self, line: bytes | InputError, number: int) -> tuple[bytes, bool]:
        """The line that answers, and whether more may follow: without storage the rest is not answered, and that is said."""
        try:
            return await _answer(self._context, line, number, self._explain, self._rules, self._evidence), True
        except StorageError:
            return _problem_line(number, "storage-unavailable"), False
        except AppError:
            return _problem_line(number, "internal", 500), False


def _problem_line(number: int, kind: str, status: int = 503, problems: tuple[Problem, ...] = ()) -> bytes:
    return json.dumps({"line": number, "problem": document(kind, status, problems)}).encode() + b"\n"


async def _answer(
    context: Context, line: bytes | InputError, number: int, explain: Explain, rules: RuleSet, evidence: Evidence
) -> bytes:
    try:
        if isinstance(line, InputError):
            raise line
        encoded, entry = answer_bytes(context, line, explain, rules, evidence)
    except InputError as error:
        return _problem_line(number, error.type, error.status, error.problems)
    await context.record("native", entry, line, encoded)
    return b'{"line":%d,"assessment":%s}\n' % (number, encoded)
