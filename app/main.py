"""The application: wiring only, and nothing happens at import."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI

from app.routers import assessments, knowledge, rule_sets, system
from app.services.active import ActiveHolder, ensure_active
from app.services.recorder import AuditRecorder
from app.settings import Settings, read_settings
from app.store.audit import AuditWriter
from app.store.database import open_database, upgrade
from app.store.rule_sets import RuleSetStore
from app.web import openapi, pages, problems
from app.web.context import Context
from app.web.parameters import known_parameters_only
from app.web.shield import Shield

# FastAPI's own telemetry would record queries and exception texts.
TELEMETRY = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}
KEY_BYTES = 32


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service: migrated database, verified rule set, audit writer. Raises AppError when it cannot start."""
    settings = settings or read_settings()
    engine = open_database(settings.url)
    upgrade(engine)
    store = RuleSetStore(engine)
    holder = ActiveHolder(ensure_active(store))
    writer = AuditWriter(engine)
    recorder = AuditRecorder(writer, settings.audit)
    context = Context(holder, recorder, store.versions, audit_key(settings.data_dir))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        writer.close()
        engine.dispose()

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
    for router in (assessments.router, knowledge.router, rule_sets.router, system.router):
        app.include_router(router)
    problems.install(app)
    pages.install(app)
    openapi.install(app)
    app.add_middleware(Shield)
    return app


def audit_key(folder: Path) -> bytes:
    """The key of the audit's hashes, made once and kept beside the data, readable by the service only."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "audit.key"
    if not path.exists():
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
