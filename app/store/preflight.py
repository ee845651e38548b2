"""What must hold of the place of a database before anything is opened there: each refusal is one line that says what to do."""

import re
from pathlib import Path

from sqlalchemy import inspect

from app.errors import StorageError
from app.store.database import Database

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "ncpfs",
        "ocfs2",
        "gfs2",
        "vboxsf",
    )
)
"""File systems on which the shared memory of SQLite's WAL is not shared, or locks are not kept; FUSE stands for any of them."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def check_place(database: Database, key: Path) -> None:
    """Refuse a SQLite file on a network file system, one that is empty, and a database that is gone though it was used.

    ``key`` is made on first use, after the database: where it is, a database was. Raises StorageError.
    """
    if database.path is not None:
        _check_file(database.path, key)
    elif key.exists() and _is_empty(database):
        raise StorageError(_gone("the database has no tables", key))


def _check_file(path: Path, key: Path) -> None:
    kind = filesystem_of(path.parent)
    if kind in NETWORK or kind.startswith("fuse"):
        raise StorageError(
            f"{path} lies on a {kind} file system, where SQLite's write-ahead log is not safe: "
            "use a local disk, or PostgreSQL (IVIG_DATABASE_URL)"
        )
    if not path.exists():
        if key.exists():
            raise StorageError(_gone(f"{path} is gone", key))
    elif path.stat().st_size == 0:
        raise StorageError(f"{path} is empty: restore a backup (ivig-cds restore), or remove the file to begin anew")


def _gone(what: str, key: Path) -> str:
    return (
        f"{what}, though {key} shows that there was a database: restore a backup (ivig-cds restore), "
        "or make an empty one with `ivig-cds db upgrade`"
    )


def _is_empty(database: Database) -> bool:
    with database.reading() as connection:
        return not inspect(connection).get_table_names()


def check_pages(database: Database) -> None:
    """Let SQLite look at every page of its file. Raises StorageError for one that is damaged."""
    if database.path is None:
        return
    with database.reading() as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        raise StorageError(f"{database.path} is damaged: restore a backup (ivig-cds restore)")


def filesystem_of(path: Path, mounts: Path = MOUNTS) -> str:
    """The type of the file system that ``path`` lies on, as the kernel calls it; empty where it cannot be told."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    wanted, best, kind = path.resolve(), Path(), ""
    for line in lines:
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:  # noqa: PLR2004 - the mount point is the fifth field
            continue
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4]))
        # A later mount on the same point covers the earlier one.
        if wanted.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, right.split(" ")[0]
    return kind
