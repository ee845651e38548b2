"""Without credentials the door is this machine: a web page elsewhere must not get in through the browser that runs here."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.settings import is_loopback
from app.web.problems import answer


class LocalOnly:
    """Refuses a Host that is not this machine (DNS rebinding) and an Origin that is neither the Host's nor listed."""

    def __init__(self, app: ASGIApp, origins: Iterable[str] = ()) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._fault(Headers(scope=scope)) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        kind, status = fault
        await answer(kind, status)(scope, receive, send)

    def _fault(self, headers: Headers) -> tuple[str, int] | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not is_loopback(_name(hosts[0])):
            return "wrong-host", 400
        ours = {*self.origins, f"http://{hosts[0]}", f"https://{hosts[0]}"}
        return None if ours.issuperset(origins) and len(origins) <= 1 else ("foreign-origin", 403)


def _name(host: str) -> str:
    """The host without its port; nothing for what is no host."""
    try:
        return urlsplit(f"//{host}").hostname or "" if not set(host) & set("/@?#\\ ") else ""
    except ValueError:
        return ""
