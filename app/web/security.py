"""Who may call: credentials, scopes and rates, checked before a route reads anything."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from starlette.requests import Request

from app.errors import AccessError, ScopeError, TooManyError
from app.services.buckets import Buckets
from app.services.callers import OPEN_CALLER, Caller
from app.services.keys import PREFIX
from app.services.ledger import Ledger
from app.web.access import scopes_for

log = logging.getLogger("ivig_cds.access")
SCHEME = "bearer "
LONGEST = 8192
"""Characters of the longest credential that is looked at; a token of an EHR has about a thousand."""
BAD_PER_MINUTE = 20


class Keys(Protocol):
    """Knows API keys."""

    def caller(self, text: str) -> Caller: ...


class Tokens(Protocol):
    """Knows tokens of EHRs."""

    def caller(self, text: str, audiences: frozenset[str]) -> Caller: ...


@dataclass(frozen=True, slots=True)
class Security:
    """The doors that are configured. With neither keys nor tokens, anyone may call: only on loopback."""

    keys: Keys | None = None
    tokens: Tokens | None = None
    public_url: str = ""
    ledger: Ledger | None = None
    bad: Buckets = field(default_factory=lambda: Buckets(BAD_PER_MINUTE / 60, BAD_PER_MINUTE))
    good: Buckets = field(default_factory=lambda: Buckets(50, 100))

    @property
    def asks(self) -> bool:
        """Whether a credential is asked for."""
        return self.keys is not None or self.tokens is not None

    def caller(self, headers: Sequence[str], query: str, audiences: Callable[[], frozenset[str]]) -> Caller:
        """Who calls. Raises AccessError, KeysUnavailableError."""
        if PREFIX in query:
            raise AccessError("key_in_query")
        if len(headers) != 1:
            raise AccessError("two_credentials" if headers else "none")
        header = headers[0]
        if not header.lower().startswith(SCHEME) or len(header) > LONGEST:
            raise AccessError("scheme_or_length")
        text = header[len(SCHEME) :].strip()
        if text.startswith(PREFIX):
            if self.keys is None:
                raise AccessError("keys_not_taken")
            return self.keys.caller(text)
        if self.tokens is None:
            raise AccessError("tokens_not_taken")
        return self.tokens.caller(text, audiences())


def security_of(request: Request) -> Security:
    """The doors of the application that serves this request."""
    return cast("Security", request.app.state.security)


def caller_of(request: Request) -> Caller:
    """Who calls; known once the application's own dependency ran, which is before any route."""
    return cast("Caller", request.state.caller)


async def only_allowed(request: Request) -> None:
    """The application's dependency: credential, rate and scope of every route; deny by default.

    Raises AccessError (401), ScopeError (403), TooManyError (429), KeysUnavailableError (503), and StorageError (503)
    where other processes may have taken the token and the database cannot tell.
    """
    needed = scopes_for(request.method, getattr(request.scope.get("route"), "path", ""))
    if needed is None:
        raise ScopeError("the route has no scope")
    security = security_of(request)
    if not needed or not security.asks:
        request.state.caller = OPEN_CALLER
        return
    caller = await _verified(request, security)
    if wait := security.good.take(caller.id):
        raise TooManyError(wait)
    if not needed & caller.scopes:
        raise ScopeError("the credential lacks the scope")
    request.state.caller = caller


async def _verified(request: Request, security: Security) -> Caller:
    headers = request.headers.getlist("authorization")
    try:
        caller = security.caller(headers, request.url.query, lambda: _audiences(request, security.public_url))
        if caller.used and security.ledger:
            await security.ledger.take(caller.used)
    except AccessError as error:
        log.info("refused: %s", error.code)
        # A good credential is never held up by bad ones of the same address, which may be a proxy's.
        if wait := security.bad.take(request.client.host if request.client else ""):
            raise TooManyError(wait) from None
        raise
    return caller


FEEDBACK = "/feedback"


def _audiences(request: Request, public_url: str) -> frozenset[str]:
    """The address that is called, as configured and never as the Host header says; of a service also for its feedback."""
    path = request.scope["path"]
    called = {path, path.removesuffix(FEEDBACK)} if path.startswith("/cds-services/") else {path}
    return frozenset(public_url + item for item in called)
