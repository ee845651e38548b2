"""An answer given before, given again."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.clinical.assessment import Assessment
from app.errors import RefusedError
from app.services.replay import replay
from app.web.body import read_body
from app.web.context import context_of
from app.web.problems import responses

router = APIRouter(tags=["assessments"])
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PatientHistory"}}},
    }
}


@router.post(
    "/v1/assessments/replay",
    summary="Give an answer again",
    operation_id="replay",
    openapi_extra=BODY,
    responses={
        200: {"model": Assessment, "description": "The same bytes as then; `Replay: match`."},
        **responses(400, 404, 408, 409, 413, 415, 422, 503),
    },
)
async def replay_answer(
    request: Request, decision_id: Annotated[UUID, Query(description="The `id` of the answer.")]
) -> Response:
    """The answer of a decision, byte for byte, from the request exactly as it was sent.

    The request is compared with the keyed hash in the audit trail, then answered by the version that answered then, and the
    answer is compared with its hash. 409 `replay-mismatch` says which of the two does not match. Nothing is stored.
    """
    context, body = context_of(request), await read_body(request)
    if context.stores is None or context.versions is None:
        raise RefusedError("not-found", "no audit trail is kept here", 404)
    found = await asyncio.to_thread(replay, context.stores, context.versions, decision_id, body, context.hash_key)
    return Response(
        found.content, media_type="application/json", headers={"Rule-Set": found.version, "Replay": "match"}
    )
