"""A service that asks for an EHR's token, and what its site configured."""

import json
import time
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests import tokens
from tests.hooks.conftest import running


def sign(path: str) -> str:
    """A token that opens one address, once."""
    return tokens.token(time.time(), aud=tokens.BASE + path)


def asking(folder: Path, *, issuer: dict[str, Any] | None = None, **settings: Any) -> TestClient:
    """A service that takes tokens only; ``issuer`` adds to what the issuers file says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ehr.json").write_bytes(tokens.jwks())
    found = {"iss": tokens.ISS, "jwks_file": "ehr.json", **(issuer or {})}
    (folder / "issuers.json").write_text(json.dumps({"issuers": [found]}))
    named = {"IVIG_AUTH": "jwt", "IVIG_ISSUERS": folder / "issuers.json", "IVIG_PUBLIC_URL": tokens.BASE}
    return running(folder / "data", **{**named, **settings})
