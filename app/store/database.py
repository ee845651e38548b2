"""Connections that keep their promises: durable commits, one writer at a time, and no value in any message."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.authoring.bundle import canonical
from app.errors import StorageError

BUSY_MS = 5000
ALONE = 0x49564947
"""PostgreSQL advisory lock of those who publish; the letters IVIG."""

_SQLITE_PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",  # NORMAL lost acknowledged writes in simulated power cuts
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "recursive_triggers = ON",  # otherwise INSERT OR REPLACE deletes behind the triggers' back
)
_POSTGRES_OPTIONS = f"-c lock_timeout={BUSY_MS} -c statement_timeout={2 * BUSY_MS} -c timezone=UTC"


Writing = Connection
"""An open transaction, for those above who hand it on without looking inside."""


class Database:
    """One database, SQLite or PostgreSQL. Every failure leaves here as StorageError."""

    def __init__(self, url: str) -> None:
        """Prepare ``url``, making the folder of a SQLite file; nothing is opened yet. Raises StorageError for a bad URL."""
        self.url = _parsed(url)
        if self.is_sqlite:
            _make_folder(self.url)
        self._engine = _engine(self.url)
        # The same connections, but their transactions take the write lock when they begin, not half way through.
        self._writer = self._engine.execution_options(immediate=True)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with _failures("read"), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction that writes, committed on leaving. ``alone`` keeps every other such transaction out until then."""
        with _failures("write"), self._writer.begin() as connection:
            if alone and not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ALONE})
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError("the database URL cannot be read") from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"} or (
        parsed.drivername == "sqlite" and not parsed.database
    ):
        raise StorageError(
            "the database URL names neither a SQLite file nor PostgreSQL (sqlite:///..., postgresql://...)"
        )
    return parsed


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder of the database cannot be made: {folder}: {error.strerror}") from None


def _engine(url: URL) -> Engine:
    arguments: dict[str, Any] = {}
    if url.get_backend_name() != "sqlite":
        arguments = {"connect_args": {"options": _POSTGRES_OPTIONS, "connect_timeout": 5}, "pool_pre_ping": True}
    try:
        engine = create_engine(
            url, hide_parameters=True, json_serializer=_json, json_deserializer=_from_json, **arguments
        )
    except ModuleNotFoundError:
        raise StorageError("PostgreSQL needs the extra: pip install 'ivig-cds[postgres]'") from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _json(value: Any) -> str:
    return canonical(value).decode()


def _from_json(value: str) -> Any:
    return json.loads(value, parse_float=Decimal)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions late and by its own rules; _begin_sqlite begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _failures(doing: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # The driver's first line: what comes after it (PostgreSQL's LINE and DETAIL) quotes statements and values.
        words = str(getattr(error, "orig", None) or type(error).__name__).splitlines()
        cause = words[0] if words else type(error).__name__
        raise StorageError(f"the database cannot be {'written' if doing == 'write' else 'read'}: {cause}") from error
