"""The servers that a benchmark asks: started together, and stopped however it ends."""

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SECONDS = 15
"""Within which a server that is told to stop has to have stopped; the service itself takes ten at most."""


@contextmanager
def running(commands: Iterable[tuple[Sequence[str], Mapping[str, str]]]) -> Iterator[list[int]]:
    """The process ids of commands with their environments. Told to stop by SIGTERM, a benchmark stops them first."""
    before = signal.signal(signal.SIGTERM, _stop)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command, environment in commands:
            started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        yield [process.pid for process in started]
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
