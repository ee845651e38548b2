"""The command line: serve, assess a file, migrate, and look after rule sets."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import TypeAdapter

from app.authoring.linter import lint
from app.authoring.loader import BUNDLED, load
from app.clinical.assessment import Assessment
from app.errors import AppError, ContentError, InputError
from app.report import report
from app.services.active import bundled
from app.services.assess import assess
from app.services.intake import read_history
from app.services.publish import publish
from app.settings import read_settings
from app.store.database import open_database, upgrade
from app.store.rule_sets import RuleSetStore

CONFIGURATION_FAULT = 78
REFUSED = 1

cli = typer.Typer(help="Clinical decision support about IVIG in reproductive medicine.", no_args_is_help=True, add_completion=False)
db = typer.Typer(help="The database.", no_args_is_help=True)
rules = typer.Typer(help="The rule sets.", no_args_is_help=True)
cli.add_typer(db, name="db")
cli.add_typer(rules, name="rules")

Knowledge = Annotated[Path, typer.Option("--knowledge", help="Folder of the YAML files.", exists=True, file_okay=False)]


def main() -> None:
    """Run the command line; a fault of ours or of the configuration ends with one line and a code."""
    try:
        cli()
    except InputError as error:
        for problem in error.problems:
            typer.echo(f"{problem.pointer or '/'}: {problem.detail}", err=True)
        sys.exit(REFUSED)
    except AppError as error:
        _stop(error)


def _stop(error: AppError) -> NoReturn:
    typer.echo(f"ivig-cds: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", err=True)
    sys.exit(CONFIGURATION_FAULT)


@cli.command()
def serve() -> None:
    """Migrate, publish and activate the bundled rule set if none is active, and serve."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = read_settings()
    from app.main import create_app  # noqa: PLC0415 - only this command needs the web stack

    application = create_app(settings)
    typer.echo(f"ivig-cds: http://{settings.host}:{settings.port}/docs")
    uvicorn.run(application, host=settings.host, port=settings.port, access_log=False, server_header=False, log_level="warning")


@cli.command(name="assess")
def assess_file(
    file: Annotated[Path, typer.Argument(help="JSON file with one patient's history.", exists=True, dir_okay=False)],
    jurisdiction: Annotated[str | None, typer.Option(help="ISO 3166 code or EU; wins over the file's own.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as JSON.")] = False,
) -> None:
    """Assess one history with the bundled rule set; needs no database and stores nothing."""
    today = datetime.now(UTC).date()
    history = read_history(file.read_bytes(), today)
    if jurisdiction:
        history = history.model_validate(history.model_dump() | {"jurisdiction": jurisdiction})
    answer = assess(bundled(), history, today)
    typer.echo(TypeAdapter(Assessment).dump_json(answer, indent=2).decode() if as_json else report(answer))


@db.command(name="upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest migration."""
    upgrade(open_database(read_settings().url))


@rules.command()
def check(knowledge: Knowledge = BUNDLED) -> None:
    """Check the YAML files; print every fault with file, line and column."""
    try:
        found = lint(load(knowledge))
    except ContentError as error:
        found = error.diagnostics
    for diagnostic in found:
        typer.echo(str(diagnostic))
    typer.echo(f"{len(found)} faults")
    if found:
        raise typer.Exit(REFUSED)


@rules.command(name="publish")
def publish_rules(
    knowledge: Knowledge = BUNDLED,
    version: Annotated[str | None, typer.Option(help="Version; the next patch number if left out.")] = None,
    activate: Annotated[bool, typer.Option(help="Make it the one that answers.")] = False,
) -> None:
    """Check and publish the YAML files as an immutable version."""
    store = _store()
    published = publish(store, knowledge, version, by="cli")
    if activate:
        store.activate(published.version, by="cli")
    typer.echo(f"{published.version} {published.digest}")


@rules.command(name="activate")
def activate_rules(version: Annotated[str, typer.Argument(help="A published version.")]) -> None:
    """Make a published version the one that answers."""
    _store().activate(version, by="cli")


@rules.command(name="list")
def list_rules() -> None:
    """List the published versions, newest first; a star marks the active one."""
    store = _store()
    active = store.active_version()
    for item in store.versions():
        typer.echo(f"{'*' if item.version == active else ' '} {item.version} {item.published_at:%Y-%m-%d %H:%M} {item.digest}")


def _store() -> RuleSetStore:
    engine = open_database(read_settings().url)
    upgrade(engine)
    return RuleSetStore(engine)
