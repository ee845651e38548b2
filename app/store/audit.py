"""The audit's one writer: a thread that commits whatever has gathered, so that many requests share one sync to disk."""

import json
import queue
import threading
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.exc import SQLAlchemyError

from app.errors import StorageError
from app.models import AssessmentRecord

BATCH = 256
CAPACITY = 10_000
_Item = tuple[dict[str, Any], "Future[None]"]


class AuditWriter:
    """``submit`` returns at once; its future is done when the record is durable, or failed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.Queue[_Item | None] = queue.Queue(CAPACITY)
        self._thread = threading.Thread(target=self._run, name="audit-writer", daemon=True)
        self._thread.start()

    def submit(self, record: dict[str, Any]) -> "Future[None]":
        """Queue one record. A full queue fails the future instead of blocking the caller."""
        done: Future[None] = Future()
        row = {**record, "finding_ids": json.dumps(record["finding_ids"])}
        try:
            self._queue.put_nowait((row, done))
        except queue.Full:
            done.set_exception(StorageError("the audit queue is full"))
        return done

    def close(self) -> None:
        """Write what is queued, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._gather(first)
            self._write(batch)
            if last:
                return

    def _gather(self, first: _Item) -> tuple[list[_Item], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _write(self, batch: list[_Item]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(AssessmentRecord), [row for row, _ in batch])
        except SQLAlchemyError:
            for _, done in batch:
                done.set_exception(StorageError("the audit record cannot be written"))
        else:
            for _, done in batch:
                done.set_result(None)
