"""`make load`: the service under load, beside a floor in the same run. About two minutes; all servers are stopped at the end.

    python -m benchmarks.load [--share 1.0]

``--share`` makes every part that much longer or shorter. What is printed is times the floor's, or times the quiet run's, so
that it means something on a machine that does other work too; that still makes every ratio of latencies worse than it is.
"""

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from statistics import median

from benchmarks.clients import Times, ask_in_turns, dribble, percentile
from benchmarks.http import compared
from benchmarks.servers import Server, running

CONNECTIONS, ADMITTED, TOO_MANY, SLOW = 8, 8, 80, 500
PART = 5.0
"""Seconds after which a run ends with what it has."""
IMPATIENCE = 0.5
"""Seconds after which a refused client is there again, though it was told to wait for longer."""
OURS = "assessment, audit required"
SERVERS: dict[str, dict[str, str] | None] = {
    "floor": None,
    OURS: {"IVIG_AUDIT": "required"},
    "few": {"IVIG_AUDIT": "required", "IVIG_MAX_IN_FLIGHT": str(ADMITTED)},
}
Row = tuple[str, float, str]


def main() -> None:
    """Run every part, print its rows as they come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="times the usual length")
    share: float = parser.parse_args().share
    start = time.monotonic()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {OURS}; {CONNECTIONS} connections", flush=True)
    with running(SERVERS) as servers:
        for part in (against_floor, overload, slow_senders, memory):
            for what, value, goal in asyncio.run(part(servers, share)):
                print(f"{value:10.2f}  {what}{f' (goal: {goal})' if goal else ''}", flush=True)
    print(f"{time.monotonic() - start:.0f} seconds; load now {os.getloadavg()[0]:.1f}")


async def against_floor(servers: dict[str, Server], share: float) -> list[Row]:
    """Rate, latency and processor time against the floor, and what a start costs."""
    pair = {name: servers[name] for name in ("floor", OURS)}
    goals = {"rate": "0.5", "p99": "4 at most"}
    rows = [
        (f"times the floor: {what}", value, goals.get(what, ""))
        for name, value in await compared(pair, 3, _number(200, share), seconds=PART * share)
        for what in (name.rpartition(": ")[2],)
    ]
    return [*rows, ("seconds of processor from start to ready", servers[OURS].ready, "2 at most")]


async def overload(servers: dict[str, Server], share: float) -> list[Row]:
    """Ten times as many clients as are admitted, against as many as are admitted."""
    port = servers["few"].port
    requests = _number(320, share)
    calm, crowd = await _in_turns(
        lambda: ask_in_turns(port, requests, ADMITTED, IMPATIENCE, PART * share),
        lambda: ask_in_turns(port, requests * 3, TOO_MANY, IMPATIENCE, PART * share),
    )
    refused = [took for times in crowd for took in times.refused]
    answered = [took for times in crowd for took in times.answered]
    return [
        (
            f"overload: share refused of {len(refused) + len(answered)}",
            len(refused) / (len(refused) + len(answered)),
            "",
        ),
        ("overload: refusals without Retry-After", sum(times.bare for times in crowd), "0"),
        ("overload: refused p50, times the answered p50", percentile(refused, 0.5) / percentile(answered, 0.5), ""),
        ("overload: answered p50, times that of as many as are admitted", _ratio(crowd, calm, 0.5), ""),
        ("overload: answered p99, times that of as many as are admitted", _ratio(crowd, calm, 0.99), "2 at most"),
    ]


async def slow_senders(servers: dict[str, Server], share: float) -> list[Row]:
    """Honest clients while 500 others send one byte a second, against the same without them."""
    port = servers[OURS].port

    async def honest() -> Times:
        return await ask_in_turns(port, _number(300, share), CONNECTIONS, seconds=PART * share)

    async def crowded() -> Times:
        stop = asyncio.Event()
        others = [asyncio.create_task(dribble(port, stop)) for _ in range(SLOW)]
        await asyncio.sleep(2)
        try:
            return await honest()
        finally:
            stop.set()
            await asyncio.gather(*others)

    calm, crowd = await _in_turns(honest, crowded)
    return [(f"{SLOW} slow senders: honest p99, times that without them", _ratio(crowd, calm, 0.99), "under 2")]


async def memory(servers: dict[str, Server], share: float) -> list[Row]:
    """What the service grows by once it is warm."""
    server, requests = servers[OURS], _number(2000, share)
    await ask_in_turns(server.port, requests // 4, CONNECTIONS, seconds=PART * share)
    before = server.resident()
    answered = len((await ask_in_turns(server.port, requests, CONNECTIONS, seconds=4 * PART * share)).answered)
    grown = server.resident() - before
    return [
        (f"memory: MB grown over {answered} requests", grown, ""),
        ("memory: MB in use", server.resident(), ""),
    ]


async def _in_turns(
    calm: Callable[[], Awaitable[Times]], crowd: Callable[[], Awaitable[Times]], rounds: int = 3
) -> tuple[list[Times], list[Times]]:
    """Both in turns, so that whatever else the machine does meets them alike."""
    pairs = [(await calm(), await crowd()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _ratio(crowd: list[Times], calm: list[Times], share: float) -> float:
    """The middle of the rounds' ratios."""
    pairs = zip(crowd, calm, strict=True)
    return median(percentile(one.answered, share) / percentile(two.answered, share) for one, two in pairs)


def _number(usual: int, share: float) -> int:
    return max(CONNECTIONS, int(usual * share))


if __name__ == "__main__":
    main()
