"""The doors that the settings name, and what keeps them up to date while the application runs."""

import asyncio
from dataclasses import dataclass

from app.services.buckets import Buckets
from app.services.keys import KeyRing, follow_keys
from app.settings import Settings, check_access
from app.store.api_keys import ApiKeyStore
from app.store.database import Database
from app.web.security import Security


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may call, and the key ring that is looked after in the background."""

    security: Security
    ring: KeyRing | None = None

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to follow issued and revoked keys; the caller cancels the tasks."""
        return [asyncio.create_task(follow_keys(self.ring))] if self.ring else []


def doors(settings: Settings, database: Database) -> Doors:
    """The doors of these settings. Raises SettingsError, StorageError when they cannot be opened as asked."""
    check_access(settings)
    ring = None
    if "api-key" in settings.auth:
        ring = KeyRing(ApiKeyStore(database))
        ring.refresh()
    good = Buckets(settings.calls_per_second, 2 * settings.calls_per_second)
    return Doors(Security(ring, None, settings.public_url or "", good=good), ring)
