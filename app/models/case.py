"""Cases, where a site keeps them: the one table that holds what was sent about a patient. Off by default, and forgotten in time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UtcDateTime


class CaseRecord(Base):
    """One request as it was sent, without its tokens, and the answer it got; ``id`` is that of the answer's audit record."""

    __tablename__ = "case_record"
    __table_args__ = (
        CheckConstraint("length(id) = 36", name="id_length"),
        CheckConstraint("door IN ('native', 'hooks', 'fhir')", name="door_known"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    door: Mapped[str] = mapped_column(String(10))
    rule_set_version: Mapped[str] = mapped_column(String(40))
    request: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
