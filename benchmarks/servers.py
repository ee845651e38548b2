"""Servers to measure: the floor and the service, each its own process on a free port, all stopped at the end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

FLOOR = """
from fastapi import FastAPI, Request, Response
from app.clinical.history import PatientHistory
app = FastAPI()
CANNED = b"x" * 11000
@app.post("/v1/assessments")
async def canned(request: Request) -> Response:
    PatientHistory.model_validate_json(await request.body())
    return Response(CANNED, media_type="application/json")
@app.get("/readyz")
async def ready() -> Response:
    return Response(b"{}", media_type="application/json")
import sys, uvicorn
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="error")
"""
"""FastAPI and uvicorn that validate the same body and return canned bytes."""
SERVE = "from app.cli import main; main()"
FIRST_START = "from app.main import create_app; create_app()"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 240
"""Seconds for a server to be ready, on a machine that does much else."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    ready: float
    """Seconds of processor time from its start to its first answer that it is ready."""

    def spent(self) -> float:
        """Seconds of processor time so far."""
        return spent(self.process.pid)

    def resident(self) -> float:
        """MB of memory in use."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE / 1e6


def spent(pid: int) -> float:
    """Seconds of processor time of a process, its kernel's share included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def data_folder(parent: str) -> Path:
    """A data folder whose database holds the rule set, made as the first start makes it; to be copied."""
    folder = Path(parent, "seed")
    subprocess.run([sys.executable, "-c", FIRST_START], env=environment(folder), check=True)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Ours, with a data folder of its own and without settings of the site."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IVIG_")}
    return {**kept, "IVIG_DATA_DIR": str(folder), "IVIG_LOG_LEVEL": "info", **more}


@contextmanager
def running(settings: Mapping[str, Mapping[str, str] | None]) -> Iterator[dict[str, Server]]:
    """A server for each name, with these settings; None is the floor. All are stopped at the end, whatever happens."""
    processes: list[subprocess.Popen[bytes]] = []
    # Told to stop, it still stops its servers.
    signal.signal(signal.SIGTERM, lambda *_words: sys.exit(1))
    with TemporaryDirectory() as parent:
        seed = data_folder(parent)
        try:
            found = {}
            for name, more in settings.items():
                port = free_port()
                processes.append(_started(seed, port, more))
                found[name] = _ready(port, processes[-1])
            yield found
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


def _started(seed: Path, port: int, more: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    if more is None:
        return subprocess.Popen([sys.executable, "-c", FLOOR, str(port)])
    folder = seed.with_name(str(port))
    shutil.copytree(seed, folder)
    known = environment(folder, PORT=str(port), **more)
    return subprocess.Popen([sys.executable, "-c", SERVE, "serve"], env=known, stdout=subprocess.DEVNULL)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ready(port: int, process: subprocess.Popen[bytes]) -> Server:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
                json.load(answer)
                return Server(port, process, spent(process.pid))
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise SystemExit(f"the server on port {port} does not answer")
