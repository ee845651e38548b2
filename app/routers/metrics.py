"""GET /metrics, where the site wants it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.context import context_of
from app.web.metrics import MEDIA_TYPE

router = APIRouter(tags=["system"])


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Counters since the process started, in Prometheus' text form."""
    context = context_of(request)
    gate = context.gate
    gauges = {"ivig_requests_in_flight": gate.inside, "ivig_requests_arriving": gate.arriving}
    counters = {
        "ivig_requests_refused_total": gate.refused,
        "ivig_audit_lost_total": context.recorder.lost,
        "ivig_cases_lost_total": context.cases.lost if context.cases else 0,
    }
    text = context.metrics.text(gauges, counters, context.rules.version, context.tally.since_start())
    return Response(text, media_type=MEDIA_TYPE)
