"""Rows of group H, I and J in which another process has a hand: locks, long readers, files put in place, kills."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.main import create_app
from app.services import watch
from app.settings import Settings
from app.store.database import Database
from app.store.schema import is_current, upgrade
from tests.cli.test_lifecycle import ended, started
from tests.conftest import LOCAL
from tests.faults.conftest import CANARIES, FILE, LONG
from tests.faults.test_case_log import CHART, HISTORY
from tests.faults.test_storage_service import answered, ask, unavailable, wait_for

ROOT = Path(__file__).parents[2]
HOLDING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
connection.execute("SELECT count(*) FROM rule_set_version").fetchall()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, statement: str) -> Iterator[None]:
    """Another process holds a transaction of this file open until the block ends."""
    command = [sys.executable, "-c", HOLDING, str(path), statement]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(20)


@contextmanager
def running(folder: Path, mode: str = "best-effort"):
    settings = Settings(IVIG_DATA_DIR=folder, IVIG_AUDIT=mode, IVIG_RULE_ADMIN=True)
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as client:
        yield client


def test_h5_while_another_process_holds_the_lock_reads_go_on_and_writes_say_when_to_come_back(folder):
    with running(folder) as client:
        before, versions = answered(client), client.get("/v1/rule-sets").json()
        with held(folder / FILE, "BEGIN IMMEDIATE"):
            start = time.monotonic()
            unavailable(client.post("/v1/rule-sets/1.0.0/activate", headers={"Idempotency-Key": "one"}))
            assert time.monotonic() - start < 12
            assert client.get("/v1/rule-sets").json() == versions
            assert answered(client) == before
            assert client.get("/readyz").status_code == 200
        done = [client.post("/v1/rule-sets/1.0.0/activate", headers={"Idempotency-Key": "one"}) for _ in range(2)]
        assert [item.status_code for item in done] == [200, 200]
        wait_for(lambda: client.get("/readyz").json()["storage"] == "ok")
        assert answered(client) == before
    with sqlite3.connect(folder / FILE) as connection:
        assert connection.execute("SELECT count(*) FROM activation").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM assessment_record").fetchone() == (4,)  # and the activation
    connection.close()


def test_h6_a_reader_in_another_process_is_noticed_and_its_log_shrinks_again(folder, monkeypatch):
    """The log cannot be folded in while it reads; that is said, and once it is gone the file is small again."""
    small = 300_000
    pragmas = [item for item in database_pragmas() if "journal_size_limit" not in item]
    monkeypatch.setattr("app.store.database._SQLITE_PRAGMAS", (*pragmas, f"journal_size_limit = {small // 2}"))
    monkeypatch.setattr(watch, "LONGEST_LOG", small)
    with running(folder, "required") as client:
        before, other = answered(client), Database(f"sqlite:///{folder / FILE}")
        with held(folder / FILE, "BEGIN"):
            for number in range(60):
                with other.writing() as connection:
                    connection.execute(
                        text("INSERT INTO rule_count VALUES ('2026-11-25', '1.0.0', 'fired', :name, 1)"),
                        [{"name": f"r-{number}-{index}"} for index in range(200)],
                    )
            assert (folder / f"{FILE}-wal").stat().st_size > small
            ready = client.get("/readyz")
            assert (ready.status_code, ready.json()["storage"]) == (200, "degraded")
            assert answered(client) == before
        for _ in range(3):
            with other.writing() as connection:
                connection.execute(text("UPDATE rule_count SET count = count + 1"))
            assert answered(client) == before
        other.close()
        wait_for(lambda: ask(client).status_code == 200 and client.get("/readyz").json()["storage"] == "ok")
        assert (folder / f"{FILE}-wal").stat().st_size < small


def database_pragmas() -> tuple[str, ...]:
    from app.store import database

    found = database._SQLITE_PRAGMAS
    assert f"journal_size_limit = {database.LOG_KEPT}" in found
    assert database.LOG_KEPT < watch.LONGEST_LOG
    return found


@pytest.mark.parametrize("mode", ["best-effort", "required"])
def test_h12_a_file_put_in_place_of_the_open_one_is_neither_read_nor_written(folder, mode):
    with running(folder, mode) as client:
        before = answered(client)
        wait_for(lambda: client.get("/readyz").json()["storage"] == "ok")
        shutil.copy(folder / FILE, folder / "copy")
        (folder / FILE).rename(folder / "own")
        (folder / "copy").rename(folder / FILE)
        content = (folder / FILE).read_bytes()
        if mode == "required":
            unavailable(ask(client))
        else:
            assert answered(client) == before
        unavailable(client.get("/v1/rule-sets"))
        unavailable(client.post("/v1/rule-sets/1.0.0/activate"))
        assert client.get("/readyz").json()["storage"] == "degraded" or mode == "best-effort"
        wait_for(lambda: client.get("/readyz").json()["storage"] == "degraded")
        assert (folder / FILE).read_bytes() == content
        # Its own file under its name again: nothing was lost meanwhile.
        (folder / "own").replace(folder / FILE)
        assert answered(client) == before
        assert client.get("/v1/rule-sets").status_code == 200
        wait_for(lambda: client.get("/readyz").json()["storage"] == "ok")


KILLED = """
import os, signal, sys
from sqlalchemy import event
from app.store.database import Database
from app.store.schema import upgrade
url, first, points = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
counted = 0

def run(limit, folder):
    database = Database(url.replace("FOLDER", folder))
    left = [limit]
    def before(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(database._engine, "before_cursor_execute", before)
    upgrade(database)
    return limit - left[0]

for point in range(points):
    folder = f"p{point}"
    child = os.fork()
    if child == 0:
        run(first + point * int(sys.argv[4]), folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(folder, os.WIFSIGNALED(status), flush=True)
"""


def test_i8_killed_at_a_statement_of_a_migration_it_leaves_the_tables_as_they_were_and_runs_again(url, tmp_path):
    """The n-th statement for many n; on SQLite in a new file each time, on PostgreSQL again and again in one database."""
    target = f"sqlite:///{tmp_path / 'FOLDER' / 'a.sqlite3'}" if url.startswith("sqlite") else url
    done = subprocess.run(
        [sys.executable, "-c", KILLED, target, "4", "8", "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    said = [line.split() for line in done.stdout.splitlines()]
    assert [killed for _, killed in said].count("True") == 8
    for folder, _ in said if url.startswith("sqlite") else said[-1:]:
        database = Database(target.replace("FOLDER", folder))
        with database.reading() as connection:
            known = connection.execute(text(TABLES[database.is_sqlite])).scalar_one()
        assert known == 0, folder
        upgrade(database)
        assert is_current(database)
        upgrade(database)
        database.close()


TABLES = {
    True: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    False: "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'",
}


def test_j1_a_server_at_debug_writes_nothing_of_what_it_was_sent(folder, tmp_path):
    """The process as it is run, with everything that its libraries would say."""
    log = tmp_path / "stdout"
    with log.open("w") as sink:
        saved = os.dup(1)
        os.dup2(sink.fileno(), 1)
        try:
            process, address = started(folder, IVIG_LOG_LEVEL="debug", IVIG_AUDIT="required")
        finally:
            os.dup2(saved, 1)
            os.close(saved)
    statuses = [sent(address, *call) for call in calls()]
    process.send_signal(signal.SIGTERM)
    said = ended(process) + log.read_text(encoding="utf-8")
    assert statuses == [200, 200, 200, 422, 422, 404, 400]
    assert said.count('"route"') >= len(statuses)
    assert not [canary for canary in LONG if canary.lower() in said.lower()]
    assert not re.search(r"Traceback|\bINSERT\b|\bSELECT\b", said)


def calls() -> list[tuple[str, object]]:
    import json

    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in CHART]}
    return [
        ("/v1/assessments", json.dumps(HISTORY)),
        ("/fhir/$assess-ivig", json.dumps(bundle)),
        ("/v1/assessments/what-if", json.dumps(HISTORY)),
        ("/v1/assessments", json.dumps({CANARIES[0]: {CANARIES[0]: 1}})),
        (f"/v1/assessments?explain={CANARIES[0]}", json.dumps(HISTORY)),
        (f"/v1/{CANARIES[0]}", "{}"),
        ("/v1/assessments", f'{{"{CANARIES[0]}'),
    ]


def sent(address: str, path: str, body: str) -> int:
    request = Request(address + path, body.encode(), {"Content-Type": "application/json", "User-Agent": CANARIES[0]})
    try:
        with urlopen(request, timeout=30) as response:
            return response.status
    except HTTPError as error:
        return error.code
