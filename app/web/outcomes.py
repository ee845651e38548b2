"""Under FHIR and CDS Hooks paths every problem leaves as an OperationOutcome, wherever in the application it arose."""

import json
from collections.abc import Callable
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Problem
from app.fhir import outcome
from app.fhir.names import MEDIA_TYPE as FHIR_JSON
from app.hooks.outcome import outcome_of
from app.web.problems import MEDIA_TYPE, PREFIX


def _fhir(body: bytes) -> bytes:
    document = json.loads(body)
    faults = [Problem(item["pointer"], item["code"], item["detail"]) for item in document["errors"]]
    kind = document["type"].removeprefix(PREFIX)
    return json.dumps(outcome.outcome_of(kind, document["title"], faults)).encode()


def _hooks(body: bytes) -> bytes:
    return json.dumps(outcome_of(json.loads(body)), separators=(",", ":")).encode()


class Dialect(NamedTuple):
    """The media type of a family of paths, and a problem document in its words."""

    media_type: str
    translate: Callable[[bytes], bytes]


DIALECTS = {"/fhir/": Dialect(FHIR_JSON, _fhir), "/cds-services": Dialect("application/json", _hooks)}


class Outcomes:
    """Wraps the whole application: a problem document on its way out of such a path is translated."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        dialect = next((found for prefix, found in DIALECTS.items() if path.startswith(prefix)), None)
        await self.app(scope, receive, _Translator(send, dialect).send if dialect else send)


class _Translator:
    """Holds back the start and the body of a problem until it is whole; anything else passes untouched."""

    def __init__(self, send: Send, dialect: Dialect) -> None:
        self._send = send
        self._dialect = dialect
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._translated(self._start)

    async def _translated(self, start: Message) -> None:
        body = self._dialect.translate(self._body)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-type"] = self._dialect.media_type
        headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)
