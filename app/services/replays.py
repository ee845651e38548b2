"""Tokens already used: each is taken once, also when the clock is set back."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

from app.errors import AccessError, TooManyError

MARGIN_SECONDS = 3600
"""How much longer than needed an id is kept: a clock set back by up to an hour opens no door again."""
MOST = 100_000
"""Ids kept for one issuer; about 300 calls a second for the five minutes that a token lives."""


class Replays:
    """Ids of used tokens, by issuer, so that one issuer cannot crowd out another. In the memory of this process; see ledger."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, room: int = MOST) -> None:
        self._clock = clock
        self._room = room
        self._used: dict[str, OrderedDict[bytes, tuple[float, float]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._used.values()))

    def use(self, issuer: str, jti: str, ends: float, now: float) -> bytes:
        """Take a verified token whose life ends at ``ends`` by the wall clock, which says ``now``; gives its name.

        Raises AccessError if it was used before, TooManyError while there is no room for another living one.
        """
        used = self._used.setdefault(issuer, OrderedDict())
        name = hashlib.sha256(jti.encode("utf-8", "surrogatepass")).digest()[:16]
        if name in used:
            raise AccessError("replayed")
        self._make_room(used, now)
        self.put(issuer, name, ends, now)
        return name

    def put(self, issuer: str, name: bytes, ends: float, now: float) -> None:
        """Remember a token that was used, here or before this process began."""
        keep_until = self._clock() + max(0.0, ends - now) + MARGIN_SECONDS
        self._used.setdefault(issuer, OrderedDict())[name] = (keep_until, ends)

    def _make_room(self, used: OrderedDict[bytes, tuple[float, float]], now: float) -> None:
        elapsed = self._clock()
        while used:
            keep_until, ends = next(iter(used.values()))
            over = now > ends
            if not over or (elapsed < keep_until and len(used) < self._room):
                break
            used.popitem(last=False)
        if len(used) >= self._room:
            raise TooManyError(1)
