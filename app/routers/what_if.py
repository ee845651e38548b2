"""POST a patient's history, get what would settle the verdicts that are still open."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.clinical.what_if_shapes import WhatIf
from app.services.intake import read_history
from app.services.what_if import what_if
from app.web.answers import json_response, record
from app.web.body import read_body
from app.web.context import context_of
from app.web.problems import responses
from app.web.what_if_examples import OPEN_HISTORIES

router = APIRouter(tags=["assessments"])
ANSWER = TypeAdapter(WhatIf)
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/PatientHistory"}, "examples": OPEN_HISTORIES}
        },
    }
}


@router.post(
    "/v1/assessments/what-if",
    summary="What would settle the open verdicts",
    operation_id="what_if",
    openapi_extra=BODY,
    responses={
        200: {"model": WhatIf, "description": "What would settle each open verdict."},
        **responses(400, 408, 413, 415, 422, 503),
    },
)
async def what_if_one(request: Request) -> Response:
    """For each verdict that waits for facts: which single missing fact settles it, and to what with each possible answer.

    Also the smallest set of questions that settles all of them together, whatever is answered. Takes the same history as
    an assessment and reads the same status tables. It answers no question: it says which one to ask. Nothing is stored but
    ids and keyed hashes.
    """
    context = context_of(request)
    rules, body = context.rules, await read_body(request)
    history = read_history(body, context.today())
    # It looks at hundreds of patients: no assessment waits for that.
    found = await run_in_threadpool(what_if, rules, history, context.today())
    content = ANSWER.dump_json(found)
    await record(context, found, body, content)
    return json_response(content, rules.version)
