"""The doors as the settings name them: what is refused at the start, and what a route may have fetched for its caller."""

import asyncio
import json
import re
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from starlette.requests import Request

from app.errors import AppError, StorageError
from app.services.callers import OPEN_CALLER, Caller
from app.services.fhir_client import FhirClient
from app.services.outbound import Outbound
from app.settings import Settings, SettingsError
from app.store.database import Database
from app.store.schema import upgrade
from app.web.doors import Doors, completed, doors
from app.web.security import Security
from tests import tokens

SERVER = "https://ehr.example.org/fhir"
PATIENT = {"resourceType": "Patient", "id": "p1"}


def settings(tmp_path, issuer: dict, **more) -> Settings:
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": [{"iss": tokens.ISS, **issuer}]}))
    named = {"IVIG_AUTH": "jwt", "IVIG_ISSUERS": path, "IVIG_PUBLIC_URL": tokens.BASE, "IVIG_DATA_DIR": tmp_path}
    return Settings(**{**named, **more})


@pytest.fixture
def ready(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    upgrade(database)
    yield database
    database.close()


def test_nobody_is_asked_on_loopback(ready):
    opened = doors(Settings(), ready)
    assert not opened.security.asks
    assert (opened.ring, opened.key_sets, opened.fhir_client) == (None, (), None)


def test_the_world_is_not_served_without_credentials(ready):
    with pytest.raises(SettingsError, match="IVIG_AUTH"):
        doors(Settings(HOST="0.0.0.0"), ready)


def test_keys_are_read_before_the_first_request(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with pytest.raises(StorageError):  # no tables yet
        doors(Settings(IVIG_AUTH="api-key"), database)
    database.close()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"{}", "keys_shape"),
        (tokens.jwks(tokens.jwk("RSA1024", "a")), "usable"),
    ],
)
def test_a_key_file_must_be_good_at_the_start(tmp_path, ready, body, said):
    if body is not None:
        (tmp_path / "keys.json").write_bytes(body)
    with pytest.raises(AppError, match=said):
        doors(settings(tmp_path, {"jwks_file": "keys.json"}), ready)


def test_keys_of_an_address_are_fetched_in_the_background(tmp_path, ready):
    asked = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, headers={"content-type": "application/jwk-set+json"}, stream=Body(tokens.jwks()))

    opened = doors(settings(tmp_path, {"jku": [tokens.JKU]}), ready, Outbound(httpx2.MockTransport(serve)))
    assert asked == []

    async def run() -> None:
        tasks = opened.start()
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await opened.close()

    asyncio.run(run())
    assert asked == [tokens.JKU]
    assert opened.key_sets[0].key("ec").algorithm == "ES384"


class Body(httpx2.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __aiter__(self):
        yield self.body


def ask(caller: Caller, *, on: bool = True) -> tuple[tuple[str, ...], list[str]]:
    """What a route of this caller gets, and what was dialled for it."""
    dialled = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        dialled.append(str(request.url))
        body = Body(json.dumps(PATIENT).encode())
        return httpx2.Response(200, headers={"content-type": "application/fhir+json"}, stream=body)

    client = FhirClient(Outbound(httpx2.MockTransport(serve))) if on else None
    opened = Doors(Security(), fhir_client=client, fhir_servers={tokens.ISS: frozenset({SERVER})})
    request = Request({"type": "http", "app": SimpleNamespace(state=SimpleNamespace(doors=opened))})
    request.state.caller = caller
    templates = {"patient": "Patient/{{context.patientId}}"}

    async def run() -> tuple[str, ...]:
        prefetch, fetched = await completed(request, {}, templates, SERVER, "t", {"context.patientId": "p1"})
        await opened.close()
        assert prefetch == ({"patient": PATIENT} if fetched else {})
        return fetched

    return asyncio.run(run()), dialled


@pytest.mark.parametrize(
    ("caller", "on", "fetched"),
    [
        (Caller("jwt", "a", frozenset({"hooks"}), issuer=tokens.ISS), True, True),
        (Caller("jwt", "a", frozenset({"hooks"}), issuer=tokens.ISS), False, False),
        (Caller("jwt", "a", frozenset({"hooks"}), issuer="https://other.example.org"), True, False),
        (Caller("api-key", "a", frozenset({"hooks"})), True, False),
        (OPEN_CALLER, True, False),
    ],
)
def test_e11_only_the_servers_of_the_callers_own_issuer_are_dialled(caller, on, fetched):
    keys, dialled = ask(caller, on=on)
    assert bool(keys) is bool(dialled) is fetched


def test_the_page_lists_every_word_of_the_log():
    root = Path(__file__).parents[2]
    source = "".join(
        path.read_text() for folder in ("services", "web") for path in (root / "app" / folder).glob("*.py")
    )
    codes = {*re.findall(r'AccessError\("(\w+)"', source), "none", "exp_missing_or_form", "iat_missing_or_form"}
    assert len(codes) > 25
    page = (root / "docs" / "trust.md").read_text()
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_the_document_names_scopes_and_refusals(client):
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assess = document["paths"]["/v1/assessments"]["post"]
    assert assess["security"] == [{}, {"bearer": []}]
    assert {"401", "403", "429", "503"} <= assess["responses"].keys()
    assert "security" not in document["paths"]["/livez"]["get"]


def test_the_pages_can_be_switched_off(tmp_path):
    from starlette.testclient import TestClient

    from app.main import create_app

    app = create_app(Settings(IVIG_DATA_DIR=tmp_path, IVIG_DOCS="off"))
    client = TestClient(app, "http://127.0.0.1")
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json", "/livez")] == [
        404,
        404,
        404,
        200,
    ]
