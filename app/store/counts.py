"""Sums by day and version, added up by every process that answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.models import RuleCount, RuleRow, RuleSetVersion
from app.store.database import Database, retried


class CountKey(NamedTuple):
    """What was counted: on which day (UTC), under which version."""

    day: date
    version: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class CountStore:
    """The sums in one database."""

    database: Database

    @retried
    def add(self, counts: Mapping[CountKey, int]) -> None:
        """Add to what is there, all or nothing. Raises StorageError.

        In one order, so that two processes that add the same rules wait for each other instead of blocking each other.
        """
        if not counts:
            return
        rows = [
            {"day": key.day, "rule_set_version": key.version, "kind": key.kind, "name": key.name, "count": counts[key]}
            for key in sorted(counts)
        ]
        make = sqlite.insert if self.database.is_sqlite else postgresql.insert
        new = make(RuleCount)
        table = RuleCount.__table__.c
        own = [table.day, table.rule_set_version, table.kind, table.name]
        statement = new.on_conflict_do_update(
            index_elements=own, set_={"count": table["count"] + new.excluded["count"]}
        )
        with self.database.writing() as connection:
            connection.execute(statement, rows)

    def since(self, first: date) -> dict[CountKey, int]:
        """Every sum from this day on. Raises StorageError."""
        wanted = select(RuleCount.__table__).where(RuleCount.day >= first)
        with self.database.reading() as connection:
            rows = connection.execute(wanted).all()
        return {CountKey(row.day, row.rule_set_version, row.kind, row.name): row[4] for row in rows}

    def forget(self, before: date) -> None:
        """Drop the sums of days before this one. Raises StorageError."""
        with self.database.writing() as connection:
            connection.execute(delete(RuleCount).where(RuleCount.day < before))

    def rules_of(self, version: str) -> frozenset[str]:
        """The ids of the rules of a published version; none for one that is not published here. Raises StorageError."""
        wanted = select(RuleRow.rule_id).join(RuleSetVersion, RuleSetVersion.id == RuleRow.rule_set_version_id)
        with self.database.reading() as connection:
            return frozenset(connection.execute(wanted.where(RuleSetVersion.version == version)).scalars())
