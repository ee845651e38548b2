"""Tokens that were used, for every process of a site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.models import UsedToken
from app.store.database import Database, retried

MOST_AT_ONCE = 200
"""Rows written by one statement: SQLite takes a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token by a hash of its id, and when its life ends."""

    issuer: str
    name: str
    ends: datetime


class UsedTokenStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, token: StoredToken) -> bool:
        """Note that a token is used; False if it was already, by whichever process. Raises StorageError."""
        return self.add([token]) == 1

    @retried
    def add(self, tokens: Sequence[StoredToken]) -> int:
        """Note that tokens are used; how many were not yet. Raises StorageError."""
        rows = [{"issuer": item.issuer, "name": item.name, "ends": item.ends} for item in tokens]
        pages = (rows[start : start + MOST_AT_ONCE] for start in range(0, len(rows), MOST_AT_ONCE))
        make = sqlite.insert if self._database.is_sqlite else postgresql.insert
        with self._database.writing() as connection:
            # A driver need not count what an INSERT did, so each row that is new comes back.
            added = (make(UsedToken).values(page).on_conflict_do_nothing().returning(UsedToken.name) for page in pages)
            return sum(len(connection.execute(statement).all()) for statement in added)

    def since(self, moment: datetime) -> list[StoredToken]:
        """Tokens whose life ends at ``moment`` or later, the first to end first. Raises StorageError."""
        query = select(UsedToken.__table__).where(UsedToken.ends >= moment).order_by(UsedToken.ends)
        with self._database.reading() as connection:
            return [StoredToken(row.issuer, row.name, row.ends) for row in connection.execute(query)]

    def purge(self, moment: datetime) -> int:
        """Forget tokens whose life ended before ``moment``; how many there were. Raises StorageError."""
        with self._database.writing() as connection:
            return connection.execute(delete(UsedToken).where(UsedToken.ends < moment)).rowcount

    def count(self) -> int:
        """How many are kept. Raises StorageError."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(UsedToken)).scalar_one())
