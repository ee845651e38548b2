"""A running service that asks for credentials of both kinds, and the checks that come with each refusal."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.services.buckets import Buckets
from app.services.keys import issue, revoke
from app.services.outbound import FetchError, Outbound
from app.store.api_keys import ApiKeyStore
from app.store.database import Database
from app.web.examples import SPARSE
from tests import tokens

ISSUERS = {
    "issuers": [
        {
            "iss": tokens.ISS,
            "jku": [tokens.JKU],
            "jwks_file": "ehr.json",
            "tenants": [],
            "scopes": ["assess", "hooks"],
            "fhir_servers": ["https://ehr.example.org/fhir"],
        },
        {"iss": "https://other.example.org", "jwks_file": "other.json", "tenants": ["north", "south"]},
    ]
}


class NoNetwork(Outbound):
    """Nothing may be dialled; what is, is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.dialled: list[str] = []

    async def get(self, url: str, *_: Any, **__: Any) -> bytes:
        self.dialled.append(url)
        raise FetchError("unreachable")


@dataclass
class Guarded:
    """The service and ways to call it."""

    client: TestClient
    store: ApiKeyStore
    outbound: NoNetwork

    def post(self, credential: str | None, path: str = "/v1/assessments", **more: Any) -> Any:
        headers = {} if credential is None else {"authorization": f"Bearer {credential}"}
        return self.client.post(path, json=SPARSE, headers={**headers, **more})

    def key(self, *scopes: str, **more: Any) -> str:
        text, _ = issue(self.store, "test", scopes or ("assess",), by="test", **more)
        self.client.app.state.doors.ring.refresh()
        return text

    def revoke(self, text: str) -> None:
        revoke(self.store, text.split("_")[1])
        self.client.app.state.doors.ring.refresh()

    def token(self, **more: Any) -> str:
        return tokens.token(time.time(), **more)

    def patience(self, bad: Buckets) -> None:
        """How many bad credentials it takes."""
        state = self.client.app.state
        state.security = dataclasses.replace(state.security, bad=bad)


@pytest.fixture(scope="session")
def running(tmp_path_factory) -> Iterator[Guarded]:
    from app.main import create_app
    from app.settings import Settings
    from app.web import doors

    folder = tmp_path_factory.mktemp("guarded")
    (folder / "issuers.json").write_text(json.dumps(ISSUERS))
    (folder / "ehr.json").write_bytes(tokens.jwks())
    (folder / "other.json").write_bytes(tokens.jwks(tokens.jwk("RSA2048", "other")))
    settings = Settings(
        HOST="0.0.0.0",
        IVIG_DATA_DIR=folder,
        IVIG_AUTH="api-key,jwt",
        IVIG_ISSUERS=folder / "issuers.json",
        IVIG_PUBLIC_URL=tokens.BASE,
        IVIG_CALLS_PER_SECOND=100_000,
        IVIG_RULE_ADMIN=True,
        IVIG_METRICS=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        outbound = NoNetwork()
        patch.setattr(doors, "Outbound", lambda: outbound)
        app = create_app(settings)
    database = Database(settings.url)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Guarded(client, ApiKeyStore(database), outbound)
    database.close()


@pytest.fixture
def guarded(running, caplog, capfd) -> Iterator[Guarded]:
    """As ``running``, with patience; afterwards nothing was dialled and no credential stands in any log."""
    caplog.set_level("DEBUG")
    running.patience(Buckets(1000, 100_000))
    yield running
    said = caplog.text + "".join(capfd.readouterr())
    assert "ivk_" not in said
    assert "eyJ" not in said  # how a token begins
    assert running.outbound.dialled == []


@pytest.fixture
def refusal(guarded) -> Callable[[Any], None]:
    """Checks that a response is the one and only 401."""
    only = guarded.post(None)

    def check(response: Any) -> None:
        assert response.status_code == 401
        assert response.content == only.content
        named = {name: value for name, value in response.headers.items() if name != "x-request-id"}
        assert named == {name: value for name, value in only.headers.items() if name != "x-request-id"}
        assert response.headers["www-authenticate"] == 'Bearer realm="ivig-cds"'

    return check
