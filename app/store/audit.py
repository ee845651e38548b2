"""The audit trail: one thread writes it, and many records share one commit."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from queue import Empty, Full, Queue
from threading import Lock, Thread
from time import monotonic
from typing import Any, Protocol

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.errors import StorageError
from app.models import AssessmentRecord
from app.store.chain import Chain
from app.store.database import TRAIL, Database, retried
from app.store.spool import Spool

LONGEST_WAIT = 0.05
LARGEST_BATCH = 500
WAITING_ROOM = 10_000


class AuditRecord(Protocol):
    """What a record must tell: ids and hashes, never a patient's value."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def rule_set_version(self) -> str: ...
    @property
    def rule_set_digest(self) -> str: ...
    @property
    def engine_version(self) -> str: ...
    @property
    def jurisdiction(self) -> str | None: ...
    @property
    def request_hash(self) -> str: ...
    @property
    def answer_hash(self) -> str: ...
    @property
    def finding_ids(self) -> tuple[str, ...]: ...


Waiting = tuple[AuditRecord, "Future[None]"]


class AuditWriter:
    """Takes records from any thread and commits them in groups, each chained to the one before.

    ``lost`` counts those that could not be written, ``spooled`` those kept in the spool until they can be.
    """

    def __init__(
        self,
        database: Database,
        chain: Chain,
        *,
        gather: float = 0.0,
        room: int = WAITING_ROOM,
        spool: Spool | None = None,
    ) -> None:
        """``gather`` is how long the first record of a group waits for company, at most 50 ms.

        Zero suits callers who wait for the commit: while one group is being written, the next gathers by itself.
        ``spool`` is for callers who do not wait: it keeps what the database does not take just now.
        """
        self.lost = self.spooled = 0
        self.trouble: str | None = None
        self._database = database
        self._chain = chain
        self._spool = spool
        self._gather = min(gather, LONGEST_WAIT)
        self._queue: Queue[Waiting | None] = Queue(room)
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="audit-writer", daemon=True)
        self._thread.start()

    def submit(self, record: AuditRecord) -> "Future[None]":
        """Hand over a record. The future is done after its commit, or fails with StorageError; nothing is raised here."""
        future: Future[None] = Future()
        with self._closing:
            taken = not self._closed and self._offer((record, future))
        if not taken:
            self.lost += 1
            future.set_exception(StorageError("the audit trail takes no records just now"))
        return future

    def _offer(self, item: Waiting) -> bool:
        try:
            self._queue.put_nowait(item)
        except Full:
            return False
        return True

    def close(self) -> None:
        """Write everything handed over so far, then stop. May be called twice."""
        with self._closing:
            already, self._closed = self._closed, True
        if not already:
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._next_batch()
            if batch:
                self._write(batch)

    def _next_batch(self) -> tuple[list[Waiting], bool]:
        """The records to write together; False once there will be no more."""
        first = self._queue.get()
        if first is None:
            return [], False
        batch, until = [first], monotonic() + self._gather
        while len(batch) < LARGEST_BATCH:
            try:
                left = until - monotonic()
                item = self._queue.get(timeout=left) if left > 0 else self._queue.get_nowait()
            except Empty:
                break
            if item is None:
                return batch, False
            batch.append(item)
        return batch, True

    def _write(self, batch: Sequence[Waiting]) -> None:
        try:
            self._insert([_row(record) for record, _ in batch])
        except StorageError as error:
            if isinstance(error.__cause__, IntegrityError):
                self._write_apart(batch, error)
            else:
                self._keep(batch, error)
        except Exception as error:  # noqa: BLE001 - the thread must outlive any record
            self._fail(batch, StorageError(f"the record cannot be written: {type(error).__name__}"))
        else:
            _succeed(batch)
            self._drain()

    @retried
    def _insert(self, rows: list[dict[str, Any]]) -> None:
        """Chain and commit, then anchor: a crash between the two leaves an anchor behind the trail, never ahead of it."""
        with self._database.writing(alone=True, lock=TRAIL) as connection:
            head = self._chain.extended(self._chain.tip(connection), rows)
            if rows:
                connection.execute(insert(AssessmentRecord), rows)
        self.trouble = None
        try:
            self._chain.anchor.advance(head)
        except StorageError as error:
            # The records are durable; the next group anchors them too.
            self.trouble = str(error)

    def _write_apart(self, batch: Sequence[Waiting], error: StorageError) -> None:
        """One record that the table refuses must not take the others with it."""
        if len(batch) == 1:
            self._fail(batch, error)
            return
        for item in batch:
            self._write([item])

    def _keep(self, batch: Sequence[Waiting], error: StorageError) -> None:
        self.trouble = str(error)
        if self._spool is None or not self._spool.keep([_row(record) for record, _ in batch]):
            self._fail(batch, error)
            return
        self.spooled += len(batch)
        _succeed(batch)

    def _drain(self) -> None:
        """Write what the spool kept; what was written before a crash cut the draining short is known by its id."""
        if self._spool is None or not self._spool.holds:
            return
        try:
            with self._spool.taking() as kept:
                for start in range(0, len(kept), LARGEST_BATCH):
                    self._insert(self._new(kept[start : start + LARGEST_BATCH]))
        except StorageError as error:
            self.trouble = str(error)

    def _new(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = {row["id"]: row for row in rows}
        with self._database.reading() as connection:
            wanted = select(AssessmentRecord.id).where(AssessmentRecord.id.in_(ids))
            known = set(connection.execute(wanted).scalars())
        return [row for key, row in ids.items() if key not in known]

    def _fail(self, batch: Sequence[Waiting], error: StorageError) -> None:
        self.lost += len(batch)
        for _, future in batch:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)


def _succeed(batch: Sequence[Waiting]) -> None:
    for _, future in batch:
        if future.set_running_or_notify_cancel():
            future.set_result(None)


def _row(record: AuditRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "created_at": record.created_at,
        "rule_set_version": record.rule_set_version,
        "rule_set_digest": record.rule_set_digest,
        "engine_version": record.engine_version,
        "jurisdiction": record.jurisdiction,
        "request_hash": record.request_hash,
        "answer_hash": record.answer_hash,
        "finding_ids": list(record.finding_ids),
    }
