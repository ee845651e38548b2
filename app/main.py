"""The application: wiring only, and nothing happens at import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from app.routers import (
    assessments,
    calculators,
    diagnostics,
    dose_calculators,
    feedback,
    fhir,
    hooks,
    infusion_plans,
    insights,
    knowledge,
    metrics,
    products,
    replay,
    rule_set_drafts,
    rule_set_versions,
    rule_sets,
    system,
    transparency,
    what_if,
)
from app.services.active import ActiveHolder, ensure_active, follow, refresh
from app.services.cases import CaseLog
from app.services.hooks import HookDesk
from app.services.life import Lifecycle
from app.services.recorder import KEY, AuditRecorder, chain_of, event_trail
from app.services.tally import keep_storing, store_the_last
from app.services.versions import Versions
from app.services.watch import frozen, keep_looking, keep_testing, troubles
from app.settings import Settings, read_settings
from app.store.bundle_keys import BundleKeys
from app.store.cases import CaseStore
from app.store.counts import CountStore
from app.store.database import Database
from app.store.drafts import DraftStore
from app.store.feedback import FeedbackStore
from app.store.folder import audit_key
from app.store.preflight import check_pages, check_place
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from app.web import openapi, pages, problems
from app.web.context import Context
from app.web.doors import doors
from app.web.gate import Gate, Guard
from app.web.hooks import HookSide
from app.web.local import LocalOnly
from app.web.observe import Observe
from app.web.outcomes import Outcomes
from app.web.parameters import known_parameters_only
from app.web.security import only_allowed
from app.web.shield import Shield

# FastAPI's own telemetry would record queries and exception texts.
TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_worker() -> FastAPI:
    """The service as one of several processes. Raises as ``create_app``."""
    return create_app(alone=False)


def create_app(settings: Settings | None = None, *, alone: bool = True) -> FastAPI:
    """The service: migrated database, verified rule set, audit writer. ``alone``: no other process serves this site.

    Raises AppError or SettingsError when it cannot start.
    """
    settings = settings or read_settings()
    database = Database(settings.url)
    check_place(database, settings.data_dir / KEY)
    check_pages(database)
    upgrade(database)
    opened = doors(settings, database, alone=alone)
    key = audit_key(settings.data_dir / KEY)
    store = RuleSetStore(database, event_trail(settings.data_dir, key, settings.audit))
    holder = ActiveHolder(ensure_active(store))
    recorder = AuditRecorder(database, settings.audit, chain_of(settings.data_dir, key))
    life = Lifecycle(store, DraftStore(database), BundleKeys(settings.data_dir), settings.two_persons)
    counts = CountStore(database)
    cases = CaseLog(CaseStore(database), settings.case_log == "on", settings.case_log_days)
    context = Context(
        holder,
        recorder,
        store.versions,
        key,
        gate=Gate(settings.max_in_flight),
        troubles=lambda: troubles(database, recorder, cases),
        versions=Versions(store),
        life=life if settings.rule_admin else None,
        stores=store,
        counts=counts,
        take_up=lambda: refresh(holder, store),
        cases=cases,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        following = asyncio.create_task(follow(holder, store, stop=stop))
        watching = [
            asyncio.create_task(keep_testing(holder)),
            asyncio.create_task(keep_looking(database, recorder, cases=cases)),
            asyncio.create_task(keep_storing(context.tally, counts)),
            asyncio.create_task(cases.keep_forgetting()),
            *opened.start(),
        ]
        with frozen():
            yield
        for task in watching:
            task.cancel()
        # A cancelled task would leave its thread behind with an open connection.
        stop.set()
        try:
            await following
            await app.state.hooks.desk.settle()
            await cases.settle()
            await asyncio.to_thread(store_the_last, context.tally, counts)
            await opened.close()
            # Whatever a cancelled task left running in a thread gives its connection back first.
            await asyncio.get_running_loop().shutdown_default_executor()
        finally:
            recorder.close()
            database.close()

    app = FastAPI(
        title="ivig-cds",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.docs == "on" else None,
        dependencies=[Depends(only_allowed), Depends(known_parameters_only)],
        telemetry=TELEMETRY,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.context = context
    app.state.security = opened.security
    app.state.doors = opened
    app.state.hooks = _hook_side(settings, database)
    for module in (
        assessments,
        calculators,
        dose_calculators,
        feedback,
        hooks,
        infusion_plans,
        knowledge,
        products,
        rule_sets,
        system,
        transparency,
        fhir,
        rule_set_drafts,
        rule_set_versions,
        replay,
        diagnostics,
        what_if,
        insights,
    ):
        app.include_router(module.router)
    problems.install(app)
    if settings.docs == "on":
        pages.install(app)
    openapi.install(app)
    _wrap(app, settings, context)
    return app


def _wrap(app: FastAPI, settings: Settings, context: Context) -> None:
    """What stands around the routes, the innermost first."""
    if not app.state.security.asks:
        app.add_middleware(LocalOnly, origins=settings.origins)
    if settings.metrics:
        app.include_router(metrics.router)
    app.add_middleware(Guard, gate=context.gate)
    app.add_middleware(Observe, metrics=context.metrics)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    app.add_middleware(Shield)
    app.add_middleware(Outcomes)


def _hook_side(settings: Settings, database: Database) -> HookSide:
    """What CDS Hooks needs beside the rule set."""
    desk = HookDesk(FeedbackStore(database), settings.audit, keep_comments=settings.feedback_comments == "on")
    return HookSide(desk, settings.hooks_silent == "on", settings.hooks_jurisdiction, settings.public_url)
