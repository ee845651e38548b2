"""Used tokens beyond one process and one life of it: written down in the database beside the memory of this process.

A process that is the only one knows from its memory alone whether a token was used since it began; the database tells it
what happened before, and is written without keeping a caller waiting. Of several processes none knows enough, so there
the database decides, and where it cannot be asked no token is taken.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.errors import AccessError, StorageError
from app.services.callers import Used
from app.services.replays import MARGIN_SECONDS, Replays
from app.store.used_tokens import StoredToken, UsedTokenStore

log = logging.getLogger("ivig_cds.access")
PURGE_SECONDS = 60.0


@dataclass
class Ledger:
    """``alone``: no other process answers for this site."""

    memory: Replays
    store: UsedTokenStore
    alone: bool = True
    clock: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.monotonic
    _waiting: list[StoredToken] = field(default_factory=list, repr=False)
    _writing: "asyncio.Task[None] | None" = field(default=None, repr=False)
    _purge_at: float = field(default=0.0, repr=False)

    def remember(self) -> None:
        """Take up what was used before this process began. Raises StorageError."""
        now = self.clock()
        for item in self.store.since(_moment(now - MARGIN_SECONDS)):
            self.memory.put(item.issuer, bytes.fromhex(item.name), item.ends.timestamp(), now)

    async def take(self, used: Used) -> None:
        """Note a token that this process has not seen before. Raises AccessError if another has, StorageError if none can say."""
        token = StoredToken(used.issuer, used.name.hex(), _moment(used.ends))
        if self.alone:
            self._waiting.append(token)
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._write())
            return
        if not await asyncio.to_thread(self._taken, token):
            raise AccessError("replayed")

    def _taken(self, token: StoredToken) -> bool:
        taken = self.store.take(token)
        self._purge()
        return taken

    async def _write(self) -> None:
        while self._waiting:
            tokens, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._add, tokens)
            except StorageError:
                log.warning("used tokens are in memory only: %d could not be written down", len(tokens))

    def _add(self, tokens: list[StoredToken]) -> None:
        self.store.add(tokens)
        self._purge()

    def _purge(self) -> None:
        """By the time that passed: a clock that is set back must not put it off, nor one set ahead do away with the living."""
        if self.elapsed() >= self._purge_at:
            self._purge_at = self.elapsed() + PURGE_SECONDS
            self.store.purge(_moment(self.clock() - MARGIN_SECONDS))

    async def settle(self) -> None:
        """Wait until what was handed over is written."""
        if self._writing is not None:
            await self._writing


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
