"""The audit trail of assessments: ids and keyed hashes. No column can hold a patient's value."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Sequence, UtcDateTime


class AssessmentRecord(Base):
    """One answered assessment. ``rule_set_version`` is a name, not a key: a bundled set may answer that was never published."""

    __tablename__ = "assessment_record"
    __table_args__ = (
        CheckConstraint("length(rule_set_digest) = 64", name="digest_length"),
        CheckConstraint("length(request_hash) = 64", name="request_hash_length"),
        CheckConstraint("length(answer_hash) = 64", name="answer_hash_length"),
        CheckConstraint("length(chain_previous) = 64", name="chain_previous_length"),
        CheckConstraint("length(chain_digest) = 64", name="chain_digest_length"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rule_set_version: Mapped[str] = mapped_column(String(40))
    rule_set_digest: Mapped[str] = mapped_column(String(64))
    engine_version: Mapped[str] = mapped_column(String(40))
    jurisdiction: Mapped[str | None] = mapped_column(String(8))
    request_hash: Mapped[str] = mapped_column(String(64))
    answer_hash: Mapped[str] = mapped_column(String(64))
    finding_ids: Mapped[list[str]] = mapped_column(JSON)
    # Empty in records from before there was a chain.
    chain_previous: Mapped[str | None] = mapped_column(String(64))
    chain_digest: Mapped[str | None] = mapped_column(String(64))
