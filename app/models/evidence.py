"""The evidence of a published rule set."""

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class EvidenceSource(Base):
    __tablename__ = "evidence_source"
    __table_args__ = (UniqueConstraint("rule_set_id", "source_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set_version.id"), index=True)
    source_id: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(Text)


class EvidenceStatement(Base):
    __tablename__ = "evidence_statement"
    __table_args__ = (UniqueConstraint("rule_set_id", "statement_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set_version.id"), index=True)
    statement_id: Mapped[str] = mapped_column(String(80))
    source_id: Mapped[str] = mapped_column(String(80))
    confidence: Mapped[str] = mapped_column(String(10))
    content: Mapped[str] = mapped_column(Text)
