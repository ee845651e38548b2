"""Connections that keep their promises: durable commits, one writer at a time, and no value in any message."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.authoring.bundle import canonical
from app.errors import StorageError

BUSY_MS = 5000
LOG_KEPT = 16_000_000
"""Bytes that SQLite's write-ahead log keeps once it was folded in: what a long reader made of it must not stay for ever."""
ALONE = 0x49564947
"""PostgreSQL advisory lock of those who publish; the letters IVIG."""
TRAIL = ALONE + 1
"""PostgreSQL advisory lock of those who lengthen the audit trail."""

_SQLITE_PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",  # NORMAL lost acknowledged writes in simulated power cuts
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    f"journal_size_limit = {LOG_KEPT}",
    "recursive_triggers = ON",  # otherwise INSERT OR REPLACE deletes behind the triggers' back
)
_READ_ONLY_PRAGMAS = ("foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0")
_POSTGRES_OPTIONS = f"-c lock_timeout={BUSY_MS} -c statement_timeout={BUSY_MS} -c timezone=UTC"


RETRIES = 3
"""How often a transaction that PostgreSQL took back for the sake of another one is run again."""
_TAKEN_BACK = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock. Nothing of such a transaction is there."""
P = ParamSpec("P")
R = TypeVar("R")


def retried(write: Callable[P, R]) -> Callable[P, R]:
    """Run one whole transaction again, three times at most, where the database took it back and nothing else went wrong.

    A connection that broke is another matter: its outcome is unknown, and only an Idempotency-Key can tell.
    """

    @wraps(write)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        for _ in range(RETRIES):
            try:
                return write(*arguments, **named)
            except StorageError as error:
                if getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) not in _TAKEN_BACK:
                    raise
        return write(*arguments, **named)

    return run


Writing = Connection
"""An open transaction, for those above who hand it on without looking inside."""


class Database:
    """One database, SQLite or PostgreSQL. Every failure leaves here as StorageError."""

    def __init__(self, url: str) -> None:
        """Prepare ``url``, making the folder of a SQLite file; nothing is opened yet. Raises StorageError for a bad URL."""
        self.url = _parsed(url)
        if self.is_sqlite:
            _make_folder(self.url)
        self.path = Path(self.url.database or "") if self.is_sqlite else None
        self.read_only = self.path is not None and _cannot_write(self.path)
        self._engine = _engine(self.url, read_only=self.read_only)
        self._identity: tuple[int, int] | None = None
        if self.path is not None:
            event.listen(self._engine, "connect", self._remember_file)
        # The same connections, but their transactions take the write lock when they begin, not half way through.
        self._writer = self._engine.execution_options(immediate=True)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        self._check_file()
        with _failures("read"), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, alone: bool = False, lock: int = ALONE) -> Iterator[Connection]:
        """A transaction that writes, committed on leaving. ``alone`` keeps others with the same ``lock`` out until then."""
        self._check_file()
        if self.read_only:
            raise StorageError(f"the database cannot be written: {self.path} is read-only")
        with _failures("write"), self._writer.begin() as connection:
            if alone and not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()

    def fold_log(self) -> None:
        """Move SQLite's write-ahead log into the file and empty it, as far as nobody reads just now. Raises StorageError."""
        if self.is_sqlite:
            # Not inside a transaction: the driver's own connection, on which none is begun.
            with _failures("write"), self._engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @property
    def log_bytes(self) -> int:
        """Size of SQLite's write-ahead log; 0 where there is none."""
        return _size(_beside(self.path, "-wal")) if self.path else 0

    def _remember_file(self, _connection: object, _record: object) -> None:
        self._identity = self._identity or _identity(self.path)

    def _check_file(self) -> None:
        """A file put in the place of the open one would take writes that nobody reads, and give answers nobody wrote."""
        if self._identity is not None and _identity(self.path) != self._identity:
            raise StorageError(f"{self.path} was replaced or removed under the running process: restart it")


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


def _cannot_write(path: Path) -> bool:
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def _read_only(url: URL) -> URL:
    """The same file, opened for reading. ``immutable`` only where nobody can write and no log waits to be read with it."""
    path = Path(url.database or "")
    still = not os.access(path.parent, os.W_OK) and not _size(_beside(path, "-wal"))
    query = {"mode": "ro", "uri": "true", **({"immutable": "1"} if still else {})}
    return url.set(database=f"file:{quote(str(path.resolve()))}", query=query)


def _engine(url: URL, *, read_only: bool) -> Engine:
    arguments: dict[str, Any] = {"pool_timeout": BUSY_MS / 1000}
    if url.get_backend_name() != "sqlite":
        arguments |= {"connect_args": {"options": _POSTGRES_OPTIONS, "connect_timeout": 5}, "pool_pre_ping": True}
        # Whoever waits for the lock of those who publish must then see what the one before wrote, whatever the site's default.
        arguments |= {"isolation_level": "READ COMMITTED"}
    url = _read_only(url) if read_only else url
    try:
        engine = create_engine(
            url, hide_parameters=True, json_serializer=_json, json_deserializer=_from_json, **arguments
        )
    except ModuleNotFoundError:
        raise StorageError("PostgreSQL needs the extra: pip install 'ivig-cds[postgres]'") from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, _READ_ONLY_PRAGMAS if read_only else _SQLITE_PRAGMAS))
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _json(value: Any) -> str:
    return canonical(value).decode()


def _from_json(value: str) -> Any:
    return json.loads(value, parse_float=Decimal)


def _prepare_sqlite(pragmas: tuple[str, ...], connection: Any, _record: object) -> None:
    # The driver would begin transactions late and by its own rules; _begin_sqlite begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
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
    except (ValueError, TypeError) as error:
        # A column that no longer holds what its type says: a damaged page gives such rows.
        raise StorageError(f"the database holds what was never written: {type(error).__name__}") from error
