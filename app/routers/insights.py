"""What the service counts of its own answers, over all its processes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from app.errors import RefusedError
from app.services.insight import DayCount, Drift, Firing, Insights, Unread, insights
from app.services.tally import KEPT_DAYS, store, today_utc
from app.web.caller import tenant_of
from app.web.context import Context, context_of
from app.web.hooks import hook_side
from app.web.problems import responses

router = APIRouter(tags=["rule sets"])


class Override(BaseModel):
    """One rule on cards: how often shown, and what became of those cards, as far as anybody reported it."""

    rule: str
    cards: int
    accepted: int
    overridden: int


class InsightsShape(BaseModel):
    """Counts by version and day, and what stands out in them. Unusual is not wrong; nothing is blocked by it."""

    first: date = Field(description="First day (UTC) that is counted.")
    recent_first: date = Field(description="From here on it is compared with the days before.")
    last: date
    active: str = Field(description="The version that answers now.")
    days: list[DayCount] = Field(
        description="Assessments by day and version; with `rule`, how often its condition held."
    )
    firings: list[Firing] = Field(description="Every condition that held at least once, by version.")
    never_fired: list[str] = Field(description="Conditions of the active version that held for nobody in these days.")
    drifts: list[Drift] = Field(
        description="Conditions of the active version gone silent, or holding more or less often than before by more "
        "than four standard errors."
    )
    not_understood: list[Unread] = Field(description="Codes sent that the catalogue does not know, by place.")
    overrides: list[Override] = Field(description="Cards of these days by rule, from CDS Hooks feedback.")


@router.get(
    "/v1/insights",
    summary="Rules that fire, and rules gone silent",
    operation_id="insights",
    responses=responses(404, 422, 503),
)
async def read_insights(
    request: Request,
    caller: Annotated[str, Depends(tenant_of)],
    days: Annotated[int, Query(ge=2, le=KEPT_DAYS, description="How many days, today included.")] = 35,
    recent: Annotated[int, Query(ge=1, le=KEPT_DAYS, description="How many of them are compared with the rest.")] = 7,
    rule: Annotated[str | None, Query(max_length=160, description="Only this rule, day by day.")] = None,
) -> InsightsShape:
    """How often each condition held, by rule-set version and day, over all processes of this service.

    A rule that has gone silent or that jumps may be a fault in the knowledge, in what is sent (a code that is no longer
    understood), or only other patients. Sums only: no patient, no value, no caller. Counts of the last seconds of other
    processes may still be missing; a process that is killed loses at most ten seconds of its counts.
    """
    context = context_of(request)
    last = today_utc()
    found, active = await run_in_threadpool(_found, context, last, days, min(recent, days - 1), rule)
    start = datetime.combine(found.first, time(), UTC)
    totals = await run_in_threadpool(hook_side(request).desk.totals, caller, start)
    overrides = [
        Override(rule=item.rule, cards=item.cards, accepted=item.accepted, overridden=item.overridden)
        for item in totals
        if rule is None or item.rule.partition("/")[0] == rule
    ]
    return InsightsShape(
        first=found.first,
        recent_first=found.recent_first,
        last=found.last,
        active=active,
        days=list(found.days),
        firings=list(found.firings),
        never_fired=[key for key in found.never if rule is None or key.partition("/")[0] == rule],
        drifts=[item for item in found.drifts if rule is None or item.rule.partition("/")[0] == rule],
        not_understood=list(found.unread),
        overrides=overrides,
    )


def _found(context: Context, last: date, days: int, recent: int, rule: str | None) -> tuple[Insights, str]:
    counts, active = context.counts, context.rules
    if counts is None:
        raise RefusedError("not-found", "no database is used here", 404)
    store(context.tally, counts)
    first = last - timedelta(days=days - 1)
    return insights(counts.since(first), active, counts.rules_of, last, days, recent, rule), active.version
