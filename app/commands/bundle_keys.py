"""`ivig-cds rules keys`: the key that bundles are signed with here, and those whose bundles are taken."""

from pathlib import Path
from typing import Annotated

import typer

from app.authoring.signing import public_pem
from app.errors import RefusedError
from app.settings import read_settings
from app.store.bundle_keys import BundleKeys

bundle_keys = typer.Typer(
    help="The keys of bundles: one to sign with, and those that are trusted.", no_args_is_help=True
)
ENOUGH = 4096


@bundle_keys.command(name="make")
def make_key(
    *,
    rotate: Annotated[bool, typer.Option("--rotate", help="Put another key in the place of the one there is.")] = False,
) -> None:
    """Make the private key that this site signs bundles with, and print the public one for the other sites."""
    made = _keys().make(rotate=rotate)
    typer.echo(public_pem(made.public).decode(), nl=False)
    typer.echo(f"ivig-cds: key {made.id}; hand the text above to the other sites, and the id by another way", err=True)


@bundle_keys.command(name="show")
def show_key() -> None:
    """Print the public key of this site once more."""
    found = _keys().signer()
    typer.echo(public_pem(found.public).decode(), nl=False)
    typer.echo(f"ivig-cds: key {found.id}", err=True)


@bundle_keys.command(name="trust")
def trust_key(
    file: Annotated[Path, typer.Argument(help="A public key in PEM form.", exists=True, dir_okay=False)],
    id_: Annotated[str, typer.Option("--id", help="Its id, as the other site told it by another way.")],
) -> None:
    """Take bundles of this key from now on, beside those of the keys trusted before."""
    with file.open("rb") as opened:
        typer.echo(_keys().trust(opened.read(ENOUGH), id_))


@bundle_keys.command(name="withdraw")
def withdraw_key(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id that `rules keys list` shows.")],
) -> None:
    """Take no bundle of this key any more; versions imported before stay."""
    _keys().withdraw(id_)


@bundle_keys.command(name="list")
def list_keys() -> None:
    """List the trusted keys; a star marks the one that this site signs with."""
    keys = _keys()
    try:
        own = keys.signer().id
    except RefusedError:
        own = None
    for id_ in sorted(keys.trusted().keys):
        typer.echo(f"{'*' if id_ == own else ' '} {id_}")


def _keys() -> BundleKeys:
    return BundleKeys(read_settings().data_dir)
