"""I1 and J8 on a running server: the excess is refused quickly and says when to come back; a kill leaves nothing behind."""

import http.client
import json
import os
import re
import signal
import statistics
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.test_lifecycle import ended, started
from tests.cli.test_serve import assess, get, serving
from tests.faults.conftest import CANARIES, LONG, bytes_of

BODY = json.dumps({"patient": {"age_years": 34}, "as_of": "2026-11-25"}).encode()
CALLERS, CALLS = 40, 6


def one(address: str) -> tuple[int, float, http.client.HTTPMessage, bytes]:
    """One call on a connection of its own: the status and the seconds it took."""
    split = urlsplit(address)
    connection = http.client.HTTPConnection(split.hostname, split.port, timeout=30)
    connection.connect()
    start = time.perf_counter()
    connection.request("POST", "/v1/assessments", BODY, {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    seconds = time.perf_counter() - start
    connection.close()
    return response.status, seconds, response.headers, content


def test_i1_ten_times_the_places_over_http(tmp_path):
    """Four places and forty callers: who is let in gets the same answer as before, who is not is told at once."""
    with serving(tmp_path, IVIG_MAX_IN_FLIGHT="4", IVIG_AUDIT="off", IVIG_METRICS="true") as address:
        before, found = assess(address), []
        callers = [
            threading.Thread(target=lambda: found.extend(one(address) for _ in range(CALLS))) for _ in range(CALLERS)
        ]
        for thread in callers:
            thread.start()
        for thread in callers:
            thread.join()
        answered = [item for item in found if item[0] == 200]
        refused = [item for item in found if item[0] == 503]
        assert len(answered) + len(refused) == CALLERS * CALLS
        assert answered
        assert refused
        assert {json.loads(item[3])["rule_set"]["digest"] for item in answered} == {before["rule_set"]["digest"]}
        assert {json.loads(item[3])["type"] for item in refused} == {"urn:ivig-cds:problem:overloaded"}
        assert all(int(item[2]["retry-after"]) > 0 for item in refused)
        # One machine runs callers and server here, so the limit is on their ratio: a refusal costs no assessment.
        assert statistics.median(item[1] for item in refused) <= statistics.median(item[1] for item in answered)
        assert assess(address) == before
        assert get(address, "/readyz")["storage"] == "ok"


@pytest.mark.parametrize("log", ["off", "on"])
def test_j8_killed_between_request_and_answer_nothing_is_left_of_the_request(tmp_path, log):
    """kill -9 while large requests arrive and are answered: no temporary file, and no value unless the site keeps cases."""
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    temporary.mkdir()
    process, address = started(data, IVIG_AUDIT="required", IVIG_CASE_LOG=log, TMPDIR=str(temporary))
    details = {"code": "diabetes", "status": "present", "details": CANARIES[0]}
    body = json.dumps({"patient": {"age_years": 34}, "conditions": [details]}).encode()
    stop = threading.Event()

    def call() -> None:
        split = urlsplit(address)
        while not stop.is_set():
            connection = http.client.HTTPConnection(split.hostname, split.port, timeout=10)
            try:
                connection.request("POST", "/v1/assessments", body, {"Content-Type": "application/json"})
                connection.getresponse().read()
            except OSError:
                return
            finally:
                connection.close()

    callers = [threading.Thread(target=call) for _ in range(4)]
    for thread in callers:
        thread.start()
    time.sleep(0.7)
    process.send_signal(signal.SIGKILL)
    stop.set()
    for thread in callers:
        thread.join()
    said = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert os.listdir(temporary) == []  # noqa: PTH208 - names are enough
    expected = {
        "audit.head",
        "audit.key",
        "ivig-cds.sqlite3",
        "ivig-cds.sqlite3-shm",
        "ivig-cds.sqlite3-wal",
        "server.lock",
    }
    assert {path.name for path in data.iterdir()} <= expected
    assert not [canary for canary in LONG if canary in said]
    assert any(canary in bytes_of(str(data)) for canary in LONG) is (log == "on")
    with serving(data, IVIG_AUDIT="required") as again:
        assert assess(again)["as_of"] == "2026-11-25"


def test_j5_a_server_dumps_no_core_wherever_it_was_started(tmp_path):
    process, _ = started(tmp_path)
    try:
        limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGTERM)
        ended(process)
    assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)


def test_j5_the_unit_and_the_compose_file_switch_core_dumps_off():
    """The service cannot switch off the host's swap; what it ships asks for no core dump and no swap."""
    from tests.faults.test_deploy import DEPLOY

    unit = (DEPLOY / "ivig-cds.service").read_text(encoding="utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0"} <= set(unit)
    assert "ulimits: {core: 0}" in (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
