"""FAULTS D11, D25 beyond one process: a token opens once, whichever process it is shown to, and whatever the clock does."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.services.keys import issue
from app.services.ledger import Ledger
from app.services.replays import MARGIN_SECONDS, Replays
from app.settings import Settings
from app.store.used_tokens import StoredToken, UsedTokenStore
from app.web.examples import SPARSE
from tests import tokens
from tests.faults.test_tokens import Clocks, door
from tests.hooks.charts import CONTEXT, losses, patient
from tests.hooks.ehr import Ehr
from tests.hooks.signed import asking, sign
from tests.tokens import AUD, NOW, token

VIEW = "ivig-patient-view"
CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]
moment = partial(datetime.fromtimestamp, tz=UTC)
ROOT = Path(__file__).parents[2]


def processes(database, *steps: list[dict]) -> list[list[str]]:
    """What each of several processes that begin at once made of its steps."""
    url = database.url.render_as_string(hide_password=False)
    running = []
    for part in steps:
        command = [sys.executable, "-m", "tests.faults.taking"]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(json.dumps({"url": url, "jwks": tokens.jwks().decode(), "steps": part}) + "\n")
        process.stdin.flush()
        running.append(process)
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=120)[0]) for process in running]


def step(*found: str, now: float = NOW) -> dict:
    return {"now": now, "tokens": found}


def test_d11_of_two_processes_one_takes_each_token(database):
    shown = [token() for _ in range(60)]
    first, second = processes(database, [step(*shown)], [step(*shown)])
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [["replayed", "taken"]] * len(shown)


def test_d11_what_one_process_took_another_refuses(database):
    text, other = token(), token()
    assert processes(database, [step(text)]) == [["taken"]]
    assert processes(database, [step(text, other, text)]) == [["replayed", "taken", "replayed"]]


@pytest.mark.parametrize("jump", [3600, -3600])
def test_d25_a_clock_that_jumps_in_one_process_opens_no_door_in_another(database, jump):
    """The first process takes a token, its clock jumps and it purges; then the clock is right again."""
    text, later = token(), token(NOW + jump)
    assert processes(database, [step(text), step(later, now=NOW + jump)]) == [["taken", "taken"]]
    assert processes(database, [step(text, token())]) == [["replayed", "taken"]]


def test_d25_a_clock_set_back_an_hour_after_the_token_died(database):
    text = token()
    later = NOW + 330 + MARGIN_SECONDS - 60
    assert processes(database, [step(text), step(token(later), now=later)]) == [["taken", "taken"]]
    assert processes(database, [step(text)]) == [["replayed"]]


def test_d25_what_was_used_does_not_pile_up(database):
    clocks = Clocks()
    store = UsedTokenStore(database)
    ledger = Ledger(Replays(), store, clock=lambda: clocks.wall, elapsed=lambda: clocks.elapsed)
    for _ in range(200):
        found = door(clocks).caller(token(clocks.wall), frozenset({AUD})).used
        ledger._add([StoredToken(found.issuer, found.name.hex(), moment(found.ends))])
        clocks.pass_(60)
    assert store.count() <= (MARGIN_SECONDS + 330) / 60 + 2


def test_many_rows_are_written_at_once(database):
    store = UsedTokenStore(database)
    rows = [StoredToken("i", f"{index:032x}", moment(NOW)) for index in range(1001)]
    assert store.add(rows) == 1001
    assert store.add(rows[:1]) == 0
    assert store.since(moment(NOW + 1)) == []
    assert store.purge(moment(NOW + 1)) == 1001


def call(client: TestClient, text: str) -> int:
    return Ehr(client, CHART, lambda _: text).fire(VIEW, CONTEXT).status_code


def test_d11_a_restart_forgets_no_token(tmp_path):
    text = sign(f"/cds-services/{VIEW}")
    for expected in (200, 401, 401):
        with asking(tmp_path) as client:
            assert call(client, text) == expected


def without_database(client: TestClient) -> None:
    """Take the file away under the running service: from now on every access fails."""
    path = client.app.state.context.published.__self__.database.path
    path.rename(path.with_suffix(".gone"))


def test_d11_a_process_alone_goes_on_from_memory_when_storage_is_down(tmp_path):
    with asking(tmp_path, IVIG_AUDIT="best-effort") as client:
        used, text = sign(f"/cds-services/{VIEW}"), sign(f"/cds-services/{VIEW}")
        assert call(client, used) == 200
        without_database(client)
        assert [call(client, used), call(client, text), call(client, text)] == [401, 200, 401]


def test_d11_one_of_several_takes_no_token_when_storage_is_down(tmp_path):
    with asking(tmp_path):
        pass
    settings = Settings(
        IVIG_DATA_DIR=tmp_path / "data",
        IVIG_AUDIT="best-effort",
        IVIG_AUTH="api-key,jwt",
        IVIG_ISSUERS=tmp_path / "issuers.json",
        IVIG_PUBLIC_URL=tokens.BASE,
    )
    app = create_app(settings, alone=False)
    key, _ = issue(app.state.doors.ring._source, "test", ["assess"], by="test")
    with TestClient(app, raise_server_exceptions=False) as client:
        app.state.doors.ring.refresh()
        used = sign(f"/cds-services/{VIEW}")
        assert [call(client, used), call(client, used)] == [200, 401]
        without_database(client)
        response = Ehr(client, CHART, sign).fire(VIEW, CONTEXT)
        assert (response.status_code, response.json()["resourceType"]) == (503, "OperationOutcome")
        assert "retry-after" in response.headers
        assert call(client, used) == 401
        headers = {"authorization": f"Bearer {key}"}
        assert client.post("/v1/assessments", json=SPARSE, headers=headers).status_code == 200
