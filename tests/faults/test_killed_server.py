"""J5 and J8 on a running server: a kill in the middle of requests leaves nothing behind."""

import http.client
import json
import os
import re
import signal
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.cli.test_lifecycle import started
from tests.faults.conftest import CANARIES, LONG, bytes_of


def test_j5_j8_killed_between_request_and_answer_nothing_is_left_of_the_request(folder, tmp_path):
    """kill -9 while large requests arrive and are answered: no temporary file, no value, and no core."""
    data, temporary = folder, tmp_path / "tmp"
    temporary.mkdir()
    process, address = started(data, IVIG_AUDIT="required", TMPDIR=str(temporary))
    limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="utf-8")
    assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)
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
            except (OSError, http.client.HTTPException):
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
    # The head of the audit chain is written beside its place and then put there; a kill between leaves the copy.
    assert {path.name for path in data.iterdir() if not path.name.startswith(".audit.head.")} <= expected
    assert not [canary for canary in LONG if canary in said]
    assert not [canary for canary in LONG if canary in bytes_of(str(data))]
