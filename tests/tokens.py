"""An EHR for tests: it has keys, publishes their public half, and signs tokens that are right unless told otherwise."""

import base64
import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISS = "https://ehr.example.org"
BASE = "https://cds.example.org"
AUD = f"{BASE}/v1/assessments"
JKU = "https://ehr.example.org/keys"
NOW = 1_795_000_000
UNSET = object()


@cache
def key(kind: str) -> Any:
    """One key of each kind for the whole run: making an RSA key takes a while."""
    if kind.startswith("RSA"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key({"EC384": ec.SECP384R1(), "EC256": ec.SECP256R1()}[kind])


def jwk(kind: str, kid: str, *, private: bool = False, **more: Any) -> dict[str, Any]:
    made = key(kind) if private else key(kind).public_key()
    writer = ECAlgorithm if kind.startswith("EC") else RSAAlgorithm
    return {**writer.to_jwk(made, as_dict=True), "kid": kid, **more}


def jwks(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": keys or [jwk("EC384", "ec"), jwk("RSA2048", "rsa")]}).encode()


def part(value: Any) -> str:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


_count = iter(range(10**9))


def claims(now: float = NOW, **changed: Any) -> dict[str, Any]:
    right = {"iss": ISS, "aud": AUD, "iat": int(now), "exp": int(now) + 300, "jti": f"jti-{next(_count)}"}
    return {name: value for name, value in {**right, **changed}.items() if value is not UNSET}


def token(now: float = NOW, *, header: dict[str, Any] | None = None, kind: str = "EC384", **changed: Any) -> str:
    """A signed token; ``header`` and the named claims replace what is right, UNSET leaves out."""
    algorithm, kid = ("ES384", "ec") if kind.startswith("EC") else ("RS384", "rsa")
    wanted = {"alg": algorithm, "typ": "JWT", "kid": kid, **(header or {})}
    written = {name: value for name, value in wanted.items() if value is not UNSET}
    return signed(written, claims(now, **changed), kind)


def signed(header: dict[str, Any], payload: Any, kind: str = "EC384", secret: bytes | None = None) -> str:
    """Signed by what the key can do, whatever the header claims."""
    text = f"{part(header)}.{part(payload)}"
    own = "ES384" if kind.startswith("EC") else "RS384"
    able = {"HS256"} if secret is not None else {"ES384", "ES256"} if kind.startswith("EC") else {"RS256", "RS384"}
    name = next((item for item in able if item == header.get("alg")), own)
    algorithm = jwt.PyJWS().get_algorithm_by_name(name)
    made = algorithm.sign(text.encode(), secret if secret is not None else key(kind))
    return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"
