"""Several worker processes on one listening socket: each is replaced when it dies, and all stop together."""

import os
import signal
import sys
import time
from collections.abc import Callable

CANNOT_START = 78
AT_ONCE = 5.0
"""Seconds: a worker that dies sooner would die again, so the others are stopped too."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Supervisor:
    """Forks ``count`` workers that each run ``work`` and end the process. To be used before any thread is started."""

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        self._count = count
        self._work = work
        self._born: dict[int, float] = {}
        self._stopping = False

    def run(self) -> int:
        """Keep the workers running until a signal says to stop; gives the code to end with. Returns in the parent only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for index in range(self._count):
            self._fork(index)
        code = 0
        while self._born:
            pid, status = os.wait()
            born = self._born.pop(pid, None)
            if born is None or self._stopping:
                continue
            code = self._replace(os.waitstatus_to_exitcode(status), time.monotonic() - born)
        return code

    def _replace(self, code: int, lived: float) -> int:
        """Another worker for one that died; none for one that could not start. Gives the code to end with."""
        if code == CANNOT_START or lived < AT_ONCE:
            self._stop()
            return code if code > 0 else 1
        sys.stderr.write(f"ivig-cds: a worker ended with {code}; another takes its place\n")
        self._fork(1)
        return 0

    def _fork(self, index: int) -> None:
        pid = os.fork()
        if pid:
            self._born[pid] = time.monotonic()
            return
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self._work(index)
        sys.exit(0)

    def _stop(self, *_words: object) -> None:
        self._stopping = True
        for pid in list(self._born):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
