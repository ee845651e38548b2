"""A SQLite database to a file and back. A copy made with `cp` while a server runs is torn: it lacks the write-ahead log."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.errors import StorageError
from app.store.database import Database
from app.store.folder import lock_folder
from app.store.preflight import check_pages
from app.store.rule_sets import Published, RuleSetStore
from app.store.schema import check_owner

ENDINGS = ("", "-wal", "-shm")
PAGES_AT_ONCE = 1000


def backup(database: Database, file: Path) -> Published | None:
    """Write the database to a new file as it stands at one moment, also while a server writes to it; gives the active version.

    The file is opened and verified before it gets its name. Raises StorageError.
    """
    source = _sqlite_file(database)
    if not source.exists():
        raise StorageError(f"{source} is not there: nothing to back up")
    if file.exists():
        raise StorageError(f"{file} is there already: a backup is never written over")
    with _draft(file) as draft:
        _copy(source, draft)
        active = examine(draft)
        _place(draft, file)
    return active


def restore(database: Database, file: Path, folder: Path) -> tuple[Published | None, Path | None]:
    """Put a backup in the place of the database; gives its active version and where the file of before was moved to.

    Raises StorageError, with everything as it was, if a server runs on ``folder`` or the backup cannot be used.
    """
    target = _sqlite_file(database)
    if not file.is_file():
        raise StorageError(f"{file} is not there")
    with lock_folder(folder), _draft(target) as draft:
        _copy(file, draft)
        active = examine(draft)
        database.close()
        kept = _move_aside(target)
        _place(draft, target)
    return active, kept


def examine(file: Path) -> Published | None:
    """The active version of a backup, after its pages and the digest of every published version were checked."""
    copy = Database(f"sqlite:///{file}")
    try:
        check_pages(copy)
        check_owner(copy)
        store = RuleSetStore(copy)
        for published in store.versions():
            store.load(published.version)
        return store.active()
    finally:
        copy.close()


def _sqlite_file(database: Database) -> Path:
    if database.path is None:
        raise StorageError("this is PostgreSQL: use pg_dump and pg_restore, as docs/operations.md shows")
    return database.path


def _copy(source: Path, target: Path) -> None:
    """SQLite's own backup: pages that change meanwhile are copied again."""
    try:
        opened = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
        with closing(opened) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other, pages=PAGES_AT_ONCE, sleep=0.01)
    except sqlite3.Error as error:
        raise StorageError(f"{source} cannot be copied: {error}") from None


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """A name beside ``file`` for what is not finished; nothing of it stays."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield draft
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        for ending in ENDINGS:
            draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _place(draft: Path, file: Path) -> None:
    draft.chmod(0o600)
    _sync(draft)
    draft.rename(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move_aside(target: Path) -> Path | None:
    """What is there now is kept under another name, its log with it: also a damaged file may be wanted."""
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for ending in ENDINGS:
        piece = target.with_name(target.name + ending)
        if piece.exists():
            shutil.move(piece, kept.with_name(kept.name + ending))
    return kept
