"""Requests per second against a floor in the same run: FastAPI and uvicorn, validate the same body, return canned bytes."""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time

from app.web.examples import RECURRENT_LOSS
from benchmarks.servers import running

ROUNDS, REQUESTS, CONNECTIONS = 5, 400, 8
BODY = json.dumps(RECURRENT_LOSS).encode()
FLOOR = """
from fastapi import FastAPI, Request, Response
from app.clinical.history import PatientHistory
app = FastAPI()
CANNED = b"x" * 11000
@app.post("/v1/assessments")
async def canned(request: Request) -> Response:
    PatientHistory.model_validate_json(await request.body())
    return Response(CANNED, media_type="application/json")
import sys, uvicorn
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="error")
"""


def run() -> list[tuple[str, float]]:
    """Rows of (what, times the floor's rate or latency)."""
    with tempfile.TemporaryDirectory() as folder:
        servers = {"floor": [sys.executable, "-c", FLOOR, "8171"]}
        ports = {"floor": 8171}
        for port, audit in ((8172, "off"), (8173, "required")):
            name = f"assessment, audit {audit}"
            ports[name] = port
            servers[name] = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
        commands = [(command, _environment(folder, ports[name], name)) for name, command in servers.items()]
        with running(commands):
            return asyncio.run(_measure(ports))


def _environment(folder: str, port: int, name: str) -> dict[str, str]:
    audit = name.rpartition(" ")[2] if "audit" in name else "off"
    return {**os.environ, "PORT": str(port), "IVIG_DATA_DIR": f"{folder}/{port}", "IVIG_AUDIT": audit}


async def _measure(ports: dict[str, int]) -> list[tuple[str, float]]:
    for port in ports.values():
        await _ready(port)
    rates: dict[str, list[float]] = {name: [] for name in ports}
    slow: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(ROUNDS):
        for name, port in ports.items():
            rate, p99 = await _load(port)
            rates[name].append(rate)
            slow[name].append(p99)
    floor, floor_p99 = statistics.median(rates["floor"]), statistics.median(slow["floor"])
    rows = [(f"{name}: rate", statistics.median(found) / floor) for name, found in rates.items()]
    return rows + [(f"{name}: p99", statistics.median(found) / floor_p99) for name, found in slow.items()]


async def _ready(port: int) -> None:
    for _ in range(300):
        try:
            await _load(port, 1)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
    raise SystemExit(f"the server on port {port} does not answer")


async def _load(port: int, requests: int = REQUESTS) -> tuple[float, float]:
    times: list[float] = []
    start = time.perf_counter()
    each = max(1, requests // CONNECTIONS)
    await asyncio.gather(*(_connection(port, each, times) for _ in range(min(CONNECTIONS, requests))))
    return len(times) / (time.perf_counter() - start), statistics.quantiles([*times, *times], n=100)[98]


async def _connection(port: int, requests: int, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /v1/assessments HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
    for _ in range(requests):
        start = time.perf_counter()
        writer.write(head.encode() + BODY)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(answer.decode())
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - start)
    writer.close()
