"""POST one IVIG order, get the infusion plan or the reasons why there is none; as a chart where one is asked for."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from app.clinical.plan_request import InfusionPlanRequest
from app.clinical.plan_shapes import InfusionPlanAnswer
from app.services.intake import read_shape
from app.services.plan import plan
from app.web import svg
from app.web.answers import json_response, record
from app.web.body import read_body
from app.web.chart import chart
from app.web.context import context_of
from app.web.negotiation import prefers
from app.web.plan_examples import ORDERS
from app.web.problems import responses

router = APIRouter(tags=["infusion plans"])
ANSWER = TypeAdapter(InfusionPlanAnswer)
JSON = "application/json"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/InfusionPlanRequest"}, "examples": ORDERS}},
    }
}
ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": InfusionPlanAnswer,
        "description": "The plan, or its refusal: `refused` then holds the reasons, and there is neither dose nor rate. "
        "With `Accept: image/svg+xml` a chart of rate over time.",
        "content": {svg.MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}


@router.post(
    "/v1/infusion-plans",
    summary="Plan an infusion",
    operation_id="plan_infusion",
    openapi_extra=BODY,
    responses={**ANSWERED, **responses(400, 408, 413, 415, 422, 503)},
)
async def plan_infusion(request: Request) -> Response:
    """Dosing weight with its basis and the alternatives, dose and volume by day, and rates in mL/h by the product's label.

    Steps with times where the label prints them, otherwise bounds. A patient at risk is held to the label's ceiling; where it
    is not known whether a boxed factor is present, both plans are shown and the factors that are not known are listed.
    A product without a printed rate is refused: no rate is ever taken from another product. Every sentence cites statements
    served at `/v1/evidence/{id}`; a sentence with `convention: true` is a limit or habit of this service.
    """
    context = context_of(request)
    rules, body = context.rules, await read_body(request)
    answer = plan(rules, read_shape(body, InfusionPlanRequest), context.today())
    if prefers(request, svg.MEDIA_TYPE, JSON):
        response = Response(chart(answer), media_type=svg.MEDIA_TYPE, headers={"Rule-Set": rules.version})
    else:
        response = json_response(ANSWER.dump_json(answer), rules.version)
    response.headers["Vary"] = "Accept"
    await record(context, answer, body, bytes(response.body))
    return response
