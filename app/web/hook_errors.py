"""Under /cds-services every problem leaves as an OperationOutcome, wherever in the application it arose."""

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.hooks.outcome import outcome_of
from app.web.problems import MEDIA_TYPE

PREFIX = "/cds-services"
JSON = "application/json"


class HookErrors:
    """Wraps the whole application: a problem document on its way out is translated."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        started: Message | None = None
        body = b""

        async def translate(message: Message) -> None:
            nonlocal started, body
            if message["type"] == "http.response.start" and _is_problem(message):
                started = message
            elif started is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _send_outcome(started, body, send)

        await self.app(scope, receive, translate)


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)


async def _send_outcome(start: Message, body: bytes, send: Send) -> None:
    content = json.dumps(outcome_of(json.loads(body)), separators=(",", ":")).encode()
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-type"] = JSON
    headers["content-length"] = str(len(content))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": content, "more_body": False})
