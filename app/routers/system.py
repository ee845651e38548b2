"""Is the process alive, and may it be sent work?"""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.version import ENGINE_VERSION
from app.web.context import context_of
from app.web.problems import responses

router = APIRouter(tags=["system"])


class Alive(BaseModel):
    status: Literal["alive"] = Field(description="The process answers.")


class Ready(BaseModel):
    """The rule set is loaded and its digest was verified."""

    status: Literal["ready"]
    rule_set: str = Field(description="Version of the active rule set.", examples=["1.0.0"])
    digest: str = Field(description="Its verified SHA-256.")
    engine_version: str = Field(examples=["0.1.0"])


@router.get("/livez", summary="Is the process alive?", operation_id="livez")
async def livez() -> Alive:
    """Answers as long as the process runs; looks at nothing else."""
    return Alive(status="alive")


@router.get("/readyz", summary="Can it answer assessments?", operation_id="readyz", responses=responses(503))
async def readyz(request: Request) -> Ready:
    """200 once a rule set is loaded and its digest verified; 503 before."""
    rules = context_of(request).rules
    return Ready(status="ready", rule_set=rules.version, digest=rules.digest, engine_version=ENGINE_VERSION)
