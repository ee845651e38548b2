"""One log line and one count for each answer: the route's template, never the path that was asked for."""

import logging
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.gate import EXEMPT
from app.web.metrics import Metrics

log = logging.getLogger("ivig_cds.request")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
NOTES = "ivig_notes"


def note(request: Request, **counts: int | str) -> None:
    """Add counts of findings, or a rule set's version, to the log line of this request."""
    request.scope.setdefault(NOTES, {}).update(counts)


class Observe:
    """Wraps what answers; sits inside the shield, which names the request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        start = perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._done(scope, status, perf_counter() - start)

    def _done(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = template(scope), scope["method"] if scope["method"] in METHODS else "other"
        self.metrics.request(route, method, status, seconds)
        level = logging.DEBUG if route in EXEMPT else logging.INFO
        if log.isEnabledFor(level):
            fields: dict[str, Any] = {"request_id": scope.get("request_id"), "method": method, "route": route}
            fields |= {"status": status, "duration_ms": round(seconds * 1000, 2), **scope.get(NOTES, {})}
            log.log(level, "request", extra={"fields": fields})


def template(scope: Scope) -> str:
    """The path of the route as it was declared; what matches none has one common name."""
    route = scope.get("route")
    if isinstance(route, Mount):
        return route.path
    return str(getattr(route, "path", "unmatched"))
