"""Pinned versions and replays, over the bundled rule set and a version with other words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.authoring.bundle import FORMAT, canonical
from app.main import create_app
from app.services.versions import Versions
from app.settings import Settings
from app.web.examples import RECURRENT_LOSS, SPARSE
from app.web.problems import PREFIX
from tests.conftest import LOCAL

HEADLINE = "Another headline for the very same verdict."
NO_DATE = {"patient": {"age_years": 31}}


def reworded(document: Any) -> Any:
    """The rule set with one sentence said otherwise."""
    rules = [
        {**rule, "undetermined": {**rule["undetermined"], "text": HEADLINE}} if rule["kind"] == "candidacy" else rule
        for rule in document["rules"]
    ]
    return {**document, "rules": rules}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(IVIG_DATA_DIR=tmp_path_factory.mktemp("data"), IVIG_AUDIT="required")
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as running:
        store = running.app.state.context.stores
        document = store.load("1.0.0").document
        at = datetime.now(UTC)
        store.publish(reworded(document), "1.0.1", "x", at)
        store.publish({**document, "format": FORMAT - 1}, "0.9.0", "x", at)
        yield running


def headlines(found: Any) -> set[str]:
    return {item["headline"] for item in found.json()["candidacy"]}


def kind(found: Any) -> str:
    return str(found.json()["type"]).removeprefix(PREFIX)


def test_a_request_may_name_the_version_that_answers(client):
    active = client.post("/v1/assessments", json=SPARSE)
    pinned = client.post("/v1/assessments?rule_set=1.0.1", json=SPARSE)
    assert (active.headers["rule-set"], pinned.headers["rule-set"]) == ("1.0.0", "1.0.1")
    assert pinned.json()["rule_set"]["version"] == "1.0.1"
    assert headlines(pinned) == {HEADLINE}
    assert HEADLINE not in headlines(active)
    assert client.get("/v1/rule-sets/active").json()["version"] == "1.0.0"


def test_the_batch_too(client):
    line = canonical(SPARSE) + b"\n"
    headers = {"content-type": "application/x-ndjson"}
    found = client.post("/v1/assessments/batch?rule_set=1.0.1", content=line * 3, headers=headers)
    assert found.headers["rule-set"] == "1.0.1"
    assert found.text.count('"version":"1.0.1"') == 3
    assert client.post("/v1/assessments/batch?rule_set=7.7.7", content=line, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("version", "status", "problem"),
    [
        ("7.7.7", 404, "not-found"),
        ("0.9.0", 422, "rule-set-unreadable"),
        ("one", 422, "invalid-input"),
        ("1.0", 422, "invalid-input"),
        ("", 422, "invalid-input"),
    ],
)
def test_a_version_that_cannot_answer_is_refused_by_name(client, version, status, problem):
    found = client.post("/v1/assessments", params={"rule_set": version}, json=SPARSE)
    assert (found.status_code, kind(found)) == (status, problem)


def test_only_a_few_versions_are_kept_compiled(client):
    store = client.app.state.context.stores
    versions = Versions(store, size=1)
    first = versions.get("1.0.0")
    assert versions.get("1.0.0") is first
    assert versions.get("1.0.1").version == "1.0.1"
    assert len(versions) == 1
    assert versions.get("1.0.0") is not first


@pytest.mark.parametrize("history", [SPARSE, RECURRENT_LOSS, NO_DATE])
@pytest.mark.parametrize(
    "query", ["explain=none", "explain=short", "explain=full", "evidence=ids", "explain=short&rule_set=1.0.1"]
)
def test_a_decision_with_its_request_gives_the_same_bytes(client, history, query):
    body = canonical(history)
    headers = {"content-type": "application/json"}
    first = client.post(f"/v1/assessments?{query}", content=body, headers=headers)
    again = client.post(f"/v1/assessments/replay?decision_id={first.json()['id']}", content=body, headers=headers)
    assert again.status_code == 200, again.text
    assert again.content == first.content
    assert (again.headers["replay"], again.headers["rule-set"]) == ("match", first.headers["rule-set"])


def test_another_request_is_no_match_and_gives_no_answer(client):
    first = client.post("/v1/assessments", json=SPARSE)
    found = client.post(f"/v1/assessments/replay?decision_id={first.json()['id']}", json=RECURRENT_LOSS)
    assert (found.status_code, kind(found)) == (409, "replay-mismatch")
    assert "not the request" in found.json()["errors"][0]["detail"]
    assert "candidacy" not in found.text


def test_an_answer_that_comes_out_otherwise_is_said(client, monkeypatch):
    body = canonical(SPARSE)
    headers = {"content-type": "application/json"}
    first = client.post("/v1/assessments", content=body, headers=headers)
    monkeypatch.setattr("app.clinical.assemble.ENGINE_VERSION", "another")
    found = client.post(f"/v1/assessments/replay?decision_id={first.json()['id']}", content=body, headers=headers)
    assert (found.status_code, kind(found)) == (409, "replay-mismatch")
    assert "comes out otherwise" in found.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ("decision_id=00000000-0000-4000-8000-000000000000", 404, "not-found"),
        ("decision_id=x", 422, "invalid-input"),
        ("", 422, "invalid-input"),
    ],
)
def test_a_decision_that_is_not_there(client, query, status, problem):
    found = client.post(f"/v1/assessments/replay?{query}", json=SPARSE)
    assert (found.status_code, kind(found)) == (status, problem)


def test_a_replay_leaves_no_trace(client):
    def records() -> int:
        with client.app.state.context.stores.database.reading() as connection:
            return connection.execute(text("SELECT count(*) FROM assessment_record")).scalar_one()

    first = client.post("/v1/assessments", json=SPARSE)
    before = records()
    client.post(f"/v1/assessments/replay?decision_id={first.json()['id']}", json=SPARSE)
    assert records() == before


def test_each_answer_is_of_one_version_while_versions_change(client):
    """G10: the version in the answer, in its header and in its words belong together, and a change is taken up at once."""
    context = client.app.state.context
    seen = set()
    for number in range(40):
        if number % 10 == 0:
            version = "1.0.1" if number % 20 == 0 else "1.0.0"
            context.stores.activate(version, "x", datetime.now(UTC))
            context.take_up()
        found = client.post("/v1/assessments", json=SPARSE)
        named = found.json()["rule_set"]["version"]
        assert found.headers["rule-set"] == named
        assert (headlines(found) == {HEADLINE}) is (named == "1.0.1")
        seen.add(named)
    assert seen == {"1.0.0", "1.0.1"}
    context.stores.activate("1.0.0", "x", datetime.now(UTC))
    context.take_up()
