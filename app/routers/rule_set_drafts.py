"""Drafts of rule sets: handed in, checked, approved, published."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.services.life import draft_view
from app.web.life import (
    DraftRequest,
    PublishRequest,
    VersionShape,
    actor,
    body_of,
    changes_of,
    if_match,
    lifecycle,
    once,
    option,
    reply,
    request_body,
)
from app.web.problems import responses

router = APIRouter(tags=["rule sets"])
DraftId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="Id of a draft.")]
MOST_DRAFTS = 200


class StepShape(BaseModel):
    at: str
    by: str
    report: dict[str, Any] = Field(description="What the checks found, where this step ran any.")


class DraftShape(BaseModel):
    """The newest revision of a draft."""

    id: str
    revision: int
    etag: str = Field(description="Names this revision; send it as If-Match to change or publish it.")
    state: str = Field(description="draft, validated, approved or published.")
    base: str | None
    digest: str
    note: str | None
    author: str
    created_at: str
    steps: dict[str, StepShape]


HEADERS = (400, 403, 408, 409, 413, 415, 422, 503)


@router.post(
    "/v1/rule-sets",
    status_code=201,
    summary="Hand in a draft",
    operation_id="create_draft",
    openapi_extra=request_body(DraftRequest, required=True),
    responses={201: {"model": DraftShape, "description": "The draft."}, **responses(404, *HEADERS)},
)
async def create_draft(request: Request) -> Response:
    """YAML files in, a draft out; nothing is checked yet. With `base`, only the files that differ are sent.

    `Idempotency-Key` makes the request safe to send again.
    """
    life, body = lifecycle(request), await body_of(request)
    found = await asyncio.to_thread(life.create, changes_of(body), actor(request), once(request, body))
    return reply(found, 201, f"/v1/rule-sets/drafts/{found['id']}")


@router.get(
    "/v1/rule-sets/drafts",
    summary="Drafts",
    operation_id="list_drafts",
    responses={200: {"model": list[DraftShape], "description": "At most 200."}, **responses(403, 503)},
)
def list_drafts(request: Request) -> list[dict[str, Any]]:
    """The newest revision of each draft, the latest first."""
    return [draft_view(draft) for draft in lifecycle(request).drafts.newest(MOST_DRAFTS)]


@router.get(
    "/v1/rule-sets/drafts/{draft_id}",
    summary="One draft",
    operation_id="get_draft",
    responses={200: {"model": DraftShape, "description": "The draft."}, **responses(403, 404, 422, 503)},
)
def get_draft(request: Request, draft_id: DraftId) -> Response:
    """The newest revision, its state and the reports of its steps."""
    return reply(draft_view(lifecycle(request).drafts.get(draft_id)))


@router.put(
    "/v1/rule-sets/drafts/{draft_id}",
    summary="Change a draft",
    operation_id="revise_draft",
    openapi_extra=request_body(DraftRequest, required=True),
    responses={200: {"model": DraftShape, "description": "The revision."}, **responses(404, 412, 428, *HEADERS)},
)
async def revise_draft(request: Request, draft_id: DraftId) -> Response:
    """Another revision of the whole draft; it must be validated and approved anew. Needs `If-Match`."""
    life, etag, body = lifecycle(request), if_match(request), await body_of(request)
    changes, key = changes_of(body), once(request, body)
    return reply(await asyncio.to_thread(life.revise, draft_id, changes, actor(request), etag, key))


@router.post(
    "/v1/rule-sets/drafts/{draft_id}/validate",
    summary="Check a draft",
    operation_id="validate_draft",
    responses={200: {"model": DraftShape, "description": "It passed."}, **responses(403, 404, 409, 412, 422, 503)},
)
async def validate_draft(request: Request, draft_id: DraftId) -> Response:
    """Run every check of the gate, and compare it with the newest version over made-up patients.

    422 `release-rejected` lists the faults with file, line and column, and nothing changes.
    """
    life, etag = lifecycle(request), request.headers.get("if-match")
    return reply(await asyncio.to_thread(life.validate, draft_id, actor(request), etag))


@router.post(
    "/v1/rule-sets/drafts/{draft_id}/approve",
    summary="Approve a draft",
    operation_id="approve_draft",
    responses={200: {"model": DraftShape, "description": "Approved."}, **responses(403, 404, 409, 412, 422, 503)},
)
async def approve_draft(request: Request, draft_id: DraftId) -> Response:
    """A second person agrees with a validated revision."""
    life, etag = lifecycle(request), request.headers.get("if-match")
    return reply(await asyncio.to_thread(life.approve, draft_id, actor(request), etag))


@router.post(
    "/v1/rule-sets/drafts/{draft_id}/publish",
    status_code=201,
    summary="Publish a draft",
    operation_id="publish_draft",
    openapi_extra=request_body(PublishRequest, required=False),
    responses={201: {"model": VersionShape, "description": "The version."}, **responses(404, 412, 428, *HEADERS)},
)
async def publish_draft(request: Request, draft_id: DraftId) -> Response:
    """Make a validated draft an immutable version; activating it is another step. Needs `If-Match`.

    409 `stale-draft` where another version was published since it was validated.
    """
    life, etag, body = lifecycle(request), if_match(request), await body_of(request)
    version, key = option(body, PublishRequest).version, once(request, body)
    found = await asyncio.to_thread(life.publish, draft_id, actor(request), etag, version, key)
    return reply(found, 201, f"/v1/rule-sets/{found['version']}")
