"""The outermost layer: request id, headers on every answer, and no exception leaves with its text."""

import asyncio
import logging
from types import TracebackType
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import answer

log = logging.getLogger("ivig_cds")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
CLOSED = "the handler is closed"
"""What uvloop says of a write to a client that has just gone."""
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class Shield:
    """Wraps the application. What fails inside becomes a problem; the log gets the type and the place, no message."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = str(uuid4())
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", API_POLICY)
                headers["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except RuntimeError as error:
            if CLOSED not in str(error):
                await self._failed(error, scope, receive, send_with_headers, started=started)
            await asyncio.sleep(0.01)  # lets the server notice that the client has gone
        except Exception as error:  # noqa: BLE001 - the last line: anything that gets here must not reach the server's log
            await self._failed(error, scope, receive, send_with_headers, started=started)

    async def _failed(self, error: Exception, scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
        where = {"error": type(error).__name__, "place": place(error.__traceback__), "request_id": scope["request_id"]}
        log.error("unhandled %s at %s in request %s", *where.values(), extra={"fields": where})
        if not started:
            await answer("internal", 500)(scope, receive, send)


def place(trace: TracebackType | None) -> str:
    """File and line of the innermost frame: a message or a source line could hold a patient's value."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
