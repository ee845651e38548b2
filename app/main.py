"""The application: wiring only, and nothing happens at import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig

from app.routers import (
    assessments,
    calculators,
    dose_calculators,
    infusion_plans,
    knowledge,
    products,
    rule_sets,
    system,
    transparency,
    what_if,
)
from app.services.active import ActiveHolder, ensure_active, follow
from app.services.recorder import AuditRecorder
from app.settings import Settings, read_settings
from app.store.database import Database
from app.store.folder import audit_key
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from app.web import openapi, pages, problems
from app.web.context import Context
from app.web.parameters import known_parameters_only
from app.web.shield import Shield

# FastAPI's own telemetry would record queries and exception texts.
TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service: migrated database, verified rule set, audit writer. Raises AppError or SettingsError when it cannot start."""
    settings = settings or read_settings()
    database = Database(settings.url)
    upgrade(database)
    store = RuleSetStore(database)
    holder = ActiveHolder(ensure_active(store))
    recorder = AuditRecorder(database, settings.audit)
    context = Context(holder, recorder, store.versions, audit_key(settings.data_dir / "audit.key"))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(follow(holder, store))
        yield
        following.cancel()
        recorder.close()
        database.close()

    app = FastAPI(
        title="ivig-cds",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(known_parameters_only)],
        telemetry=TELEMETRY,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.context = context
    for module in (
        assessments,
        calculators,
        dose_calculators,
        infusion_plans,
        knowledge,
        products,
        rule_sets,
        system,
        transparency,
        what_if,
    ):
        app.include_router(module.router)
    problems.install(app)
    pages.install(app)
    openapi.install(app)
    app.add_middleware(Shield)
    return app
