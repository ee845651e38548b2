"""The public keys of an issuer: read strictly, kept for a day, fetched again in the background only."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from app.errors import AccessError, InputError, KeysUnavailableError
from app.services.outbound import FetchError
from app.services.strict_json import check_json

MOST_BYTES = 262_144
MOST_KEYS = 100
LONGEST_KID = 200
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
FRESH_SECONDS = 3600
OLDEST_SECONDS = 24 * 3600
RETRY_SECONDS = 30
EVERY_SECONDS = 1.0
log = logging.getLogger("ivig_cds.access")


class KeySetError(Exception):
    """A key set that is not used at all; the code quotes nothing of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key and the one algorithm that it is used with."""

    algorithm: str
    key: RSAPublicKey | EllipticCurvePublicKey = field(repr=False)


def read_key_set(body: bytes) -> dict[str, PublicKey]:
    """The usable keys by kid: P-384 for ES384, RSA of 2048 to 8192 bits for RS384; others are passed over.

    Raises KeySetError for a set that holds anything secret, a kid twice, too much, or nothing usable.
    """
    if len(body) > MOST_BYTES:
        raise KeySetError("keys_too_large")
    try:
        listed = check_json(body).get("keys")
    except InputError:
        raise KeySetError("keys_not_json") from None
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_KEYS:
        raise KeySetError("keys_shape")
    if any(not isinstance(item, dict) or item.get("kty") == "oct" or PRIVATE & item.keys() for item in listed):
        raise KeySetError("keys_secret")
    found: dict[str, PublicKey] = {}
    for item in listed:
        key = _public_key(item)
        if key is None:
            continue
        if item["kid"] in found:
            raise KeySetError("keys_twice")
        found[item["kid"]] = key
    if not found:
        raise KeySetError("keys_none_usable")
    return found


def _public_key(item: Mapping[str, Any]) -> PublicKey | None:
    kid, algorithm = item.get("kid"), _algorithm(item)
    if not isinstance(kid, str) or not 1 <= len(kid) <= LONGEST_KID or algorithm is None:
        return None
    if item.get("use", "sig") != "sig" or item.get("alg", algorithm) != algorithm:
        return None
    reader = ECAlgorithm if algorithm == "ES384" else RSAAlgorithm
    try:
        key = reader.from_jwk(dict(item))
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAPublicKey):
        return PublicKey(algorithm, key) if SMALLEST_RSA <= key.key_size <= LARGEST_RSA else None
    return PublicKey(algorithm, key) if isinstance(key, EllipticCurvePublicKey) else None


def _algorithm(item: Mapping[str, Any]) -> str | None:
    if item.get("kty") == "EC":
        return "ES384" if item.get("crv") == "P-384" else None
    return "RS384" if item.get("kty") == "RSA" else None


class KeySet:
    """The keys of one issuer. A request only looks; ``refresh`` is called in the background."""

    def __init__(self, load: Callable[[], Awaitable[bytes]], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._clock = clock
        self._keys: Mapping[str, PublicKey] = {}
        self._had: float | None = None
        self._tried: float | None = None
        self._wanted = False

    def key(self, kid: str) -> PublicKey:
        """The key of this id. Raises AccessError if the issuer has none, KeysUnavailableError if its keys are not known."""
        if self._had is None or self._clock() - self._had > OLDEST_SECONDS:
            raise KeysUnavailableError("the keys of an issuer are not known")
        found = self._keys.get(kid)
        if found is None:
            self._wanted = True
            raise AccessError("kid_unknown")
        return found

    def due(self) -> bool:
        """Whether to fetch now: never had, an hour old, or a kid was not found; never twice in half a minute."""
        now = self._clock()
        if self._tried is not None and now - self._tried < RETRY_SECONDS:
            return False
        return self._wanted or self._had is None or now - self._had >= FRESH_SECONDS

    async def refresh(self) -> None:
        """Fetch; what cannot be fetched or used leaves the keys as they are."""
        self._tried, self._wanted = self._clock(), False
        try:
            self.take(await self._load())
        except (FetchError, KeySetError) as error:
            log.warning("the keys of an issuer cannot be taken up: %s", error.code)
        except OSError:
            log.warning("the keys of an issuer cannot be taken up: file")

    def take(self, body: bytes) -> None:
        """Use these keys from now on. Raises KeySetError."""
        self._keys, self._had = read_key_set(body), self._clock()


async def follow_key_sets(sets: Sequence[KeySet], every: float = EVERY_SECONDS) -> None:
    """Keep the keys of every issuer up to date until cancelled."""
    while True:
        await asyncio.gather(*(item.refresh() for item in sets if item.due()))
        await asyncio.sleep(every)
