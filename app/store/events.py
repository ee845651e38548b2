"""What happens to a rule set, as links of the audit chain: written by the very transaction that makes it happen."""

import hmac
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import SQLAlchemyError

from app.authoring.bundle import canonical
from app.errors import StorageError
from app.models import AssessmentRecord
from app.store.anchor import Head
from app.store.chain import Chain
from app.store.database import TRAIL, Database
from app.store.spool import Spool
from app.version import ENGINE_VERSION

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of a rule set. ``version`` and ``digest`` are those of what it was about; ``words`` why or what."""

    what: str
    version: str
    digest: str
    at: datetime
    by: str
    words: str | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventTrail:
    """Where events are written. Without a ``chain`` none is.

    With ``spool`` an event that the trail does not take waits there, and what happened stands: a broken trail must not keep
    a site from a rollback. Without it the event takes everything back.
    """

    chain: Chain | None = None
    key: bytes = b""
    spool: Spool | None = None

    @contextmanager
    def changing(self, database: Database) -> Iterator[tuple[Connection, list[Event]]]:
        """One transaction, no other publisher beside it, and the list for what happens in it. Raises StorageError."""
        events: list[Event] = []
        head: Head | None = None
        waiting: list[dict[str, Any]] = []
        with database.writing(alone=True) as connection:
            yield connection, events
            if self.chain is not None and events:
                rows = [self._row(event) for event in events]
                head, waiting = self._written(database, connection, self.chain, rows)
        self._settle(head, waiting)

    def _row(self, event: Event) -> dict[str, Any]:
        asked = canonical([event.what, event.version, event.by, event.words])
        came = canonical([event.what, event.version, event.digest, event.by, event.words, event.at.isoformat()])
        return {
            "id": str(uuid4()),
            "created_at": event.at,
            "rule_set_version": event.version,
            "rule_set_digest": event.digest,
            "engine_version": ENGINE_VERSION,
            "jurisdiction": None,
            "request_hash": hmac.digest(self.key, asked, "sha256").hex(),
            "answer_hash": hmac.digest(self.key, came, "sha256").hex(),
            "finding_ids": [f"event:{event.what}", *event.more, f"by:{event.by}"],
        }

    def _written(
        self, database: Database, connection: Connection, chain: Chain, rows: list[dict[str, Any]]
    ) -> tuple[Head | None, list[dict[str, Any]]]:
        """The new head, or the rows that must wait. Raises what went wrong where none may."""
        if self.spool is None:
            return _appended(database, connection, chain, rows), []
        try:
            # A failed statement would otherwise take the whole transaction with it.
            with connection.begin_nested():
                return _appended(database, connection, chain, [dict(row) for row in rows]), []
        except (StorageError, SQLAlchemyError) as error:
            log.warning("an event of the rule set waits outside the audit trail: %s", type(error).__name__)
            return None, rows

    def _settle(self, head: Head | None, waiting: list[dict[str, Any]]) -> None:
        """After the commit: a crash before this leaves an anchor behind the trail, never ahead of it."""
        if waiting and not (self.spool and self.spool.keep(waiting)):
            log.error("%d events of the rule set are not in the audit trail", len(waiting))
        if head is None or self.chain is None:
            return
        try:
            self.chain.anchor.advance(head)
        except StorageError as error:
            # The event is durable; the next record anchors it too.
            log.warning("the head of the audit trail is not anchored: %s", error)


def _appended(database: Database, connection: Connection, chain: Chain, rows: list[dict[str, Any]]) -> Head:
    if not database.is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TRAIL})
    head = chain.extended(chain.tip(connection), rows)
    connection.execute(insert(AssessmentRecord), rows)
    return head


def draft_of(report: Mapping[str, Any]) -> tuple[str, ...]:
    """The draft that a version was made from, as an event names it."""
    return (f"draft:{report['draft']}",) if "draft" in report else ()


SILENT = EventTrail()
"""Writes no events."""
