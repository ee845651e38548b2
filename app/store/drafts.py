"""Drafts: revisions that are only ever added, and the steps each of them took."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, desc, func, insert, select

from app.authoring.bundle import canonical, digest_of, read
from app.errors import RefusedError, RuleSetError
from app.models import RuleSetDraft, RuleSetStep
from app.store.database import Database

StepName = Literal["validated", "approved", "published"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done with one revision of a draft."""

    at: datetime
    by: str
    report: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest revision of a draft. ``etag`` names exactly this revision."""

    seq: int = field(repr=False)
    id: str
    revision: int
    base: str | None
    digest: str
    note: str | None
    created_at: datetime
    created_by: str
    steps: Mapping[str, Step]

    @property
    def etag(self) -> str:
        return f'"{self.revision}-{self.digest[:16]}"'

    @property
    def state(self) -> str:
        """How far it has come: draft, validated, approved or published."""
        return next((name for name in ("published", "approved", "validated") if name in self.steps), "draft")


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What an author hands in."""

    files: Mapping[str, str] = field(repr=False)
    base: str | None
    note: str | None


class DraftStore:
    """All that is done with drafts."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, connection: Connection, draft_id: str, new: NewDraft, by: str, at: datetime) -> Draft:
        """The next revision of a draft, or its first."""
        text = canonical(dict(new.files))
        before = connection.execute(
            select(func.max(RuleSetDraft.revision)).where(RuleSetDraft.draft_id == draft_id)
        ).scalar_one()
        row = {
            "draft_id": draft_id,
            "revision": (before or 0) + 1,
            "base": new.base,
            "files": text.decode(),
            "digest": digest_of(text),
            "note": new.note,
            "created_at": at,
            "created_by": by,
        }
        connection.execute(insert(RuleSetDraft).values(row))
        return self.find(connection, draft_id)

    def get(self, draft_id: str) -> Draft:
        """The newest revision. Raises RefusedError 404."""
        with self.database.reading() as connection:
            return self.find(connection, draft_id)

    def find(self, connection: Connection, draft_id: str) -> Draft:
        """As ``get``, within a transaction."""
        wanted = _drafts().where(RuleSetDraft.draft_id == draft_id).order_by(desc(RuleSetDraft.revision)).limit(1)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise RefusedError("not-found", "there is no such draft", 404)
        return _draft(connection, row)

    def authors(self, connection: Connection, draft_id: str) -> set[str]:
        """Everybody who wrote a revision of it."""
        found = connection.execute(select(RuleSetDraft.created_by).where(RuleSetDraft.draft_id == draft_id))
        return set(found.scalars())

    def newest(self, limit: int) -> list[Draft]:
        """The newest revision of each draft, the latest first."""
        latest = select(func.max(RuleSetDraft.seq)).group_by(RuleSetDraft.draft_id)
        wanted = _drafts().where(RuleSetDraft.seq.in_(latest)).order_by(desc(RuleSetDraft.seq)).limit(limit)
        with self.database.reading() as connection:
            return [_draft(connection, row) for row in connection.execute(wanted)]

    def files(self, draft: Draft) -> dict[str, str]:
        """The YAML files of a revision. Raises RuleSetError if they are not what was handed in."""
        with self.database.reading() as connection:
            text = connection.execute(select(RuleSetDraft.files).where(RuleSetDraft.seq == draft.seq)).scalar_one()
        if digest_of(text.encode()) != draft.digest:
            raise RuleSetError("the draft is not what was handed in: its digest does not match")
        return read(text)

    def take(
        self, connection: Connection, draft: Draft, step: StepName, by: str, at: datetime, report: Mapping[str, Any]
    ) -> bool:
        """Note a step; False if it was taken already. Raises RefusedError 409 if the draft has moved on meanwhile."""
        now = self.find(connection, draft.id)
        if now.seq != draft.seq or "published" in now.steps:
            raise RefusedError("stale-draft", "the draft was changed or published meanwhile")
        new = step not in now.steps
        if new:
            row = {"draft_seq": draft.seq, "step": step, "taken_at": at, "taken_by": by, "report": report}
            connection.execute(insert(RuleSetStep).values(row))
        return new


def _drafts() -> Any:
    columns = RuleSetDraft.__table__.c
    return select(*(column for column in columns if column.name != "files"))


def _draft(connection: Connection, row: Row[Any]) -> Draft:
    steps = connection.execute(select(RuleSetStep.__table__).where(RuleSetStep.draft_seq == row.seq))
    return Draft(
        row.seq,
        row.draft_id,
        row.revision,
        row.base,
        row.digest,
        row.note,
        row.created_at,
        row.created_by,
        _steps(steps),
    )


def _steps(rows: Iterable[Row[Any]]) -> dict[str, Step]:
    return {row.step: Step(row.taken_at, row.taken_by, row.report) for row in rows}
