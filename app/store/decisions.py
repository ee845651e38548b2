"""Audit records, read back by the id of their decision."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.models import AssessmentRecord
from app.store.database import Database


@dataclass(frozen=True, slots=True)
class Decision:
    """What the audit trail keeps of one answer: names and keyed hashes."""

    id: str
    created_at: datetime
    rule_set_version: str
    rule_set_digest: str
    engine_version: str
    request_hash: str
    answer_hash: str


def decision(database: Database, decision_id: str) -> Decision | None:
    """The record of one answer; None where there is none."""
    columns = AssessmentRecord.__table__.c
    wanted = select(*(columns[name] for name in Decision.__slots__)).where(AssessmentRecord.id == decision_id)
    with database.reading() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else Decision(*row)
