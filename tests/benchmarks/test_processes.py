"""A benchmark leaves no server behind, however it ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

from benchmarks.processes import stopping

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
TOLD = """
import subprocess, sys, time
from benchmarks.processes import stopping
with stopping() as started:
    started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))
    print(started[0].pid, flush=True)
    time.sleep(60)
"""


def runs(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_servers_stop_at_the_end():
    with stopping() as started:
        started += [subprocess.Popen(SLEEP), subprocess.Popen(SLEEP)]
        assert [runs(item.pid) for item in started] == [True, True]
    assert [runs(item.pid) for item in started] == [False, False]


def test_servers_stop_when_the_benchmark_fails():
    process = subprocess.Popen(SLEEP)

    def fails():
        with stopping() as started:
            started.append(process)
            raise SystemExit("no answer")

    with pytest.raises(SystemExit):
        fails()
    assert not runs(process.pid)


def test_servers_stop_when_the_benchmark_is_told_to():
    process = subprocess.Popen([sys.executable, "-c", TOLD], stdout=subprocess.PIPE, text=True)
    started = int(process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 128 + signal.SIGTERM
    process.stdout.close()
    end = time.monotonic() + 5
    while runs(started) and time.monotonic() < end:
        time.sleep(0.05)
    assert not runs(started)
