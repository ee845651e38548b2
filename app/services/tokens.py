"""Tokens of EHRs as CDS Hooks describes them: signed, for this very address, short-lived, and taken once."""

import base64
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from app.errors import AccessError, InputError
from app.services.callers import Caller, Used
from app.services.issuers import Issuer
from app.services.key_sets import KeySet, PublicKey
from app.services.replays import Replays
from app.services.strict_json import check_json

ALGORITHMS = ("ES384", "RS384")
LEEWAY = 30
LONGEST_JTI = 256
LATEST = 2**40
_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
REFUSED_HEADERS = frozenset({"crit", "b64", "jwk", "x5u", "x5c", "zip"})
"""Headers that would have us take a key or a form from the token itself."""
_SIGNATURES = PyJWS(algorithms=list(ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Trusted:
    """An issuer and where its keys are."""

    issuer: Issuer
    keys: KeySet


class TokenDoor:
    """Verifies tokens. Every fault is one AccessError with a code for the log; nothing in a token is ever dialled."""

    def __init__(
        self, trusted: Sequence[Trusted], replays: Replays | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._trusted = {item.issuer.iss: item for item in trusted}
        self._replays = Replays() if replays is None else replays
        self._clock = clock

    def caller(self, text: str, audiences: frozenset[str]) -> Caller:
        """Who sent this token to one of these addresses. Raises AccessError, KeysUnavailableError, TooManyError."""
        header, claims = _read(text)
        trusted = self._trusted.get(claims["iss"]) if isinstance(claims.get("iss"), str) else None
        if trusted is None:
            raise AccessError("iss_unknown")
        issuer, now = trusted.issuer, self._clock()
        kid = _checked_header(header, issuer)
        ends = _checked_times(claims, issuer, now)
        _check_audience(claims.get("aud"), audiences)
        tenant = _checked_tenant(claims, issuer)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI:
            raise AccessError("jti")
        _check_signature(text, header["alg"], trusted.keys.key(kid))
        used = Used(issuer.iss, self._replays.use(issuer.iss, jti, ends, now), ends)
        name = f"iss:{issuer.iss}" + (f" {tenant}" if tenant else "")
        return Caller("jwt", name, frozenset(issuer.scopes), tenant, issuer.iss, used)


def _read(text: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise AccessError("token_form")
    return _object(parts[1]), _object(parts[2])


def _object(part: str) -> dict[str, Any]:
    try:
        body = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        return check_json(body)
    except (ValueError, InputError):
        raise AccessError("token_form") from None


def _checked_header(header: Mapping[str, Any], issuer: Issuer) -> str:
    """The kid. A ``jku`` must be one of those configured; any other is an attempt to bring own keys."""
    if header.get("alg") not in ALGORITHMS:
        raise AccessError("alg")
    if header.get("typ") != "JWT":
        raise AccessError("typ")
    if REFUSED_HEADERS & header.keys():
        raise AccessError("header_refused")
    if "jku" in header and header["jku"] not in issuer.jku:
        raise AccessError("jku_unknown")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise AccessError("kid_missing")
    return kid


def _checked_times(claims: Mapping[str, Any], issuer: Issuer, now: float) -> float:
    """The moment the token's life ends, leeway included."""
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    begins = _moment(claims, "nbf") if "nbf" in claims else issued
    if expires + LEEWAY <= now:
        raise AccessError("expired")
    if max(issued, begins) > now + LEEWAY:
        raise AccessError("not_yet")
    if not 0 < expires - issued <= issuer.max_lifetime_seconds:
        raise AccessError("lifetime")
    return expires + LEEWAY


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < LATEST:
        raise AccessError(f"{name}_missing_or_form")
    return float(value)


def _check_audience(found: Any, audiences: frozenset[str]) -> None:
    """Exactly the address that is called. A token for several addresses could be carried from one to another."""
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, str) or found not in audiences:
        raise AccessError("aud")


def _checked_tenant(claims: Mapping[str, Any], issuer: Issuer) -> str | None:
    tenant = claims.get("tenant")
    if tenant is None and not issuer.tenants:
        return None
    if not isinstance(tenant, str) or tenant not in issuer.tenants:
        raise AccessError("tenant")
    return tenant


def _check_signature(text: str, algorithm: str, key: PublicKey) -> None:
    if key.algorithm != algorithm:
        raise AccessError("alg_of_key")
    try:
        _SIGNATURES.decode_complete(text, key.key, algorithms=[algorithm])
    except (PyJWTError, ValueError, TypeError):
        raise AccessError("signature") from None
