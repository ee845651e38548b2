"""Is the process alive, and may it be sent work?"""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.errors import RuleSetError
from app.services.watch import DRAINING
from app.version import ENGINE_VERSION
from app.web.context import context_of
from app.web.problems import responses

router = APIRouter(tags=["system"])


class Alive(BaseModel):
    status: Literal["alive"] = Field(description="The process answers.")


class Ready(BaseModel):
    """The rule set is loaded, its digest was verified, and its self-test passed."""

    status: Literal["ready"]
    rule_set: str = Field(description="Version of the active rule set.", examples=["1.0.0"])
    digest: str = Field(description="Its verified SHA-256.")
    engine_version: str = Field(examples=["0.1.0"])
    storage: Literal["ok", "degraded"] = Field(
        description="degraded: the database is read-only or audit records are not written; the log says why. "
        "Assessments go on from memory unless the site asked for an audit record with each."
    )


@router.get("/livez", summary="Is the process alive?", operation_id="livez")
async def livez() -> Alive:
    """Answers as long as the process runs; looks at nothing else."""
    return Alive(status="alive")


@router.get("/readyz", summary="Can it answer assessments?", operation_id="readyz", responses=responses(503))
async def readyz(request: Request) -> Ready:
    """200 once a rule set is loaded, its digest verified and its self-test passed; 503 before, and while the server stops."""
    context = context_of(request)
    if DRAINING.started:
        raise RuleSetError("the server is stopping")
    rules = context.rules
    return Ready(
        status="ready",
        rule_set=rules.version,
        digest=rules.digest,
        engine_version=ENGINE_VERSION,
        storage="degraded" if context.troubles() else "ok",
    )
