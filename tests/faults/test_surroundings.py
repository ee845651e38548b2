"""FAULTS I4 to I6: no network, little memory, few files, strange surroundings: the same answer to the byte, or one clear line."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from app.web.examples import RECURRENT_LOSS
from tests.cli.test_serve import COMMAND, ROOT, assess, environment, serving

ASSESS = [*COMMAND[:-1], "assess", "-", "--json"]
HISTORY = json.dumps({**RECURRENT_LOSS, "as_of": "2026-11-25"}).encode()
LITTLE = 512 * 1024 * 1024
FEW = 64
BARE = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
"""No HOME, no language, no time zone."""
PLACES = {
    "C locale, a day ahead": {
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "1",
        "HOME": "/nonexistent",
    },
    "no UTF-8 mode, a day behind": {
        "LC_ALL": "POSIX",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "TZ": "Etc/GMT+12",
        "PYTHONHASHSEED": "4294967295",
    },
}


def answer(**options) -> bytes:
    done = subprocess.run(ASSESS, input=HISTORY, capture_output=True, check=False, timeout=120, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def confined() -> None:
    """What the kernel allows the process: little memory, few open files, and, where it may be chosen, a user without a name."""
    resource.setrlimit(resource.RLIMIT_AS, (LITTLE, LITTLE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, FEW))
    if os.getuid() == 0 and readable_by_all():
        os.setgroups([])
        os.setgid(54321)
        os.setuid(54321)


def readable_by_all() -> bool:
    """Whether the interpreter and the source lie where a stranger may look."""
    places = [*Path(sys.executable).resolve().parents, *ROOT.resolve().parents, Path(sys.prefix).resolve()]
    return all(place.stat().st_mode & 0o005 == 0o005 for place in places)


@pytest.fixture(scope="module")
def usual() -> bytes:
    found = answer(env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert json.loads(found)["candidacy"]
    return found


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_i6_the_surroundings_change_no_byte(usual, place, tmp_path):
    assert answer(env={**BARE, **place}, cwd=tmp_path) == usual


def test_i6_little_memory_and_few_files_change_no_byte(usual):
    assert answer(env=BARE, cwd="/", preexec_fn=confined) == usual


def namespaces(*flags: str) -> tuple[str, ...]:
    """`unshare` with these flags, as root or in a user namespace; skips where the kernel does not allow it."""
    words = ("unshare", *flags) if os.getuid() == 0 else ("unshare", "-r", *flags)
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine makes no namespaces")
    return words


def test_i6_a_read_only_source_tree_and_nothing_to_write_changes_no_byte(usual, tmp_path):
    script = f"mount --bind {ROOT} {ROOT} && mount -o remount,bind,ro {ROOT} && ! touch {ROOT}/x 2>/dev/null && exec "
    words = " ".join(f"'{word}'" for word in ASSESS)
    done = subprocess.run(
        [*namespaces("-m"), "sh", "-c", script + words],
        input=HISTORY,
        env=BARE,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    if b"mount:" in done.stderr:
        pytest.skip("this container may not mount")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == usual


def test_i6_a_confined_server_answers_the_same(usual, folder, tmp_path):
    """Sixty callers at once on sixty-four descriptors: whoever is answered is answered right, and afterwards all are."""
    command = ["sh", "-c", f'ulimit -n {FEW}; ulimit -v {LITTLE // 1024}; exec "$@"', "-", *COMMAND]
    process = subprocess.Popen(
        command, env={**BARE, **confinement(folder)}, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    line = process.stderr.readline()
    assert line.startswith("ivig-cds: http://"), line + process.stderr.read()
    address = line.split()[1].removesuffix("/docs")
    expected = {name: value for name, value in json.loads(usual).items() if name not in {"id", "rule_set"}}
    wrong: list[object] = []

    def call() -> None:
        try:
            request = Request(f"{address}/v1/assessments", HISTORY, {"Content-Type": "application/json"})
            with urlopen(request, timeout=30) as response:
                found = json.load(response)
        except OSError:
            return
        if {name: value for name, value in found.items() if name not in {"id", "rule_set"}} != expected:
            wrong.append(found)

    try:
        threads = [threading.Thread(target=call) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        first = assess(address)
        assert all(assess(address) == first for _ in range(5))
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
        process.stderr.close()
    assert process.wait(20) in {0, -signal.SIGTERM}
    assert "Traceback" not in said


def confinement(folder: Path) -> dict[str, str]:
    return {"HOST": "127.0.0.1", "PORT": "0", "IVIG_DATA_DIR": str(folder), "IVIG_AUDIT": "required"}


OFFLINE = """
import json, sys, threading
from pathlib import Path
from tools.surroundings import raise_loopback
from tests.cli.test_serve import assess, get, serving
raise_loopback()
with serving(Path(sys.argv[1]), IVIG_AUDIT="required") as address:
    assert get(address, "/readyz")["status"] == "ready"
    Path(sys.argv[2]).write_text(json.dumps(assess(address)))
"""


def test_i5_without_a_network_it_serves(folder, tmp_path):
    """The tests themselves run with sockets shut but for this machine's; `make surroundings` runs them all in a namespace like this."""
    done = subprocess.run(
        [*namespaces("-n"), sys.executable, "-c", OFFLINE, str(folder), str(tmp_path / "answer")],
        env=BARE,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    with serving(folder, IVIG_AUDIT="required") as address:
        assert json.loads((tmp_path / "answer").read_text()) == assess(address)


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGPIPE])
def test_i3_other_signals_break_nothing(folder, sent):
    """A closed terminal ends the service; a broken pipe does not. Either way nothing is torn and no traceback is written."""
    process = subprocess.Popen(COMMAND, env=environment(folder), stderr=subprocess.PIPE, text=True)
    address = process.stderr.readline().split()[1].removesuffix("/docs")
    before = assess(address)
    process.send_signal(sent)
    time.sleep(0.3)
    if sent == signal.SIGPIPE:
        assert assess(address) == before
        process.send_signal(signal.SIGTERM)
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(20) in {0, -signal.SIGHUP, -signal.SIGTERM}
    assert "Traceback" not in said
    with serving(folder) as address:
        assert assess(address) == before
