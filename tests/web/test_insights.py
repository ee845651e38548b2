"""GET /v1/insights and the counters of /metrics: by version and day, over a change of version and a restart."""

import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.services.tally import store, today_utc
from app.settings import Settings
from app.store.counts import CountKey
from app.web.examples import RECURRENT_LOSS
from tests.conftest import LOCAL
from tests.web.test_replay import reworded

CANARY = "zebra7391"
UNKNOWN_CODE = {**RECURRENT_LOSS, "conditions": [{"code": CANARY, "status": "present"}]}


@pytest.fixture
def serve(tmp_path):
    """A service over one database; serving again is a restart."""

    def start() -> TestClient:
        settings = Settings(IVIG_DATA_DIR=tmp_path, IVIG_AUDIT="off", IVIG_METRICS=True)
        return TestClient(create_app(settings), LOCAL, raise_server_exceptions=False)

    return start


def told(client: TestClient, **asked: Any) -> Any:
    found = client.get("/v1/insights", params=asked)
    assert found.status_code == 200, found.text
    return found.json()


def fired(found: Any) -> dict[tuple[str, str], int]:
    return {(item["rule"], item["version"]): item["fired"] for item in found["firings"]}


def test_every_door_is_counted_and_nothing_of_a_patient(serve):
    with serve() as client:
        for _ in range(2):
            assert client.post("/v1/assessments", json=UNKNOWN_CODE).status_code == 200
        lines = "\n".join([json.dumps(RECURRENT_LOSS)] * 3)
        client.post("/v1/assessments/batch", content=lines, headers={"content-type": "application/x-ndjson"})
        found = told(client)
        assert [(item["version"], item["assessments"]) for item in found["days"]] == [("1.0.0", 5)]
        assert fired(found)["rpl-eshre-2022", "1.0.0"] == 5
        assert "rpl-eshre-2022" not in found["never_fired"]
        assert found["never_fired"]
        assert found["not_understood"] == [{"place": "/conditions/*/code", "version": "1.0.0", "count": 2}]
        assert (found["active"], found["drifts"], found["overrides"]) == ("1.0.0", [], [])
        metrics = client.get("/metrics").text
        assert 'ivig_assessments_total{door="native",version="1.0.0"} 5' in metrics
        assert 'ivig_rule_fired_total{rule="rpl-eshre-2022",version="1.0.0"} 5' in metrics
        assert 'ivig_codes_not_understood_total{place="/conditions/*/code",version="1.0.0"} 2' in metrics
        assert CANARY not in json.dumps(found) + metrics


def test_the_same_after_a_restart_and_apart_after_a_change_of_version(serve):
    with serve() as client:
        client.post("/v1/assessments", json=RECURRENT_LOSS)
        rules = client.app.state.context.stores
        rules.publish(reworded(rules.load("1.0.0").document), "1.0.1", "x", rules.versions()[0].published_at)
        client.app.state.context.stores.activate("1.0.1", "x", rules.versions()[0].published_at)
    with serve() as client:
        for _ in range(3):
            assert client.post("/v1/assessments", json=RECURRENT_LOSS).headers["rule-set"] == "1.0.1"
        found = told(client, rule="rpl-eshre-2022")
        assert fired(found) == {("rpl-eshre-2022", "1.0.0"): 1, ("rpl-eshre-2022", "1.0.1"): 3}
        assert [(item["version"], item["assessments"], item["fired"]) for item in found["days"]] == [
            ("1.0.0", 1, 1),
            ("1.0.1", 3, 3),
        ]
        assert found["active"] == "1.0.1"


def test_what_another_process_counted_is_in_it(serve):
    with serve() as client:
        counts = client.app.state.context.counts
        client.post("/v1/assessments", json=RECURRENT_LOSS)
        store(client.app.state.context.tally, counts)
        counts.add({CountKey(today_utc(), "1.0.0", "assessed", "native"): 41})
        assert [item["assessments"] for item in told(client)["days"]] == [42]


def test_a_rule_gone_silent_is_told(serve):
    with serve() as client:
        then = today_utc() - timedelta(days=20)
        counts = client.app.state.context.counts
        counts.add({CountKey(then, "1.0.0", "assessed", "hooks"): 1000})
        counts.add({CountKey(then, "1.0.0", "fired", "rpl-eshre-2022"): 1000})
        counts.add({CountKey(today_utc(), "1.0.0", "assessed", "hooks"): 1000})
        (found,) = told(client)["drifts"]
        assert (found["rule"], found["what"], found["recent_fired"]) == ("rpl-eshre-2022", "silent", 0)
        assert told(client, days=10)["drifts"] == []
        assert told(client, rule="rpl-unexplained")["drifts"] == []


@pytest.mark.parametrize("query", ["days=1", "days=401", "recent=0", "days=x", f"rule={'r' * 161}"])
def test_windows_are_bounded(serve, query):
    with serve() as client:
        assert client.get(f"/v1/insights?{query}").status_code == 422
