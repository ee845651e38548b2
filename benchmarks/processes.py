"""What a benchmark starts is stopped, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SECONDS = 15
"""Within which a server that is told to stop has to have stopped; the service itself takes ten at most."""


@contextmanager
def stopping() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """A list for what is started meanwhile: all of it is stopped at the end. Told to stop by SIGTERM, a benchmark stops it first."""
    before = signal.signal(signal.SIGTERM, _stop)
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            _wait(process)
        signal.signal(signal.SIGTERM, before)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
