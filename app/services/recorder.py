"""Audit records on their way to the one writer."""

import asyncio
from pathlib import Path
from typing import Literal

from app.errors import StorageError
from app.services.record import AuditEntry
from app.store.anchor import Anchor
from app.store.audit import LONGEST_WAIT, AuditWriter
from app.store.chain import Chain
from app.store.database import Database
from app.store.events import EventTrail
from app.store.spool import Spool

LONGEST_ANSWER = 4.5
"""Seconds that an answer waits for its record: a locked database must not hold a caller for longer."""

AuditMode = Literal["required", "best-effort", "off"]


KEY, HEAD, SPOOL = "audit.key", "audit.head", "audit.spool"
"""Files of the data folder."""


def chain_of(folder: Path, key: bytes) -> Chain:
    """The chain whose head is anchored in the data folder."""
    return Chain(key, Anchor(folder / HEAD))


def event_trail(folder: Path, key: bytes, mode: AuditMode) -> EventTrail:
    """Where what happens to a rule set is written: bound by the same choice of the site as the answers are."""
    if mode == "off":
        return EventTrail()
    return EventTrail(chain_of(folder, key), key, Spool(folder / SPOOL) if mode == "best-effort" else None)


class AuditRecorder:
    """Hands entries to the writer. ``required`` waits until they are durable; ``best-effort`` does not; ``off`` drops them.

    A site that chooses best-effort prefers an answer without a record to no answer: a withheld answer can harm too.
    """

    def __init__(self, database: Database, mode: AuditMode, chain: Chain) -> None:
        self._mode = mode
        # Nobody waits for a best-effort record, so groups may grow; a required one is written at once.
        gather = LONGEST_WAIT if mode == "best-effort" else 0.0
        # What a required record waits for is the table; the spool is for answers that were given already.
        spool = Spool(chain.anchor.path.with_name(SPOOL)) if mode == "best-effort" else None
        self._writer = None if mode == "off" else AuditWriter(database, chain, gather=gather, spool=spool)

    @property
    def lost(self) -> int:
        """Records that could not be written."""
        return self._writer.lost if self._writer else 0

    @property
    def spooled(self) -> int:
        """Records that wait, or waited, outside the database until it could be written again."""
        return self._writer.spooled if self._writer else 0

    @property
    def trouble(self) -> str | None:
        """Why the last records could not be written, if they could not."""
        return self._writer.trouble if self._writer else None

    async def record(self, entry: AuditEntry) -> None:
        """Record one answer. Raises StorageError in ``required`` mode when the record cannot be written."""
        if self._writer is None:
            return
        done = self._writer.submit(entry)
        if self._mode == "required":
            try:
                await asyncio.wait_for(asyncio.wrap_future(done), LONGEST_ANSWER)
            except TimeoutError:
                raise StorageError("the audit record was not written in time") from None

    def close(self) -> None:
        """Write what was handed over, then stop."""
        if self._writer is not None:
            self._writer.close()
