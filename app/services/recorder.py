"""Audit records on their way to the one writer."""

import asyncio
from typing import Literal

from app.services.record import AuditEntry
from app.store.audit import LONGEST_WAIT, AuditWriter
from app.store.database import Database

AuditMode = Literal["required", "best-effort", "off"]


class AuditRecorder:
    """Hands entries to the writer. ``required`` waits until they are durable; ``best-effort`` does not; ``off`` drops them.

    A site that chooses best-effort prefers an answer without a record to no answer: a withheld answer can harm too.
    """

    def __init__(self, database: Database, mode: AuditMode) -> None:
        self._mode = mode
        # Nobody waits for a best-effort record, so groups may grow; a required one is written at once.
        gather = LONGEST_WAIT if mode == "best-effort" else 0.0
        self._writer = None if mode == "off" else AuditWriter(database, gather=gather)

    @property
    def lost(self) -> int:
        """Records that could not be written."""
        return self._writer.lost if self._writer else 0

    async def record(self, entry: AuditEntry) -> None:
        """Record one answer. Raises StorageError in ``required`` mode when the record cannot be written."""
        if self._writer is None:
            return
        done = self._writer.submit(entry)
        if self._mode == "required":
            await asyncio.wrap_future(done)

    def close(self) -> None:
        """Write what was handed over, then stop."""
        if self._writer is not None:
            self._writer.close()
