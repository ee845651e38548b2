"""Token buckets: how often something may happen for each of many names, in bounded memory."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 10_000


class Buckets:
    """One bucket a name: ``burst`` at once, ``per_second`` for ever. The name used longest ago is forgotten first."""

    def __init__(
        self, per_second: float, burst: int, *, clock: Callable[[], float] = time.monotonic, room: int = MOST_NAMES
    ) -> None:
        self._rate = per_second
        self._burst = burst
        self._clock = clock
        self._room = room
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> int:
        """Take one; 0 if it was there, otherwise the whole seconds until there is one."""
        now = self._clock()
        left, since = self._held.pop(name, (float(self._burst), now))
        left = min(float(self._burst), left + max(0.0, now - since) * self._rate)
        wait = 0 if left >= 1 else math.ceil((1 - left) / self._rate)
        self._held[name] = (left - 1 if wait == 0 else left, now)
        if len(self._held) > self._room:
            self._held.popitem(last=False)
        return wait
