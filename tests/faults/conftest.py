"""The three checks that come with every fault: never 5xx, nothing sent comes back anywhere, the next request answers as before."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.web.examples import SPARSE
from app.web.problems import MEDIA_TYPE, PREFIX
from tests.databases import cluster, database, empty, postgres_url, url

__all__ = ["cluster", "database", "empty", "postgres_url", "url"]

CANARIES = ("ZEBRA7391", "7391")
JSON = "application/json"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def good(client) -> dict[str, Any]:
    """What a good request gets before anything goes wrong."""
    return answer_of(client)


def answer_of(client) -> dict[str, Any]:
    found = client.post("/v1/assessments", json=SPARSE).json()
    del found["id"]
    return found


@pytest.fixture
def ask(client, good, caplog, capfd) -> Iterator[Ask]:
    """Send bytes or a history, get the response; the three checks follow."""
    caplog.set_level("DEBUG")
    responses = []

    def send(body: Any, media_type: str = JSON, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        responses.append(client.post("/v1/assessments", content=content, headers={"content-type": media_type, **named}))
        return responses[-1]

    yield send
    said = caplog.text + "".join(capfd.readouterr())
    for response in responses:
        assert response.status_code < 500
        said += response.text + str(response.headers)
    assert not [canary for canary in CANARIES if canary in said]
    assert answer_of(client) == good


def problem(response: Any, status: int, kind: str | None = None) -> dict[str, Any]:
    """The problem document of a response, checked for its status, its type and its form."""
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE)
    assert len(response.content) < 4096
    document: dict[str, Any] = response.json()
    assert kind is None or document["type"] == PREFIX + kind
    assert len(document.get("errors", ())) <= 20
    return document
