"""`ivig-cds cases`: requests and answers that a site keeps (IVIG_CASE_LOG=on)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from app.commands.site import opened
from app.errors import StorageError
from app.store.cases import CaseStore

cases = typer.Typer(help="Requests and answers that are kept, where the site wants that.", no_args_is_help=True)


@cases.command(name="purge")
def purge(
    days: Annotated[
        int | None,
        typer.Option(min=0, max=3650, help="Days that are kept; IVIG_CASE_LOG_DAYS if left out, 0 forgets all."),
    ] = None,
) -> None:
    """Forget cases kept longer ago than the days that are kept; a server may go on running. Backups keep what they hold."""
    with opened() as (database, settings):
        before = datetime.now(UTC) - timedelta(days=settings.case_log_days if days is None else days)
        count = CaseStore(database).purge(before)
    typer.echo(f"forgotten, kept before {before:%Y-%m-%d %H:%M}Z: {count} cases")


@cases.command(name="show")
def show(id: Annotated[UUID, typer.Argument(help="The `id` of the answer.")]) -> None:  # noqa: A002 - what the answer calls it
    """Print one case as JSON: it names the patient, so mind where the output goes."""
    with opened() as (database, _):
        found = CaseStore(database).find(str(id))
    if found is None:
        raise StorageError("no case of that id is kept")
    about = {"id": found.id, "kept_at": found.kept_at.isoformat(), "door": found.door}
    head = json.dumps({**about, "rule_set": found.rule_set_version})[:-1]
    # The two texts as they were, so that no number changes its form.
    typer.echo(f'{head}, "request": {found.request}, "answer": {found.answer}}}')
