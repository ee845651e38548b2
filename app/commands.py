"""Commands of those who run the service: the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.errors import StorageError
from app.services.recorder import KEY, chain_of
from app.settings import Settings, read_settings
from app.store.chain import Chain, verify
from app.store.database import Database
from app.store.folder import existing_key
from app.store.schema import is_current

REFUSED = 1

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
