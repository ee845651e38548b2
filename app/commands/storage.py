"""Commands of those who run the service: backups and backups and the audit trail."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.errors import StorageError
from app.services.active import ensure_active
from app.services.recorder import KEY, chain_of, event_trail
from app.settings import Settings, read_settings
from app.store.backup import backup, restore
from app.store.chain import Chain, verify
from app.store.database import Database
from app.store.folder import audit_key, existing_key
from app.store.preflight import check_pages, check_place
from app.store.rule_sets import RuleSetStore
from app.store.schema import is_current, upgrade

REFUSED = 1
SEVERAL = (3, 51, 3)
"""SQLite before it can lose writes when several processes checkpoint one write-ahead log at once."""

audit = typer.Typer(help="The audit trail.", no_args_is_help=True)


@audit.command(name="verify")
def verify_audit() -> None:
    """Walk the whole audit chain; name the first record that is not as it was written. Ends with code 1 if there is one."""
    with _database() as (database, settings):
        found = verify(database, _chain(settings.data_dir))
    if found.unchained:
        typer.echo(f"{found.unchained} records are older than the chain; its opening seals them as they were then")
    if found.first_bad is not None:
        typer.echo(f"record {found.first_bad}: {found.reason}")
        raise typer.Exit(REFUSED)
    typer.echo(f"{found.chained} chained records, whole; head {found.head.seq} {found.head.digest}")


@audit.command(name="head")
def audit_head() -> None:
    """Print the anchored head, to be kept elsewhere too: in a ticket, a log server, on paper."""
    head = _chain(read_settings().data_dir).anchor.read()
    if head is None:
        raise StorageError("no head is anchored yet: there is no chained record")
    typer.echo(f"{head.seq} {head.digest}")


@audit.command(name="anchor")
def anchor_audit(
    accept: Annotated[
        bool, typer.Option("--accept", help="The trail as it stands is the one to go on with; say why in your own log.")
    ] = False,
) -> None:
    """Anchor the trail as it stands, after a restore or on a further host. The chain itself must be whole."""
    with _database() as (database, settings):
        chain = _chain(settings.data_dir)
        found = verify(database, chain, against_anchor=False)
        before = chain.anchor.read()
        if found.first_bad is not None:
            raise StorageError(f"record {found.first_bad}: {found.reason}; there is no whole chain to anchor")
        typer.echo(f"anchored so far: {f'{before.seq} {before.digest}' if before else 'nothing'}")
        typer.echo(f"the trail ends at: {found.head.seq} {found.head.digest}")
        if not accept:
            typer.echo("nothing was changed; --accept anchors the trail as it stands")
            raise typer.Exit(REFUSED)
        chain.anchor.replace(found.head)


def _chain(folder: Path) -> Chain:
    return chain_of(folder, existing_key(folder / KEY))


def back_up(file: Annotated[Path, typer.Argument(help="New file to write.")]) -> None:
    """Write the SQLite database to a file and verify it; a server may go on running. PostgreSQL: pg_dump."""
    database = Database(read_settings().url)
    try:
        active = backup(database, file)
    finally:
        database.close()
    typer.echo(f"{file}: verified; active rule set {f'{active.version} {active.digest}' if active else 'none'}")
    typer.echo("audit.key is not in it: keep a copy elsewhere, without it the audit chain cannot be checked")


def restore_backup(file: Annotated[Path, typer.Argument(help="A file that `ivig-cds backup` wrote.")]) -> None:
    """Put a backup in the place of the SQLite database; no server may run. What was there is kept under another name."""
    settings = read_settings()
    database = Database(settings.url)
    try:
        active, kept = restore(database, file, settings.data_dir)
        upgrade(database)
        for line in _anchored_anew(database, settings.data_dir):
            typer.echo(line)
    finally:
        database.close()
    typer.echo(f"restored; active rule set {f'{active.version} {active.digest}' if active else 'none'}")
    if kept:
        typer.echo(f"the database of before is {kept}")


def _anchored_anew(database: Database, folder: Path) -> Iterator[str]:
    """The head of the restored trail is anchored; what the backup does not hold is said, and the old head is shown."""
    if not (folder / KEY).exists():
        yield "there is no audit.key here: put its copy back before the first start, or the chain cannot go on"
        return
    chain = _chain(folder)
    found = verify(database, chain, against_anchor=False)
    if found.first_bad is not None:
        yield f"audit record {found.first_bad}: {found.reason}; the head was not anchored anew"
        return
    before = chain.anchor.read()
    if before and before.seq > found.head.seq:
        yield f"audit records {found.head.seq + 1} to {before.seq} are not in this backup; head so far {before.digest}"
    if found.chained:
        chain.anchor.replace(found.head)
    else:
        chain.anchor.path.unlink(missing_ok=True)


def prepare(settings: Settings) -> None:
    """All that can keep several workers from starting, once and before them. Raises AppError."""
    database = Database(settings.url)
    if database.is_sqlite and sqlite3.sqlite_version_info < SEVERAL:
        raise StorageError(
            f"several workers need PostgreSQL (IVIG_DATABASE_URL) or SQLite 3.51.3; this is SQLite {sqlite3.sqlite_version}"
        )
    try:
        check_place(database, settings.data_dir / KEY)
        check_pages(database)
        upgrade(database)
        key = audit_key(settings.data_dir / KEY)
        ensure_active(RuleSetStore(database, event_trail(settings.data_dir, key, settings.audit)))
    finally:
        database.close()


@contextmanager
def _database() -> Iterator[tuple[Database, Settings]]:
    """The configured database as it is: nothing here makes or migrates one."""
    settings = read_settings()
    database = Database(settings.url)
    try:
        if not is_current(database):
            raise StorageError("the tables are not those of this version: ivig-cds db upgrade")
        yield database, settings
    finally:
        database.close()
