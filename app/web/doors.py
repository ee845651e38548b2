"""The doors that the settings name, and what keeps them up to date while the application runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
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
from app.services.outbound import Outbound
from app.services.tokens import TokenDoor, Trusted
from app.settings import Settings, check_access
from app.store.api_keys import ApiKeyStore
from app.store.database import Database
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

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to follow keys of both kinds; the caller cancels the tasks."""
        following = [follow_keys(self.ring)] if self.ring else []
        following += [follow_key_sets(self.key_sets)] if self.key_sets else []
        return [asyncio.create_task(item) for item in following]

    async def close(self) -> None:
        """Close the connections to the outside."""
        await self.outbound.close()
        if self.fhir_client:
            await self.fhir_client.close()

    def fhir_servers_of(self, caller: Caller) -> frozenset[str]:
        """The base addresses of the FHIR servers that may be read for this caller."""
        return self.fhir_servers.get(caller.issuer or "", frozenset())


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


def doors(settings: Settings, database: Database, outbound: Outbound | None = None) -> Doors:
    """The doors of these settings. Raises SettingsError, StorageError or AppError when they cannot be opened as asked."""
    check_access(settings)
    outbound = outbound or Outbound()
    ring = _ring(database) if "api-key" in settings.auth else None
    issuers = read_issuers(settings.issuers) if settings.issuers and "jwt" in settings.auth else ()
    trusted = [Trusted(issuer, _key_set(issuer, outbound)) for issuer in issuers]
    security = Security(
        ring,
        TokenDoor(trusted) if trusted else None,
        settings.public_url or "",
        good=Buckets(settings.calls_per_second, 2 * settings.calls_per_second),
    )
    return Doors(
        security,
        ring,
        tuple(item.keys for item in trusted),
        outbound,
        FhirClient() if settings.fhir_client == "on" else None,
        {issuer.iss: frozenset(issuer.fhir_servers) for issuer in issuers},
    )


def _ring(database: Database) -> KeyRing:
    ring = KeyRing(ApiKeyStore(database))
    ring.refresh()
    return ring


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
