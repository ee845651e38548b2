"""Requests against a floor in the same run: FastAPI and uvicorn, validate the same body, return canned bytes.

The rate and the slowest answers are as a client sees them; the processor time of a request is the server's own. On a machine
that does other work only the last is a fair ratio: whoever computes for milliseconds waits for its turn at the processor, and
whoever computes for a quarter of one hardly ever does.
"""

import asyncio
import math
import statistics
from collections import defaultdict
from urllib.request import Request, urlopen

from benchmarks.clients import BODY, ask_in_turns, percentile
from benchmarks.servers import Server, running

ROUNDS, REQUESTS, CONNECTIONS, LINES = 5, 200, 8, 100
SERVERS = {
    "floor": None,
    "assessment, audit off": {"IVIG_AUDIT": "off"},
    "assessment, audit required": {"IVIG_AUDIT": "required"},
}
Rows = list[tuple[str, float]]


def run() -> Rows:
    """Rows of (what, times the floor's rate, latency or processor time)."""
    with running(SERVERS) as servers:
        rows = asyncio.run(compared(servers, ROUNDS, REQUESTS))
        rows += [
            ("batch, audit off: processor time a line, times one assessment", batch(servers["assessment, audit off"]))
        ]
        return rows + [(f"{name}: seconds of processor to ready", item.ready) for name, item in servers.items()]


def batch(server: Server, rounds: int = 3) -> float:
    """The server's processor time for a line of a batch, as times that of a request with the same patient."""
    ratios = []
    for _ in range(rounds):
        start = server.spent()
        asyncio.run(ask_in_turns(server.port, LINES, 1))
        between = server.spent()
        asked = Request(
            f"http://127.0.0.1:{server.port}/v1/assessments/batch?explain=short", b"\n".join([BODY] * LINES)
        )
        asked.add_header("content-type", "application/x-ndjson")
        with urlopen(asked) as answer:
            answered = sum(b'"assessment":' in line for line in answer)
        if answered != LINES:
            raise SystemExit(f"{answered} of {LINES} lines were answered")
        ratios.append((server.spent() - between) / (between - start))
    return statistics.median(ratios)


async def compared(
    servers: dict[str, Server], rounds: int, requests: int, connections: int = CONNECTIONS, seconds: float = math.inf
) -> Rows:
    """Each server in turn, the floor first: medians of the rounds, as times the floor's."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for server in servers.values():
        await ask_in_turns(server.port, requests // 4, connections, seconds=seconds)
    for _ in range(rounds):
        for name, server in servers.items():
            before = server.spent()
            times = await ask_in_turns(server.port, requests, connections, seconds=seconds)
            found["rate"][name].append(times.rate())
            found["p50"][name].append(percentile(times.answered, 0.5))
            found["p99"][name].append(percentile(times.answered, 0.99))
            found["processor time a request"][name].append((server.spent() - before) / len(times.answered))
    floor = next(iter(servers))
    return [
        (f"{name}: {what}", statistics.median(values) / statistics.median(taken[floor]))
        for what, taken in found.items()
        for name, values in taken.items()
        if name != floor
    ]
