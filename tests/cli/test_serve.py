"""`ivig-cds serve` as a process: it starts, answers, restarts with the same answers, and says in one line why it cannot."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
CANARY = "zebra-7391"


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IVIG_")}
    return {**kept, "HOST": "127.0.0.1", "PORT": "0", "IVIG_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), **more}


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[str]:
    """A running server; gives its address, which it prints once it listens."""
    with subprocess.Popen(COMMAND, env=environment(folder, **more), stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            assert line.startswith("ivig-cds: http://127.0.0.1:"), line + process.stderr.read()
            yield line.removeprefix("ivig-cds: ").strip().removesuffix("/docs")
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
            assert process.wait(20) in {0, -signal.SIGTERM}, rest


def get(address: str, path: str) -> dict:
    with urlopen(address + path, timeout=60) as response:
        return json.load(response)


def assess(address: str) -> dict:
    body = json.dumps({"patient": {"age_years": 34}, "as_of": "2026-11-25"}).encode()
    request = Request(f"{address}/v1/assessments", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as response:
        return {name: value for name, value in json.load(response).items() if name != "id"}


def refused(folder: Path, **more: str) -> list[str]:
    """What a server says that does not start."""
    done = subprocess.run(
        COMMAND, env=environment(folder, **more), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 78, done.stderr
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_it_starts_answers_and_answers_the_same_after_a_restart(tmp_path):
    with serving(tmp_path, IVIG_AUDIT="required") as address:
        ready = get(address, "/readyz")
        first = assess(address)
        assert ready["digest"] == first["rule_set"]["digest"]
        assert [item["active"] for item in get(address, "/v1/rule-sets")] == [True]
        assert refused(tmp_path) == [f"ivig-cds: another server already runs on {tmp_path}"]
    with serving(tmp_path) as address:
        assert get(address, "/readyz") == ready
        assert assess(address) == first
        assert len(get(address, "/v1/rule-sets")) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "audit.head",
        "audit.key",
        "ivig-cds.sqlite3",
        "server.lock",
    ]


def test_the_host_does_not_exist(tmp_path):
    (said,) = refused(tmp_path, HOST="no.such.host.invalid", IVIG_AUTH="api-key")
    assert said.startswith("ivig-cds: HOST and PORT cannot be listened on: ")


def test_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        lines = refused(tmp_path, PORT=str(other.getsockname()[1]))
    assert lines == ["ivig-cds: HOST and PORT cannot be listened on: Address already in use"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", CANARY),
        ("IVIG_AUDIT", CANARY),
        ("IVIG_NO_SUCH", CANARY),
        ("IVIG_DATABASE_URL", f"mysql://a:{CANARY}@b/c"),
    ],
)
def test_a_setting_that_cannot_be_used(tmp_path, name, value):
    (said,) = refused(tmp_path, **{name: value})
    assert CANARY not in said
    assert said.startswith("ivig-cds: ")


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\x00" + bytes(range(256)) * 8])
def test_a_file_that_is_no_database(tmp_path, content):
    (tmp_path / "ivig-cds.sqlite3").write_bytes(content)
    (said,) = refused(tmp_path)
    assert said.startswith("ivig-cds: the database cannot be")
    assert (tmp_path / "ivig-cds.sqlite3").read_bytes() == content


@pytest.mark.parametrize(
    "more",
    [
        {"HOST": "0.0.0.0"},
        {"HOST": "0.0.0.0", "IVIG_AUTH": "none"},
        {"HOST": "::"},
        {"IVIG_AUTH": CANARY},
        {"IVIG_AUTH": "jwt"},
    ],
)
def test_it_does_not_serve_the_world_without_a_credential(tmp_path, more):
    (said,) = refused(tmp_path, **more)
    assert said.startswith("ivig-cds: ")
    assert "IVIG_AUTH" in said
    assert CANARY not in said


def test_issuers_that_are_not_there(tmp_path):
    more = {"IVIG_AUTH": "jwt", "IVIG_ISSUERS": str(tmp_path / "none.yaml"), "IVIG_PUBLIC_URL": "https://a.example.org"}
    (said,) = refused(tmp_path, **more)
    assert said == f"ivig-cds: the issuers file {tmp_path / 'none.yaml'} cannot be read: No such file or directory"
