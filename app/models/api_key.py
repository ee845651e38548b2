"""API keys: who was given one, for what, until when. The secret itself is never stored, only its hash."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UtcDateTime


class ApiKey(Base):
    """One key. Only ``revoked_at`` is ever written later, once."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("length(id) = 12", name="id_length"),
        CheckConstraint("length(secret_hash) = 64", name="hash_length"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
