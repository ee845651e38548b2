"""The evidence of a published version: where each statement was read, and what it says."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Sequence


class EvidenceSource(Base):
    __tablename__ = "evidence_source"

    rule_set_version_id: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_version.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class EvidenceStatement(Base):
    """``uncertain`` statements are never published, so the column cannot hold them."""

    __tablename__ = "evidence_statement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rule_set_version_id", "source_id"],
            ["evidence_source.rule_set_version_id", "evidence_source.source_id"],
            name="fk_evidence_statement_source",
        ),
        CheckConstraint("confidence IN ('verified', 'likely')", name="confidence_known"),
    )

    rule_set_version_id: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_version.id"), primary_key=True)
    statement_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(80))
    confidence: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
