"""How often what happened, by day and version: sums only, and no column that can hold a patient's value."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class RuleCount(Base):
    """One sum. ``name`` is a door for `assessed`, a rule's key for `fired`, a place in the request for `unread`."""

    __tablename__ = "rule_count"
    __table_args__ = (
        CheckConstraint("kind IN ('assessed', 'fired', 'unread')", name="kind_known"),
        CheckConstraint("count >= 0", name="count_not_negative"),
    )

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    rule_set_version: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(160), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
