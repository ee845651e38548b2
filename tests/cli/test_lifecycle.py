"""FAULTS group I: stopping without losing a call, several workers, and a database that cannot be had."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.cli.test_serve import COMMAND, assess, environment, get, refused

BODY = json.dumps({"patient": {"age_years": 34}, "as_of": "2026-11-25"}).encode()


def started(folder: Path, *words: str, **more: str) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen([*COMMAND, *words], env=environment(folder, **more), stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    assert line.startswith("ivig-cds: http://127.0.0.1:"), line + process.stderr.read()
    return process, line.removeprefix("ivig-cds: ").strip().removesuffix("/docs")


def ended(process: subprocess.Popen) -> str:
    with process:
        return process.stderr.read()


def status(address: str, path: str) -> int:
    try:
        with urlopen(address + path, timeout=20) as response:
            return response.status
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def test_i2_sigterm_drains(tmp_path):
    process, address = started(tmp_path, IVIG_DRAIN_SECONDS="2", IVIG_AUDIT="required")
    codes, readiness, stop = [], [], threading.Event()

    def call() -> None:
        for _ in range(10):
            with urlopen(Request(f"{address}/v1/assessments", BODY, {"Content-Type": "application/json"})) as response:
                codes.append(response.status)

    def look() -> None:
        while not stop.is_set():
            readiness.append(status(address, "/readyz"))
            time.sleep(0.02)

    assert status(address, "/readyz") == 200
    callers = [threading.Thread(target=call) for _ in range(6)]
    looker = threading.Thread(target=look)
    for thread in callers:
        thread.start()
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    looker.start()
    for thread in callers:
        thread.join()
    rest = ended(process)
    stop.set()
    looker.join()
    assert process.returncode == 0, rest
    assert time.monotonic() - start < 15  # ten seconds, and a busy test machine
    assert 503 in readiness
    assert set(readiness) <= {200, 503, 0}
    assert codes.count(200) == len(codes) == 60


def test_i3_a_second_signal_does_not_wait(tmp_path):
    process, address = started(tmp_path, IVIG_DRAIN_SECONDS="2")
    assert status(address, "/livez") == 200
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    assert "Traceback" not in ended(process)


@pytest.mark.postgres
def test_several_workers_on_one_port(postgres_url, tmp_path):
    process, address = started(
        tmp_path, "--workers", "2", IVIG_DATABASE_URL=postgres_url, IVIG_AUDIT="required", IVIG_DRAIN_SECONDS="0"
    )
    try:
        first = assess(address)
        assert all(assess(address) == first for _ in range(10))
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 2
        time.sleep(5.5)
        os.kill(int(children[0]), signal.SIGKILL)
        assert assess(address) == first
        for _ in range(100):
            now = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if len(now) == 2 and children[0] not in now:
                break
            time.sleep(0.05)
        assert len(now) == 2
        assert get(address, "/readyz")["status"] == "ready"
    finally:
        process.send_signal(signal.SIGTERM)
        said = ended(process)
    assert process.returncode == 0, said
    verified = subprocess.run(
        [*COMMAND[:-1], "audit", "verify"],
        env=environment(tmp_path, IVIG_DATABASE_URL=postgres_url),
        capture_output=True,
        text=True,
        check=False,
    )
    # The first start published and activated what is bundled: two steps beside twelve answers.
    assert verified.stdout.startswith("14 chained records, whole"), verified.stdout + verified.stderr


def test_i4_several_workers_on_sqlite_are_refused(tmp_path):
    import sqlite3

    if sqlite3.sqlite_version_info >= (3, 51, 3):
        pytest.skip("this SQLite allows it")
    done = subprocess.run(
        [*COMMAND, "--workers", "2"], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert "several workers need PostgreSQL" in done.stderr


def test_i4_a_database_that_cannot_be_reached(tmp_path):
    (said,) = refused(tmp_path, IVIG_DATABASE_URL="postgresql://a:ZEBRA7391@/b?host=/nowhere")
    assert "ZEBRA7391" not in said
