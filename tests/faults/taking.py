"""A process of its own that is shown tokens: what it took, on standard output. Run as ``python -m tests.faults.taking < spec``."""

import asyncio
import json
import sys
from itertools import count
from typing import Any

from app.errors import AccessError
from app.services.issuers import Issuer
from app.services.key_sets import KeySet
from app.services.ledger import Ledger
from app.services.replays import Replays
from app.services.tokens import TokenDoor, Trusted
from app.store.database import Database
from app.store.used_tokens import UsedTokenStore
from tests.tokens import AUD, ISS


async def nothing() -> bytes:
    raise OSError


async def take(spec: dict[str, Any]) -> list[str]:
    """The outcome of each token of each step; a step has its own clock, and after each token what is dead is purged."""
    wall = [0.0]
    keys = KeySet(nothing)
    keys.take(spec["jwks"].encode())
    memory, passed = Replays(), count(0, 100)
    database = Database(spec["url"])
    store = UsedTokenStore(database)
    ledger = Ledger(memory, store, alone=False, clock=lambda: wall[0], elapsed=lambda: float(next(passed)))
    door = TokenDoor([Trusted(Issuer(iss=ISS, jku=["https://a.b"]), keys)], memory, clock=lambda: wall[0])
    print("ready", flush=True)
    sys.stdin.readline()
    outcomes = []
    for step in spec["steps"]:
        wall[0] = step["now"]
        outcomes += [await outcome(door, ledger, text) for text in step["tokens"]]
    database.close()
    return outcomes


async def outcome(door: TokenDoor, ledger: Ledger, text: str) -> str:
    try:
        caller = door.caller(text, frozenset({AUD}))
        assert caller.used
        await ledger.take(caller.used)
    except AccessError as error:
        return error.code
    return "taken"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(take(json.loads(sys.stdin.readline())))))
