"""Audit records on their way to the one writer."""

import asyncio
from dataclasses import asdict
from typing import Any

from app.services.record import AuditEntry
from app.store.audit import AuditWriter


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if name != "id"}


class AuditRecorder:
    """Hands entries to the writer. ``required`` waits until they are durable; ``best-effort`` does not; ``off`` drops them.

    A site that chooses best-effort prefers an answer without a record to no answer: a withheld answer can harm too.
    """

    def __init__(self, writer: AuditWriter, mode: str) -> None:
        self._writer = writer
        self._mode = mode

    async def record(self, entry: AuditEntry) -> None:
        """Record one answer. Raises StorageError in ``required`` mode when the record cannot be written."""
        if self._mode == "off":
            return
        done = self._writer.submit({"decision_id": entry.id, **_row(entry)})
        if self._mode == "required":
            await asyncio.wrap_future(done)
