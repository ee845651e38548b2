"""Published versions of the knowledge, their rules, and which of them was made active when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Sequence, UtcDateTime


class RuleSetVersion(Base):
    """One published version. ``document`` is the canonical text whose SHA-256 is ``digest``; it alone is served."""

    __tablename__ = "rule_set_version"
    __table_args__ = (
        CheckConstraint("length(version) BETWEEN 5 AND 40", name="version_length"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("format >= 1", name="format_positive"),
        CheckConstraint("length(document) >= 2", name="document_not_empty"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    version: Mapped[str] = mapped_column(String(40), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    format: Mapped[int] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(String(500))


class RuleRow(Base):
    """One rule of a version, for people who look with SQL; the service reads the document."""

    __tablename__ = "rule"

    rule_set_version_id: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_version.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Activation(Base):
    """From here on this version answers. The last row holds; rows are only added."""

    __tablename__ = "activation"
    __table_args__ = (CheckConstraint("length(seal) = 64", name="seal_length"), {"sqlite_autoincrement": True})

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    rule_set_version_id: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_version.id"), index=True)
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_by: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(500))
    # SHA-256 over the number, the version's digest and the rest: a bit that flips must not bring back another version.
    # Empty in activations from before there were seals.
    seal: Mapped[str | None] = mapped_column(String(64))
