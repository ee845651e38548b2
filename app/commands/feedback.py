"""`ivig-cds feedback`: what is kept of cards and of what became of them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.commands.site import opened
from app.store.feedback import FeedbackStore

feedback = typer.Typer(help="Issued cards and their feedback.", no_args_is_help=True)


@feedback.callback()
def group() -> None:
    """Keep the name of the group, though it has one command."""


@feedback.command(name="purge")
def purge(
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days that are kept; IVIG_FEEDBACK_DAYS if left out.")
    ] = None,
) -> None:
    """Forget cards issued longer ago than the days that are kept, and their feedback; a server may go on running.

    Feedback that comes for them later is answered 404, and the override report no longer counts them.
    """
    with opened() as (database, settings):
        before = datetime.now(UTC) - timedelta(days=days or settings.feedback_days)
        found = FeedbackStore(database).purge(before)
    typer.echo(f"forgotten, issued before {before:%Y-%m-%d %H:%M}Z: {found.cards} cards, {found.feedback} outcomes")
