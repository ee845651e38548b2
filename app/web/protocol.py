"""The server's HTTP protocol with what uvicorn leaves out: deadlines for the request head and for reading the answer."""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.gate import MAX_ADDRESS_BYTES, MAX_HEADER_BYTES
from app.web.problems import MEDIA_TYPE, document
from app.web.shield import API_POLICY, HEADERS

HEAD_SECONDS = 10
READ_SECONDS = 10
MAX_HEAD_BYTES = MAX_HEADER_BYTES + MAX_ADDRESS_BYTES
REASONS = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


class GuardedProtocol(HttpToolsProtocol):
    """Drops clients that send their request head, or read their answer, too slowly; answers bad HTTP as a problem."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = False
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self._stop_write_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(431, "headers-too-large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._head_timer is None:
            self._start_head_timer()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_head_timer()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_write_timer()
        self._write_timer = self.loop.call_later(READ_SECONDS, self._answer_is_not_read)

    def resume_writing(self) -> None:
        self._stop_write_timer()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words; ours are a problem document
        self._refuse(400, "malformed-request")

    def _start_head_timer(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._in_head:
            self._refuse(408, "timeout")
        elif not self.transport.is_closing():
            self.transport.close()

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _answer_is_not_read(self) -> None:
        self._write_timer = None
        self.cycle.disconnected = True
        self.transport.abort()

    def _refuse(self, status: int, kind: str) -> None:
        """Answer by hand and close: there is no request that the application could answer."""
        self._in_head = False
        self._stop_head_timer()
        if self.transport.is_closing():
            return
        body = json.dumps(document(kind, status)).encode()
        headers = {
            **HEADERS,
            "Content-Security-Policy": API_POLICY,
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 {status} {REASONS[status]}\r\n{head}\r\n".encode() + body)
        self.transport.close()
