"""Under FHIR paths every problem leaves as an OperationOutcome, wherever in the application it arose."""

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Problem
from app.fhir import outcome
from app.fhir.names import MEDIA_TYPE
from app.web import problems

PREFIX = "/fhir/"


class FhirErrors:
    """Wraps the whole application: a problem document on its way out of a FHIR path is translated."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Translator(send).send)


class _Translator:
    """Holds back the start and the body of a problem until it is whole; anything else passes untouched."""

    def __init__(self, send: Send) -> None:
        self._send = send
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
        body = translated(self._body)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-type"] = MEDIA_TYPE
        headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith(problems.MEDIA_TYPE)


def translated(body: bytes) -> bytes:
    """A problem document as the bytes of an OperationOutcome."""
    document = json.loads(body)
    faults = [Problem(item["pointer"], item["code"], item["detail"]) for item in document["errors"]]
    kind = document["type"].removeprefix(problems.PREFIX)
    return json.dumps(outcome.outcome_of(kind, document["title"], faults)).encode()
