"""The checks that come with every fault: never 5xx, nothing sent comes back anywhere, the next request answers as before.

"Anywhere" is the answers, the logs at DEBUG as captured and as the service writes them, what is printed, the audit table,
and every byte of the data folder.
"""

import io
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.services.active import ensure_active
from app.store.database import Database
from app.store.folder import audit_key
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from app.web.examples import SPARSE
from app.web.logs import JsonLines
from app.web.problems import MEDIA_TYPE, PREFIX
from tests.databases import cluster, database, empty, postgres_url, url
from tests.faults.guarded import guarded, refusal, running

__all__ = ["cluster", "database", "empty", "guarded", "postgres_url", "refusal", "running", "url"]

CANARIES = ("ZEBRA7391", "7391")
# Four digits occur by chance in digests and identifiers; the long word does not.
LONG = tuple(canary for canary in CANARIES if not canary.isdigit())
JSON = "application/json"
FILE = "ivig-cds.sqlite3"
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """A data folder with the bundled rule set active, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    database = Database(f"sqlite:///{folder / FILE}")
    upgrade(database)
    ensure_active(RuleSetStore(database))
    database.close()
    audit_key(folder / "audit.key")
    return folder


@pytest.fixture
def folder(template, tmp_path) -> Path:
    shutil.copytree(template, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def good(client) -> dict[str, Any]:
    """What a good request gets before anything goes wrong."""
    return answer_of(client)


def answer_of(client) -> dict[str, Any]:
    found = client.post("/v1/assessments", json=SPARSE).json()
    del found["id"]
    return found


@pytest.fixture
def written(caplog) -> Iterator[io.StringIO]:
    """The log as the service would write it, at DEBUG."""
    caplog.set_level("DEBUG")
    with sink(JsonLines()) as found:
        yield found


@pytest.fixture
def heard(caplog) -> Iterator[io.StringIO]:
    """Whatever is logged at DEBUG, words of other libraries included; caplog itself forgets when a test ends."""
    caplog.set_level("DEBUG")
    with sink(logging.Formatter("%(name)s %(message)s")) as found:
        yield found


@contextmanager
def sink(form: logging.Formatter) -> Iterator[io.StringIO]:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(form)
    # The test's own client logs the addresses it calls.
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def call(client, good, capfd, heard, written) -> Iterator[Ask]:
    """Send any request, get the response; the checks follow."""
    responses = []

    def send(method: str, path: str, **parts: Any) -> Any:
        responses.append(client.request(method, path, follow_redirects=False, **parts))
        return responses[-1]

    yield send
    said = heard.getvalue() + "".join(capfd.readouterr())
    for response in responses:
        assert response.status_code < 500
        said += response.text + without_names(response)
    assert not [canary for canary in CANARIES if canary in said]
    assert not [canary for canary in LONG if canary in written.getvalue() + kept(client)]
    assert all(json.loads(line) for line in written.getvalue().splitlines())
    assert answer_of(client) == good


def without_names(response: Any) -> str:
    """The headers, but for the id that the service made up."""
    return str({name: value for name, value in response.headers.items() if name != "x-request-id"})


def kept(client) -> str:
    """All that is kept: each byte of the data folder, and the audit table once more as text."""
    database = client.app.state.context.published.__self__.database
    with database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM assessment_record ORDER BY seq DESC LIMIT 20")).all()
    folder = database.url.database.rpartition("/")[0]
    return str(rows) + bytes_of(folder)


def bytes_of(folder: str) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in Path(folder).iterdir() if path.name != "audit.key")


@pytest.fixture
def ask(call) -> Ask:
    """Send bytes or a history to be assessed, get the response; the checks follow."""

    def send(body: Any, media_type: str = JSON, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call("POST", "/v1/assessments", content=content, headers={"content-type": media_type, **named})

    return send


def problem(response: Any, status: int, kind: str | None = None) -> dict[str, Any]:
    """The problem document of a response, checked for its status, its type and its form."""
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE)
    assert len(response.content) < 4096
    document: dict[str, Any] = response.json()
    assert kind is None or document["type"] == PREFIX + kind
    assert len(document.get("errors", ())) <= 20
    return document
