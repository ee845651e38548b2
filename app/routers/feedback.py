"""What became of cards, by rule."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from app.store.feedback import RuleTotals
from app.web.caller import tenant_of
from app.web.hooks import hook_side
from app.web.problems import responses

router = APIRouter(tags=["cds hooks"])
Since = Annotated[date | None, Query(description="Only cards issued from this day on (UTC).", examples=["2026-11-01"])]


class RuleFeedback(BaseModel):
    """One rule. A card that nobody reacted to is reported by no client, so the three numbers need not add up."""

    rule: str = Field(description="Rule id; a row of a status table is written table/row.", examples=["baseline-iga"])
    cards: int = Field(description="Cards shown on which the rule spoke.")
    accepted: int = Field(description="Of these, cards of which a suggestion was taken.")
    overridden: int = Field(description="Of these, cards that were dismissed.")
    override_percent: float | None = Field(description="Overridden, of those reported; null while none was reported.")
    reasons: dict[str, int] = Field(
        description="Overrides by code; `none-given` without one, `other` for a code that the cards do not offer."
    )


class FeedbackSummary(BaseModel):
    """The override report. The last outcome reported for a card counts."""

    since: date | None
    rules: list[RuleFeedback]


@router.get(
    "/v1/feedback/summary",
    summary="Override report by rule",
    operation_id="feedback_summary",
    responses=responses(422, 503),
)
async def summary(request: Request, caller: Annotated[str, Depends(tenant_of)], since: Since = None) -> FeedbackSummary:
    """For each rule that spoke on a card: how often it was shown, accepted and overridden, and why. No patient data."""
    start = datetime.combine(since, time(), UTC) if since else None
    found = await run_in_threadpool(hook_side(request).desk.totals, caller, start)
    return FeedbackSummary(since=since, rules=[_rule(item) for item in found])


def _rule(totals: RuleTotals) -> RuleFeedback:
    reported = totals.accepted + totals.overridden
    percent = round(100 * totals.overridden / reported, 1) if reported else None
    return RuleFeedback(
        rule=totals.rule,
        cards=totals.cards,
        accepted=totals.accepted,
        overridden=totals.overridden,
        override_percent=percent,
        reasons=dict(totals.reasons),
    )
