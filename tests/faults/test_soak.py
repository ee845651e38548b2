"""FAULTS I7: a long run in small: memory, open files and the write-ahead log do not grow. `make soak` runs it long (SOAK calls)."""

import os
from pathlib import Path

from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.examples import RECURRENT_LOSS
from tests.conftest import LOCAL
from tests.faults.conftest import FILE

SOAK = int(os.environ.get("SOAK", "400"))
WARM = 150
SLACK = 4_000_000
"""Bytes: a short run may still fill a cache or an arena."""


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_i7_a_long_run_grows_nothing(folder):
    app = create_app(Settings(IVIG_DATA_DIR=folder, IVIG_AUDIT="required", IVIG_METRICS=True))
    with TestClient(app, LOCAL) as client:

        def call(times: int) -> None:
            for number in range(times):
                sent = RECURRENT_LOSS if number % 4 else {"nothing": number}
                assert client.post("/v1/assessments", json=sent).status_code == (200 if number % 4 else 422)
                assert number % 50 or client.get(f"/v1/rules/none-{number}").status_code == 404

        call(WARM)
        memory, files = resident(), descriptors()
        call(SOAK)
        assert resident() < memory * 1.05 + SLACK
        assert descriptors() <= files + 2
        assert (folder / f"{FILE}-wal").stat().st_size < 64_000_000
