"""Tokens of EHRs that were used: none opens a second time, whichever process it is shown to. No token can be read from this."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UtcDateTime


class UsedToken(Base):
    """One token, by its issuer and a hash of its id, and when its life ends."""

    __tablename__ = "used_token"
    __table_args__ = (CheckConstraint("length(name) = 32", name="name_length"),)

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    ends: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
