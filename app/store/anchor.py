"""The head of the audit chain, kept outside the database: without it, a tail that was cut off could not be seen."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from app.errors import StorageError

_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})\n", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of the chain: its number and its digest. Number 0 is the opening of an empty chain."""

    seq: int
    digest: str


class Anchor:
    """One small file that holds the head. It is replaced whole and synced, so a reader sees the old head or the new one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Head | None:
        """The anchored head, or None where none was ever written. Raises StorageError if the file holds no head."""
        try:
            text = self.path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise StorageError(f"{self.path} cannot be read") from None
        found = _LINE.fullmatch(text)
        if found is None:
            raise StorageError(f"{self.path} holds no head of an audit chain")
        return Head(int(found[1]), found[2])

    def advance(self, head: Head) -> None:
        """Move the head forward, durably; one that lies behind is left alone. Raises StorageError if it cannot be written."""
        with self._alone():
            held = self.read()
            if held is None or held.seq < head.seq:
                self._write(head)

    def replace(self, head: Head) -> None:
        """Set the head whatever it was: an operator's act, after a restore. Raises StorageError if it cannot be written."""
        with self._alone():
            self._write(head)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Several worker processes may share the folder; its descriptor is the lock, so that no further file is needed."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
            os.fsync(folder)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be written: {error.strerror}") from None
        finally:
            os.close(folder)

    def _write(self, head: Head) -> None:
        descriptor, draft = mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{head.seq} {head.digest}\n")
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(self.path)
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise
