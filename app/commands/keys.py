"""`ivig-cds keys`: issue, list and revoke API keys."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from app.commands.site import opened
from app.services.callers import SCOPES
from app.services.keys import DAYS, MOST_DAYS, issue, revoke
from app.store.api_keys import ApiKeyStore

keys = typer.Typer(help="The API keys.", no_args_is_help=True)


@keys.command(name="issue")
def issue_key(
    name: Annotated[str, typer.Option(help="Whose key it is: a system, not a person.")],
    scope: Annotated[list[str], typer.Option(help=f"What it opens, repeatable: {', '.join(SCOPES)}.")],
    days: Annotated[int, typer.Option(help="Days until it expires.", min=1, max=MOST_DAYS)] = DAYS,
    by: Annotated[str | None, typer.Option("--by", help="Who does this; the user of this session if left out.")] = None,
) -> None:
    """Make a key and print it: this once, it is kept as a hash only. A running server takes it within about a second."""
    with _store() as store:
        text, key = issue(store, name, scope, by=by or _user(), days=days)
    typer.echo(text)
    typer.echo(f"ivig-cds: key {key.id} until {key.expires_at:%Y-%m-%d}; it is not shown again", err=True)


@keys.command(name="list")
def list_keys() -> None:
    """List every key ever issued, without its secret."""
    with _store() as store:
        found = store.all()
    for key in found:
        state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}Z" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
        typer.echo(f"{key.id} {state} {','.join(sorted(key.scopes))} {key.name}")


@keys.command(name="revoke")
def revoke_key(id_: Annotated[str, typer.Argument(metavar="ID", help="The id that `keys list` shows.")]) -> None:
    """Revoke a key for good; a running server refuses it within about a second."""
    with _store() as store:
        revoke(store, id_)


@contextmanager
def _store() -> Iterator[ApiKeyStore]:
    with opened() as (database, _):
        yield ApiKeyStore(database)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "cli"
