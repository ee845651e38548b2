"""API keys in the database: ids, hashes, scopes and dates; no secret ever comes here."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update

from app.models import ApiKey
from app.store.database import Database


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One issued key."""

    id: str
    name: str
    secret_hash: str = field(repr=False)
    scopes: frozenset[str]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None


class ApiKeyStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredKey]:
        """Every key ever issued, oldest first. Raises StorageError."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ApiKey.__table__).order_by(ApiKey.created_at, ApiKey.id)).mappings().all()
        return [StoredKey(**{**row, "scopes": frozenset(row["scopes"])}) for row in rows]

    def add(self, key: StoredKey) -> None:
        """Keep a newly issued key. Raises StorageError."""
        values = {name: getattr(key, name) for name in StoredKey.__slots__}
        with self._database.writing() as connection:
            connection.execute(insert(ApiKey).values(**{**values, "scopes": sorted(key.scopes)}))

    def revoke(self, id_: str, at: datetime) -> bool:
        """Revoke a key for good; False if there is no such key that still holds. Raises StorageError."""
        change = update(ApiKey).where(ApiKey.id == id_, ApiKey.revoked_at.is_(None)).values(revoked_at=at)
        with self._database.writing() as connection:
            return connection.execute(change).rowcount == 1
