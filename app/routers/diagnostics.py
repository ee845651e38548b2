"""What each code of a check of the knowledge means."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from app.authoring.diagnostics import PAGES, Page
from app.errors import RefusedError
from app.web.problems import responses

router = APIRouter(tags=["rule sets"])


class DiagnosticShape(BaseModel):
    """One short page."""

    code: str = Field(examples=["missing-case"])
    means: str
    mend: str = Field(description="What to do about it.")

    @classmethod
    def of(cls, page: Page) -> "DiagnosticShape":
        return cls(code=page.code, means=page.means, mend=page.mend)


@router.get("/v1/diagnostics", summary="Diagnostics of the knowledge", operation_id="list_diagnostics")
async def diagnostics() -> list[DiagnosticShape]:
    """Every code that a check of the knowledge can give."""
    return [DiagnosticShape.of(page) for page in PAGES.values()]


@router.get(
    "/v1/diagnostics/{code}", summary="One diagnostic", operation_id="get_diagnostic", responses=responses(404, 422)
)
async def diagnostic(code: Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z0-9-]+$")]) -> DiagnosticShape:
    """What the code means, and what mends it."""
    if code not in PAGES:
        raise RefusedError("not-found", "there is no such code", 404)
    return DiagnosticShape.of(PAGES[code])
