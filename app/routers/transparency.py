"""What this intervention is, for those who decide whether to use it."""

from fastapi import APIRouter, Request

from app.clinical.transparency import Transparency, transparency
from app.web.context import context_of
from app.web.problems import responses

router = APIRouter(tags=["transparency"])


@router.get(
    "/v1/transparency",
    summary="Source attributes, intended use and known limits",
    operation_id="transparency",
    responses=responses(503),
)
async def describe(request: Request) -> Transparency:
    """The 13 source attributes of an evidence-based decision support intervention; intended use and users; known limits.

    Release and review dates, issuers, sources, counts of statements, indications and places are generated from the rule set
    that answers. The regulatory frame is information for developers.
    """
    return transparency(context_of(request).rules)
