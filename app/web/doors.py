"""The doors that the settings name, and what keeps them up to date while the application runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from starlette.requests import Request

from app.errors import AppError
from app.services.buckets import Buckets
from app.services.callers import Caller
from app.services.fhir_client import FhirClient
from app.services.issuers import Issuer, read_issuers
from app.services.key_sets import MOST_BYTES, KeySet, KeySetError, follow_key_sets
from app.services.keys import KeyRing, follow_keys
from app.services.ledger import Ledger
from app.services.outbound import Outbound
from app.services.replays import Replays
from app.services.tokens import TokenDoor, Trusted
from app.settings import Settings, SettingsError, check_access
from app.store.api_keys import ApiKeyStore
from app.store.database import Database
from app.store.used_tokens import UsedTokenStore
from app.web.security import Security, caller_of

KEY_TYPES = frozenset({"application/json", "application/jwk-set+json"})
FETCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may call, and what is looked after in the background."""

    security: Security
    ring: KeyRing | None = None
    key_sets: tuple[KeySet, ...] = ()
    outbound: Outbound = field(default_factory=Outbound)
    fhir_client: FhirClient | None = None
    fhir_servers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    silent_for: frozenset[str] = frozenset()

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to follow keys of both kinds; the caller cancels the tasks."""
        following = [follow_keys(self.ring)] if self.ring else []
        following += [follow_key_sets(self.key_sets)] if self.key_sets else []
        return [asyncio.create_task(item) for item in following]

    async def close(self) -> None:
        """Write down what is to be written, and close the connections to the outside."""
        if self.security.ledger:
            await self.security.ledger.settle()
        await self.outbound.close()
        if self.fhir_client:
            await self.fhir_client.close()

    def fhir_servers_of(self, caller: Caller) -> frozenset[str]:
        """The base addresses of the FHIR servers that may be read for this caller."""
        return self.fhir_servers.get(caller.issuer or "", frozenset())

    def is_silent_for(self, caller: Caller) -> bool:
        """Whether this caller's cards are recorded and not shown: by its own name, or by its issuer's."""
        return bool(self.silent_for & {caller.id, f"iss:{caller.issuer}"})


def doors_of(request: Request) -> Doors:
    """The doors of the application that serves this request."""
    return cast("Doors", request.app.state.doors)


def may_complete(request: Request) -> bool:
    """Whether any FHIR server may be read for the caller of this request."""
    opened = doors_of(request)
    return opened.fhir_client is not None and bool(opened.fhir_servers_of(caller_of(request)))


async def completed(
    request: Request,
    prefetch: Mapping[str, Any],
    templates: Mapping[str, str],
    fhir_server: str | None,
    token: str | None,
    tokens: Mapping[str, str],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The prefetch of this caller's request with what its own FHIR server could add, and the keys that came by it.

    The prefetch as it was, and no key, where the client is off or the server is not listed for the caller's issuer.
    ``tokens`` fills the templates: ``{"context.patientId": ...}``.
    """
    opened = doors_of(request)
    if opened.fhir_client is None:
        return dict(prefetch), ()
    allowed = opened.fhir_servers_of(caller_of(request))
    return await opened.fhir_client.complete(prefetch, templates, fhir_server, token, allowed=allowed, tokens=tokens)


def doors(settings: Settings, database: Database, outbound: Outbound | None = None, *, alone: bool = True) -> Doors:
    """The doors of these settings; ``alone``: no other process takes calls for this site.

    Raises SettingsError, StorageError or AppError when they cannot be opened as asked.
    """
    check_access(settings)
    outbound = outbound or Outbound()
    ring = _ring(database) if "api-key" in settings.auth else None
    issuers = read_issuers(settings.issuers) if settings.issuers and "jwt" in settings.auth else ()
    _check_silent(settings, issuers)
    trusted = [Trusted(issuer, _key_set(issuer, outbound)) for issuer in issuers]
    replays = Replays()
    security = Security(
        ring,
        TokenDoor(trusted, replays) if trusted else None,
        settings.public_url or "",
        _ledger(replays, database, alone=alone and database.is_sqlite) if trusted else None,
        good=Buckets(settings.calls_per_second, 2 * settings.calls_per_second),
    )
    return Doors(
        security,
        ring,
        tuple(item.keys for item in trusted),
        outbound,
        FhirClient() if settings.fhir_client == "on" else None,
        {issuer.iss: frozenset(issuer.fhir_servers) for issuer in issuers},
        frozenset(settings.silent_for),
    )


def _check_silent(settings: Settings, issuers: Sequence[Issuer]) -> None:
    """A name that no caller has would show cards where the site believes that none are shown. Raises SettingsError."""
    known = {f"iss:{item.iss}" for item in issuers}
    known |= {f"iss:{item.iss} {tenant}" for item in issuers for tenant in item.tenants}
    if any(name.startswith("iss:") and name not in known for name in settings.silent_for):
        raise SettingsError("IVIG_HOOKS_SILENT_FOR names an issuer or a tenant that IVIG_ISSUERS does not list")


def _ring(database: Database) -> KeyRing:
    ring = KeyRing(ApiKeyStore(database))
    ring.refresh()
    return ring


def _ledger(replays: Replays, database: Database, *, alone: bool) -> Ledger:
    """What keeps a token from being used twice. A PostgreSQL database may serve other hosts: there nobody is alone."""
    ledger = Ledger(replays, UsedTokenStore(database), alone)
    ledger.remember()
    return ledger


def _key_set(issuer: Issuer, outbound: Outbound) -> KeySet:
    """Keys of a file must be good at the start; keys of an address may come later."""
    if issuer.jwks_file is None:
        return KeySet(partial(outbound.get, issuer.jku[0], KEY_TYPES, most=MOST_BYTES, seconds=FETCH_SECONDS))
    keys = KeySet(_reading(issuer.jwks_file))
    try:
        keys.take(issuer.jwks_file.read_bytes())
    except OSError as error:
        raise AppError(f"the key file {issuer.jwks_file} cannot be read: {error.strerror}") from None
    except KeySetError as error:
        raise AppError(f"the key file {issuer.jwks_file} cannot be used: {error.code}") from None
    return keys


def _reading(path: Path) -> Callable[[], Awaitable[bytes]]:
    async def read() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return read
