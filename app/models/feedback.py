"""Cards that were handed out, the rules behind each, and what became of them. No column can hold a patient's value."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Sequence, UtcDateTime


class IssuedCard(Base):
    """One card, by the uuid that its feedback will name. Neither the call nor the patient is kept."""

    __tablename__ = "issued_card"
    __table_args__ = (
        CheckConstraint("length(card_uuid) = 36", name="uuid_length"),
        CheckConstraint("indicator IN ('info', 'warning', 'critical')", name="indicator_known"),
    )

    card_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tenant: Mapped[str] = mapped_column(String(80))
    service: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(40))
    indicator: Mapped[str] = mapped_column(String(10))
    rule_set_version: Mapped[str] = mapped_column(String(40))
    shown: Mapped[bool] = mapped_column()


class IssuedCardRule(Base):
    """A rule that spoke on a card."""

    __tablename__ = "issued_card_rule"

    card_uuid: Mapped[str] = mapped_column(String(36), ForeignKey("issued_card.card_uuid"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(160), primary_key=True, index=True)


class CardFeedback(Base):
    """One outcome of one card. The same outcome reported again is the same row."""

    __tablename__ = "card_feedback"
    __table_args__ = (
        UniqueConstraint("card_uuid", "outcome", "outcome_at", name="uq_card_feedback_once"),
        CheckConstraint("outcome IN ('accepted', 'overridden')", name="outcome_known"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    card_uuid: Mapped[str] = mapped_column(String(36), ForeignKey("issued_card.card_uuid"))
    outcome: Mapped[str] = mapped_column(String(10))
    outcome_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    suggestions: Mapped[list[str]] = mapped_column(JSON)
    override_code: Mapped[str | None] = mapped_column(String(80))
    comment: Mapped[str | None] = mapped_column(Text)
