"""Cases that a site keeps: written in groups, read one at a time, and forgotten so that nothing of them stays in the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from app.models import CaseRecord
from app.store.database import Database, retried


@dataclass(frozen=True, slots=True)
class Case:
    """One request and its answer, as JSON text. What was sent never shows in a message about it."""

    id: str
    kept_at: datetime
    door: str
    rule_set_version: str
    request: str = field(repr=False)
    answer: str = field(repr=False)

    @property
    def size(self) -> int:
        """Characters."""
        return len(self.request) + len(self.answer)


@dataclass(frozen=True, slots=True)
class CaseStore:
    """The cases in one database."""

    database: Database

    @retried
    def add(self, cases: Sequence[Case]) -> None:
        """Keep these, all or none. Raises StorageError."""
        rows = [
            {
                "id": case.id,
                "kept_at": case.kept_at,
                "door": case.door,
                "rule_set_version": case.rule_set_version,
                "request": case.request,
                "answer": case.answer,
            }
            for case in cases
        ]
        with self.database.writing() as connection:
            connection.execute(insert(CaseRecord), rows)

    def find(self, id_: str) -> Case | None:
        """The case of an answer, if it is kept. Raises StorageError."""
        with self.database.reading() as connection:
            row = connection.execute(select(CaseRecord.__table__).where(CaseRecord.id == id_)).first()
        return Case(*row) if row else None

    def any_before(self, moment: datetime) -> bool:
        """Whether any case was kept before ``moment``: asked first, so that forgetting nothing needs no lock. Raises StorageError."""
        wanted = select(CaseRecord.id).where(CaseRecord.kept_at < moment).limit(1)
        with self.database.reading() as connection:
            return connection.execute(wanted).first() is not None

    def purge(self, before: datetime) -> int:
        """Forget cases kept before this moment; how many there were. Raises StorageError.

        SQLite overwrites what was deleted, and its log is folded in and emptied, unless another connection reads just then.
        PostgreSQL gives the space back when it vacuums.
        """
        with self.database.writing() as connection:
            if self.database.is_sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            count = connection.execute(delete(CaseRecord).where(CaseRecord.kept_at < before)).rowcount
        if count:
            self.database.fold_log()
        return count
