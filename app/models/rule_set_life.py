"""The life of a rule set before and around its publication: drafts, the steps they took, and what a version was made from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Sequence, UtcDateTime


class RuleSetDraft(Base):
    """One revision of a draft: its YAML files as one canonical JSON text. A change is another revision, never another row's."""

    __tablename__ = "rule_set_draft"
    __table_args__ = (
        CheckConstraint("revision >= 1", name="revision_positive"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        UniqueConstraint("draft_id", "revision", name="uq_rule_set_draft_revision"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    draft_id: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int] = mapped_column(Integer)
    base: Mapped[str | None] = mapped_column(String(40))
    files: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(120))


class RuleSetStep(Base):
    """A revision of a draft was validated, approved or published; each happens once."""

    __tablename__ = "rule_set_step"
    __table_args__ = (
        CheckConstraint("step IN ('validated', 'approved', 'published')", name="step_known"),
        UniqueConstraint("draft_seq", "step", name="uq_rule_set_step_once"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    draft_seq: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_draft.seq"))
    step: Mapped[str] = mapped_column(String(20))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[str] = mapped_column(String(120))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)


class RuleSetOrigin(Base):
    """The files a published version was made from, cases included, and what the gate reported of them."""

    __tablename__ = "rule_set_origin"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest_length"),)

    rule_set_version_id: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_version.id"), primary_key=True)
    files: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)


class KeptReply(Base):
    """What was answered under an Idempotency-Key, written with the effect itself, so that asking again changes nothing."""

    __tablename__ = "kept_reply"
    __table_args__ = (CheckConstraint("length(request_hash) = 64", name="request_hash_length"),)

    owner: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
