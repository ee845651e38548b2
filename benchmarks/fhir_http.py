"""A chart of 2,000 resources posted to ``/fhir/$assess-ivig`` over HTTP: milliseconds, and times a floor in the same run.

The floor is FastAPI and uvicorn that decode the same body and return as many canned bytes. Run it alone with
``python -m benchmarks.fhir_http``; on a machine that does other work the times are those of the other work too.
"""

import http.client
import os
import subprocess
import sys
import tempfile
import time

from benchmarks.fhir import RESOURCES, chart
from benchmarks.processes import stopping

ROUNDS, WARM = 100, 5
FLOOR_PORT, PORT = 8174, 8175
PATH = "/fhir/$assess-ivig"
MEDIA = "application/fhir+json"
FLOOR = """
import json, sys, uvicorn
from fastapi import FastAPI, Request, Response
app = FastAPI()
CANNED = b"x" * 300000
@app.post("/{path:path}")
async def canned(request: Request) -> Response:
    json.loads(await request.body())
    return Response(CANNED, media_type="application/json")
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="error")
"""
SERVERS = {
    FLOOR_PORT: [sys.executable, "-c", FLOOR, str(FLOOR_PORT)],
    PORT: [sys.executable, "-c", "from app.cli import main; main()", "serve"],
}
Row = tuple[str | float, ...]


def run() -> list[Row]:
    """Median and 99th percentile of both servers, asked in turns, and their ratio."""
    body = chart(RESOURCES)
    with tempfile.TemporaryDirectory() as folder, stopping() as started:
        for port, command in SERVERS.items():
            started.append(subprocess.Popen(command, env=_environment(folder, port), stdout=subprocess.DEVNULL))
        times = _times(body)
    (low, floor), (middle, slow) = (_percentiles(times[port]) for port in (FLOOR_PORT, PORT))
    return [
        ("floor", "p50 ms", low, "p99 ms", floor),
        ("assess", "p50 ms", middle, "p99 ms", slow, "kB sent", len(body) / 1000),
        ("times the floor", "p50", middle / low, "p99", slow / floor),
    ]


def _environment(folder: str, port: int) -> dict[str, str]:
    return {**os.environ, "PORT": str(port), "IVIG_DATA_DIR": f"{folder}/{port}", "IVIG_AUDIT": "off"}


def _times(body: bytes) -> dict[int, list[float]]:
    for port in SERVERS:
        _ready(port, body)
    found: dict[int, list[float]] = {port: [] for port in SERVERS}
    for turn in range(ROUNDS + WARM):
        for port, times in found.items():
            spent = _post(port, body)
            if turn >= WARM:
                times.append(spent)
    return found


def _ready(port: int, body: bytes) -> None:
    for _ in range(300):
        try:
            _post(port, body)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the server on port {port} does not answer")


def _post(port: int, body: bytes) -> float:
    """Milliseconds from connecting to the last byte of the answer."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", PATH, body, {"content-type": MEDIA})
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise SystemExit(said.decode())
    return (time.perf_counter() - start) * 1000


def _percentiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99) - 1]


if __name__ == "__main__":
    for row in run():
        print("  " + "  ".join(f"{item:8.2f}" if isinstance(item, float) else item for item in row))
