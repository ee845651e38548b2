"""The application: wiring only, and nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from app.routers import assessments, knowledge, rule_sets, system
from app.web import openapi, pages, problems
from app.web.context import Context
from app.web.parameters import known_parameters_only
from app.web.shield import Shield

TELEMETRY = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}


def build_app(context: Context) -> FastAPI:
    """The API around a ready context. Closing the recorder is the caller's business."""
    app = FastAPI(
        title="ivig-cds",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(known_parameters_only)],
        telemetry=TELEMETRY,
        redirect_slashes=False,
    )
    app.state.context = context
    for router in (assessments.router, knowledge.router, rule_sets.router, system.router):
        app.include_router(router)
    problems.install(app)
    pages.install(app)
    openapi.install(app)
    app.add_middleware(Shield)
    return app


_ = (AsyncIterator, asynccontextmanager)
