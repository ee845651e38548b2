"""Which versions of the knowledge exist, and which one answers."""

from datetime import date, datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from app.version import ENGINE_VERSION
from app.web.context import context_of
from app.web.problems import responses

router = APIRouter(tags=["rule sets"])


class RuleSetShape(BaseModel):
    """A published, immutable version."""

    version: str = Field(examples=["1.0.0"])
    digest: str = Field(description="SHA-256 of its canonical form.")
    published_at: datetime
    published_by: str
    active: bool


class ActiveRuleSet(BaseModel):
    """The version that answers now."""

    version: str
    digest: str
    review_by: date = Field(description="Earliest date by which one of its rules is due for review.")
    engine_version: str
    rules: int
    statements: int


@router.get("/v1/rule-sets", summary="Published rule sets", operation_id="list_rule_sets", responses=responses(503))
def rule_sets(request: Request) -> list[RuleSetShape]:
    """Every published version, newest first."""
    context = context_of(request)
    return [
        RuleSetShape(
            version=item.version,
            digest=item.digest,
            published_at=item.published_at,
            published_by=item.published_by,
            active=item.version == context.rules.version,
        )
        for item in context.published()
    ]


@router.get(
    "/v1/rule-sets/active", summary="The active rule set", operation_id="active_rule_set", responses=responses(503)
)
async def active(request: Request, response: Response) -> ActiveRuleSet:
    """Version and digest of the rule set that answers now; every assessment names them too. The ETag is its digest."""
    rules = context_of(request).rules
    response.headers["ETag"] = f'"{rules.digest}"'
    return ActiveRuleSet(
        version=rules.version,
        digest=rules.digest,
        review_by=rules.review_by,
        engine_version=ENGINE_VERSION,
        rules=len(rules.knowledge.rules),
        statements=len(rules.knowledge.statements),
    )
