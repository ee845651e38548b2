"""Clients that ask without a library, so that the machine's time goes to the servers."""

import asyncio
import json
import math
import time
from dataclasses import dataclass, field

from app.web.examples import RECURRENT_LOSS

BODY = json.dumps(RECURRENT_LOSS).encode()
HEAD = (
    "POST /v1/assessments HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    f"content-length: {len(BODY)}\r\n\r\n"
).encode()
OK, REFUSED = 200, 503


@dataclass
class Times:
    """Seconds that answers took, those that were refused apart; ``bare`` counts refusals that do not say when to come again."""

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    bare: int = 0
    wall: float = 0.0

    def rate(self) -> float:
        """Answers a second."""
        return len(self.answered) / self.wall


def percentile(times: list[float], share: float) -> float:
    """The time within which this share of the answers came."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def ask_in_turns(
    port: int, requests: int, connections: int, pause: float | None = None, seconds: float = math.inf
) -> Times:
    """So many requests on so many connections, each asking again once it was answered.

    It ends early after so many ``seconds``. With ``pause`` a refusal is counted and asked again after so many seconds; without it, it ends the run.
    """
    times = Times()
    start = time.perf_counter()
    each = max(1, requests // connections)
    await asyncio.gather(
        *(_connection(port, each, times, pause, start + seconds) for _ in range(min(connections, requests)))
    )
    times.wall = time.perf_counter() - start
    return times


async def _connection(port: int, requests: int, times: Times, pause: float | None, until: float) -> None:
    open_one: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for _ in range(requests):
        start = time.perf_counter()
        if start > until:
            break
        open_one = open_one or await asyncio.open_connection("127.0.0.1", port)
        status, waits = await ask(*open_one)
        took = time.perf_counter() - start
        if status == OK:
            times.answered.append(took)
            continue
        if status != REFUSED or pause is None:
            raise SystemExit(f"an answer with status {status}")
        times.refused.append(took)
        times.bare += not waits
        open_one[1].close()
        open_one = None
        await asyncio.sleep(pause)
    if open_one:
        open_one[1].close()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, bool]:
    """One request: the status of its answer, and whether it says when to come again."""
    writer.write(HEAD + BODY)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    return int(head.split(maxsplit=2)[1]), b"\r\nretry-after: " in head


async def dribble(port: int, stop: asyncio.Event, every: float = 1.0) -> None:
    """A sender of one byte a second, who begins anew when it is cut off."""
    while not stop.is_set():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEAD)
            for byte in BODY:
                if stop.is_set() or writer.transport.is_closing():
                    break
                writer.write(bytes((byte,)))
                await asyncio.sleep(every)
            writer.close()
        except OSError:
            await asyncio.sleep(every)
