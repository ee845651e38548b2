"""How much is let in at once: header and address limits, requests in flight, and one turn after the other.

An assessment is a millisecond or two of pure computing, so what piles up under load is not connections but requests that
wait for their turn. The gate counts those. It refuses the excess at once, and lets the server look at its sockets between
two turns, so that refusing stays quick while there is work. A request that is still being sent costs nothing but memory:
it is counted apart and more generously, so that slow clients do not take the places of honest ones.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import OverloadedError
from app.web.problems import answer

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768
MAX_ADDRESS_BYTES = 8_192
EXEMPT = frozenset({"/livez", "/readyz", "/metrics"})
STREAMED = b"application/x-ndjson"
ARRIVING = 16
"""Requests whose body is still arriving, for each one in flight."""
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
STREAMS = 4
"""In flight, one in so many may be a streamed batch."""
RETRY_AFTER = {"Retry-After": "1"}


class Gate:
    """Counts what is in flight. Everything here runs on the one event loop."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.inside = 0
        self.arriving = 0
        self.streams = 0
        self.refused = 0
        self._next = asyncio.Lock()

    async def enter(self) -> None:
        """Take a place, then wait for a turn. Raises OverloadedError at once when there is none; ``leave`` gives it back."""
        if self.inside >= self.limit:
            self.refused += 1
            raise OverloadedError("overloaded")
        self.inside += 1
        await self.turn()

    def leave(self) -> None:
        """Give the place back."""
        self.inside -= 1

    async def turn(self) -> None:
        """Let the server look at its sockets, and everyone who came before go first."""
        # Even the only one waits a moment: those that arrived with it are counted in that moment.
        await asyncio.sleep(0)
        if self.inside > 1:
            async with self._next:
                await asyncio.sleep(0)


class Guard:
    """Refuses what is too much before the application sees it."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif refusal := _oversized(scope):
            await answer(*refusal, headers={"Connection": "close"})(scope, receive, send)
        elif scope["path"] in EXEMPT:
            await self.app(scope, receive, send)
        else:
            try:
                await self._admit(scope, receive, send)
            except OverloadedError:
                await answer("overloaded", 503, headers={**RETRY_AFTER, "Connection": "close"})(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = _body(scope)
        if kind == "stream":
            await self._stream(scope, receive, send)
        elif kind == "none":
            await self._alone(scope, receive, send)
        else:
            await self._whole(scope, receive, send)

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A place is taken once the body is there."""
        gate = self.gate
        if gate.arriving >= gate.limit * ARRIVING:
            gate.refused += 1
            raise OverloadedError("overloaded")
        gate.arriving += 1
        entered = False

        async def arrived() -> Message:
            nonlocal entered
            message = await receive()
            if not entered and not message.get("more_body", False) and message["type"] == "http.request":
                await gate.enter()
                entered = True
            return message

        try:
            await self.app(scope, arrived, send)
        finally:
            gate.arriving -= 1
            if entered:
                gate.leave()

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A batch holds its place from its first line to its last."""
        gate = self.gate
        if gate.streams >= max(1, gate.limit // STREAMS):
            gate.refused += 1
            raise OverloadedError("overloaded")
        gate.streams += 1
        try:
            await self._alone(scope, receive, send)
        finally:
            gate.streams -= 1

    async def _alone(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.gate.enter()
        try:
            await self.app(scope, receive, send)
        finally:
            self.gate.leave()


def _oversized(scope: Scope) -> tuple[str, int] | None:
    """The problem and the status of a request head above the limits."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
        return "address-too-long", 414
    headers = scope["headers"]
    if len(headers) > MAX_HEADERS or sum(len(name) + len(value) for name, value in headers) > MAX_HEADER_BYTES:
        return "headers-too-large", 431
    return None


def _body(scope: Scope) -> str:
    """``none``, ``whole`` (read before it is answered) or ``stream`` (answered while it is read)."""
    if scope["method"] in WITHOUT_BODY:
        return "none"
    headers = dict(scope["headers"])
    if headers.get(b"content-type", b"").lower().startswith(STREAMED):
        return "stream"
    return "whole"
