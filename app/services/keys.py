"""API keys: made once, kept as hashes, checked in memory."""

import asyncio
import hashlib
import hmac
import logging
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.errors import AccessError, AppError, StorageError
from app.services.callers import SCOPES, Caller
from app.store.api_keys import ApiKeyStore, StoredKey

PREFIX = "ivk_"
ID_LENGTH = 12
ID_ALPHABET = "0123456789abcdefghijkmnpqrstuvwxyz"
SECRET_BYTES = 32
_SHAPE = re.compile(r"ivk_([0-9a-z]{12})_([A-Za-z0-9_-]{43})([0-9a-f]{8})", re.ASCII)
NO_HASH = hashlib.sha256(b"no such key").hexdigest()
EVERY_SECONDS = 1.0
DAYS = 365
MOST_DAYS = 730
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """Now."""
    return datetime.now(UTC)


class KeySource(Protocol):
    """Where the keys are kept."""

    def all(self) -> Iterable[StoredKey]: ...


def issue(
    store: ApiKeyStore, name: str, scopes: Iterable[str], *, by: str, days: int = DAYS, clock: Clock = now_utc
) -> tuple[str, StoredKey]:
    """Make a key; the text returned is shown once and kept nowhere. Raises AppError for a name, scope or term that cannot be."""
    chosen = frozenset(scopes)
    if unknown := chosen - SCOPES.keys():
        raise AppError(f"there is no scope {', '.join(sorted(unknown))}; there are {', '.join(SCOPES)}")
    if not chosen or not 1 <= days <= MOST_DAYS or not 1 <= len(name) <= 120 or not name.isprintable():  # noqa: PLR2004 - width of the column
        raise AppError(f"a key needs a printable name of at most 120 characters, a scope and 1 to {MOST_DAYS} days")
    made = clock()
    id_ = "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = StoredKey(id_, name, hashed(secret), chosen, made, by, made + timedelta(days=days))
    store.add(key)
    return written(id_, secret), key


def written(id_: str, secret: str) -> str:
    """The key as its owner keeps it: prefix, id, secret, and a checksum by which scanners and typists know it."""
    start = f"{PREFIX}{id_}_{secret}"
    return f"{start}{zlib.crc32(start.encode()):08x}"


def hashed(secret: str) -> str:
    """SHA-256: a secret of 256 random bits needs no slow hash, and a slow one would be a gift to attackers."""
    return hashlib.sha256(secret.encode()).hexdigest()


def revoke(store: ApiKeyStore, id_: str, *, clock: Clock = now_utc) -> None:
    """Revoke a key for good. Raises AppError if there is none that holds."""
    if not store.revoke(id_, clock()):
        raise AppError("there is no key of this id that is not revoked already")


class KeyRing:
    """The keys in memory: no request waits for the database. Revocations arrive with the next look, each second."""

    def __init__(self, source: KeySource, *, clock: Clock = now_utc) -> None:
        self._source = source
        self._clock = clock
        self._keys: Mapping[str, StoredKey] = {}

    def refresh(self) -> None:
        """Look again. Raises StorageError, and the keys known so far keep holding until they expire."""
        self._keys = {key.id: key for key in self._source.all()}

    def caller(self, text: str) -> Caller:
        """Whose key this is. Raises AccessError; an unknown id costs as much time as a wrong secret."""
        shape = _SHAPE.fullmatch(text)
        if shape is None or written(shape[1], shape[2]) != text:
            raise AccessError("key_malformed")
        key = self._keys.get(shape[1])
        right = hmac.compare_digest(hashed(shape[2]), key.secret_hash if key else NO_HASH)
        if key is None or not right:
            raise AccessError("key_wrong")
        if key.revoked_at is not None:
            raise AccessError("key_revoked")
        if self._clock() >= key.expires_at:
            raise AccessError("key_expired")
        return Caller("api-key", f"key:{key.id}", key.scopes)


async def follow_keys(ring: KeyRing, every: float = EVERY_SECONDS) -> None:
    """Take up issued and revoked keys until cancelled."""
    failing = False
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(ring.refresh)
            failing = False
        except StorageError:
            if not failing:  # said once, not each second
                log.warning("the API keys cannot be read again: those known so far keep holding")
            failing = True
