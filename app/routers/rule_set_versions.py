"""Published versions: looked at, compared, activated, carried from site to site."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.errors import RefusedError
from app.services.life import version_view
from app.services.publish import compared, told
from app.store.rule_sets import RuleSetStore
from app.web.context import context_of
from app.web.life import (
    ActivationRequest,
    VersionShape,
    actor,
    body_of,
    expected_digest,
    lifecycle,
    once,
    option,
    reply,
    request_body,
)
from app.web.problems import responses

router = APIRouter(tags=["rule sets"])
PATTERN = r"^\d{1,9}\.\d{1,9}\.\d{1,9}$"
Version = Annotated[str, Path(pattern=PATTERN, examples=["1.0.0"])]
CHANGES = (400, 403, 404, 408, 409, 412, 413, 415, 422, 503)


class ActivationShape(BaseModel):
    at: datetime
    by: str
    reason: str | None


class VersionFull(VersionShape):
    """A version, how far it has come, and what the checks found before it was published."""

    state: str = Field(description="published (never answered), active, or superseded (answered before).")
    report: dict[str, Any] | None = Field(description="None for a version published before reports were kept.")
    activations: list[ActivationShape]


def _store(request: Request) -> RuleSetStore:
    found = context_of(request).stores
    if found is None:
        raise RefusedError("not-found", "no database is used here", 404)
    return found


@router.get(
    "/v1/rule-sets/diff",
    summary="Compare two versions",
    operation_id="diff_rule_sets",
    responses=responses(404, 409, 422, 503),
)
async def diff_rule_sets(
    request: Request,
    old: Annotated[str, Query(pattern=PATTERN, examples=["1.0.0"])],
    new: Annotated[str, Query(pattern=PATTERN, examples=["1.1.0"])],
) -> dict[str, Any]:
    """What changed in words, and whose verdict changes and how, over the reviewed cases and a generated population.

    Every patient in it is made up. Takes seconds.
    """
    return told(await asyncio.to_thread(compared, _store(request), old, new))


@router.post(
    "/v1/rule-sets/rollback",
    summary="Go back to the version before",
    operation_id="rollback_rule_set",
    openapi_extra=request_body(ActivationRequest, required=False),
    responses={200: {"model": VersionShape, "description": "It answers now."}, **responses(*CHANGES)},
)
async def rollback(request: Request) -> Response:
    """The version answers again that did before the active one. History only grows."""
    life, body = lifecycle(request), await body_of(request)
    reason, key = option(body, ActivationRequest).reason, once(request, body)
    found = await asyncio.to_thread(life.rollback, actor(request), reason, expected_digest(request), key)
    await asyncio.to_thread(context_of(request).take_up)
    return reply(found)


@router.post(
    "/v1/rule-sets/import",
    status_code=201,
    summary="Import a signed bundle",
    operation_id="import_rule_set",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
    responses={201: {"model": VersionShape, "description": "Published here."}, **responses(*CHANGES)},
)
async def import_rule_set(request: Request) -> Response:
    """Check the signature, the hash and the knowledge, and publish it under its own version. Nothing is activated."""
    life, body = lifecycle(request), await body_of(request)
    found = await asyncio.to_thread(life.bring_in, body, actor(request), once(request, body))
    return reply(found, 201, f"/v1/rule-sets/{found['version']}")


@router.get(
    "/v1/rule-sets/{version}", summary="One version", operation_id="get_rule_set", responses=responses(404, 422, 503)
)
def get_rule_set(request: Request, version: Version) -> VersionFull:
    """A version with its state, the report of its publication, and when it was activated."""
    store = _store(request)
    published, origin = store.load(version).published, store.origin(version)
    history = store.activated()
    own = [ActivationShape(at=at, by=by, reason=reason) for name, at, by, reason in history if name == version]
    active = bool(history) and history[0][0] == version
    state = "active" if active else "superseded" if own else "published"
    report = dict(origin.report) if origin else None
    return VersionFull(**version_view(published), state=state, report=report, activations=own)


@router.delete(
    "/v1/rule-sets/{version}",
    summary="Versions are never deleted",
    operation_id="delete_rule_set",
    responses=responses(403, 404, 409, 422, 503),
)
def delete_rule_set(request: Request, version: Version) -> Response:
    """Always refused: an answer given by a version must stay replayable."""
    lifecycle(request)
    _store(request).load(version)
    raise RefusedError("immutable", "a published version is never deleted; activate another one")


@router.post(
    "/v1/rule-sets/{version}/activate",
    summary="Let a version answer",
    operation_id="activate_rule_set",
    openapi_extra=request_body(ActivationRequest, required=False),
    responses={200: {"model": VersionShape, "description": "It answers now."}, **responses(*CHANGES)},
)
async def activate_rule_set(request: Request, version: Version) -> Response:
    """One transaction; this process answers with it at once, others within a second. `If-Match` names the digest that is active."""
    life, body = lifecycle(request), await body_of(request)
    reason, key = option(body, ActivationRequest).reason, once(request, body)
    found = await asyncio.to_thread(life.activate, version, actor(request), reason, expected_digest(request), key)
    await asyncio.to_thread(context_of(request).take_up)
    return reply(found)


@router.get(
    "/v1/rule-sets/{version}/export",
    summary="A version as one signed file",
    operation_id="export_rule_set",
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}},
        **responses(403, 404, 409, 422, 503),
    },
)
def export_rule_set(request: Request, version: Version) -> Response:
    """To carry it to a site without a network. Only sites that trust this site's public key take it."""
    content = lifecycle(request).hand_out(version)
    name = f'attachment; filename="ivig-cds-{version}.json"'
    return Response(content, media_type="application/json", headers={"Content-Disposition": name})
