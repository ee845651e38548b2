"""The data folder: its one server, and the key of the audit hashes."""

import fcntl
import os
import secrets
from pathlib import Path
from tempfile import mkstemp
from typing import IO

from app.errors import StorageError

KEY_BYTES = 32


def lock_folder(folder: Path) -> IO[str]:
    """Hold the folder for this process until the returned file is closed. Raises StorageError if another holds it.

    SQLite before 3.51.3 can lose writes when several processes checkpoint one WAL at once, and one server keeps
    the activations that it answers from consistent; so a second server on one folder is refused.
    """
    path = folder / "server.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = _opened(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise StorageError(f"another server already runs on {folder}") from None
    return held


def _opened(path: Path) -> IO[str]:
    if os.access(path.parent, os.W_OK):
        return path.open("w", encoding="utf-8")
    # Nobody can write here: the lock of before serves, and without one there is nothing to keep apart.
    return (path if path.exists() else Path(os.devnull)).open(encoding="utf-8")


def audit_key(path: Path) -> bytes:
    """The key of the audit hashes, made on first use, readable by this user only. Raises StorageError if it is no key.

    It lies outside the database: who has only the database cannot confirm a guessed history.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise StorageError(f"{path} cannot be used: {error.strerror}") from None
    if len(key) < KEY_BYTES:
        raise StorageError(f"{path} holds less than {KEY_BYTES} bytes: it is no audit key")
    return key


def existing_key(path: Path) -> bytes:
    """The key of the audit hashes, never made here: a new one would find every record altered. Raises StorageError."""
    if not path.exists():
        raise StorageError(f"{path} is not there: the chain cannot be checked without its key")
    return audit_key(path)


def _make_key(path: Path) -> None:
    """Written aside and linked into place: whoever loses the race uses the winner's key, and nobody sees half of one."""
    if path.exists():
        return
    descriptor, draft = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
