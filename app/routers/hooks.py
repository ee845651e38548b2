"""CDS Hooks 2.0: discovery, the services, and their feedback."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.hooks.discovery import services
from app.hooks.feedback import read_feedback
from app.web.body import read_body
from app.web.caller import tenant_of
from app.web.context import context_of
from app.web.hook_shapes import CALL, CARDS, DISCOVERY, FEEDBACK, outcomes
from app.web.hooks import hook_side, json_object, respond, service_of

router = APIRouter(prefix="/cds-services", tags=["cds hooks"])
Caller = Annotated[str, Depends(tenant_of)]
ServiceId = Annotated[str, Path(description="Id of a service, as discovery lists it.", examples=["ivig-order-sign"])]


@router.get("", summary="List the services (discovery)", operation_id="cds_services", responses=DISCOVERY)
async def discovery(request: Request) -> Response:
    """The services with their hooks, what they need, and prefetch templates of plain tokens. Needs no credential."""
    content = json.dumps(services(context_of(request).rules), ensure_ascii=False)
    return Response(content, media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@router.post(
    "/{service_id}",
    summary="Ask a service for cards",
    operation_id="cds_service",
    openapi_extra=CALL,
    responses={**CARDS, **outcomes(400, 404, 408, 412, 413, 415, 422, 503)},
)
async def call(service_id: ServiceId, request: Request, caller: Caller) -> Response:
    """Cards for the moment the hook describes: at most one a topic, none for a calm chart or another drug.

    Prefetch is matched by resource type, whatever the keys are called; what is missing makes the cards less certain, and
    they name it. 412 only where nothing can be judged. `fhirServer` and its token are used for servers only that the
    site lists for the caller's issuer (IVIG_FHIR_CLIENT), and never kept.
    """
    rules = context_of(request).rules
    service = service_of(rules, service_id)
    return await respond(request, rules, service, await read_body(request), caller)


@router.post(
    "/{service_id}/feedback",
    summary="Report what became of cards",
    operation_id="cds_feedback",
    openapi_extra=FEEDBACK,
    status_code=200,
    responses={
        200: {"description": "Stored; what was stored already stays as it is."},
        **outcomes(400, 404, 408, 413, 415, 422, 429, 503),
    },
)
async def feedback(service_id: ServiceId, request: Request, caller: Caller) -> Response:
    """Accepted or overridden, by card, in batches, late or twice. Free text is not stored unless the site asks for it.

    404 if none of the cards was issued by this service; cards it does not know are passed over where it knows others.
    """
    words = context_of(request).rules.card_words
    service = service_of(context_of(request).rules, service_id)
    items = read_feedback(json_object(await read_body(request)))
    offers = (item.id for item in words.suggestions)
    reasons = (item.coding.code for item in words.overrides)
    if not await hook_side(request).desk.take(service.id, caller, items, offers, reasons):
        raise HTTPException(404)
    return Response(status_code=200)
