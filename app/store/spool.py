"""Audit records that the database would not take, kept in a file until it does."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from app.errors import StorageError

LARGEST = 64_000_000
"""Bytes after which records are lost rather than kept: the disk is needed for other things."""


class Spool:
    """A file of one record a line, shared by the worker processes of one folder. It holds what the table would: no value."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, rows: list[dict[str, Any]]) -> bool:
        """Add records; False if they cannot be kept."""
        lines = "".join(json.dumps({**row, "created_at": row["created_at"].isoformat()}) + "\n" for row in rows)
        try:
            with self._held("a+b") as file:
                if file.tell() + len(lines) > LARGEST:
                    return False
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
        except (OSError, ValueError):
            return False
        return True

    @property
    def holds(self) -> bool:
        """Whether anything waits here."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    @contextmanager
    def taking(self) -> Iterator[list[dict[str, Any]]]:
        """The records that wait; they are forgotten once the block ends without an error. Raises StorageError."""
        try:
            with self._held("r+b") as file:
                yield [row for line in file.read().splitlines() if (row := _row(line))]
                file.truncate(0)
        except FileNotFoundError:
            yield []
        except OSError as error:
            raise StorageError(f"{self.path} cannot be used: {error.strerror}") from None

    @contextmanager
    def _held(self, mode: str) -> Iterator[IO[bytes]]:
        with self.path.open(mode) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0, os.SEEK_END if mode.startswith("a") else os.SEEK_SET)
            yield file


def _row(line: bytes) -> dict[str, Any] | None:
    """A record, or None for a line that a full disk or a kill cut short."""
    try:
        row = json.loads(line)
        return {**row, "created_at": datetime.fromisoformat(row["created_at"])}
    except (ValueError, KeyError, TypeError):
        return None
