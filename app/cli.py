"""The command line: serve, assess a file, migrate, and look after rule sets."""

import gc
import os
import resource
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import TypeAdapter, ValidationError

from app.authoring.cases import load_cases
from app.authoring.codes import codes_page
from app.authoring.covered import covered, written_into
from app.authoring.exercised import Exercise, table
from app.authoring.linter import check
from app.authoring.loader import load
from app.authoring.patients import plain
from app.authoring.prove import prove
from app.authoring.ranges import load_ranges
from app.cli_rules import Knowledge, opened_store, rules
from app.clinical.assessment import Assessment
from app.clinical.history import PatientHistory
from app.commands import storage
from app.commands.bundle_keys import bundle_keys
from app.commands.cases import cases
from app.commands.feedback import feedback
from app.commands.keys import keys
from app.errors import AppError, ContentError, InputError, Problem
from app.services.active import bundled
from app.services.assess import Explain, assess
from app.services.intake import read_history
from app.services.publish import BUNDLED
from app.services.report import report
from app.services.watch import DRAINING
from app.settings import Settings, SettingsError, check_access, read_settings, settings_table
from app.store.folder import lock_folder
from app.supervisor import CANNOT_START, Supervisor
from app.web.logs import configuration
from app.web.protocol import GuardedProtocol

REFUSED = 1
STDIN = Path("-")

# Typer's own tracebacks print local variables, and a local variable can be a patient.
cli = typer.Typer(
    help="Clinical decision support about IVIG in reproductive medicine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
cli.add_typer(db, name="db")
cli.add_typer(rules, name="rules")
rules.add_typer(bundle_keys, name="keys")
cli.add_typer(keys, name="keys")
cli.add_typer(feedback, name="feedback")
cli.add_typer(cases, name="cases")
cli.add_typer(storage.audit, name="audit")
cli.command(name="backup")(storage.back_up)
cli.command(name="restore")(storage.restore_backup)


def main() -> None:
    """Run the command line; a fault of the input, the configuration or the data ends with one line and a code."""
    try:
        cli()
    except InputError as error:
        _say(*(f"{problem.pointer or '/'}: {problem.detail}" for problem in error.problems))
        sys.exit(REFUSED)
    except ContentError as error:
        more = f" (and {len(error.diagnostics) - 1} more: ivig-cds rules check)" if len(error.diagnostics) > 1 else ""
        _stop(f"the knowledge cannot be used: {error.diagnostics[0]}{more}")
    except (AppError, SettingsError) as error:
        _stop(str(error))


def _say(*lines: str) -> None:
    for line in lines:
        typer.echo(line, err=True)


def _stop(reason: str) -> NoReturn:
    _say(f"ivig-cds: {' '.join(reason.split())}")
    sys.exit(CANNOT_START)


class _Server(uvicorn.Server):
    """Says where it listens, once it answers; told to stop, it first says that it is not ready, then finishes what it has."""

    def __init__(self, config: uvicorn.Config, drain: float, *, says: bool = True) -> None:
        super().__init__(config)
        self._drain = drain
        self._says = says
        self._stop_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            if self._says:
                _say(f"ivig-cds: http://{f'[{host}]' if ':' in host else host}:{port}/docs")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig != signal.SIGTERM or self._stop_at is not None:
            super().handle_exit(sig, frame)
            return
        DRAINING.started = True
        self._stop_at = monotonic() + self._drain

    async def on_tick(self, counter: int) -> bool:
        if self._stop_at is not None and monotonic() >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)


@cli.command()
def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes on the one port; several need PostgreSQL.")
    ] = 1,
) -> None:
    """Migrate, publish and activate the bundled rule set if none is active, and serve."""
    settings = read_settings()
    check_access(settings)
    # A core dump would hold the facts of every request in flight.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with lock_folder(settings.data_dir), _listen(settings) as listener:
        if workers > 1:
            storage.prepare(settings)
            code = Supervisor(workers, lambda index: _run(settings, listener, "create_worker", says=index == 0)).run()
            sys.exit(code)
        _run(settings, listener)


def _run(settings: Settings, listener: socket.socket, make: str = "create_app", *, says: bool = True) -> None:
    gc.disable()  # until the service runs: nothing that is loaded until then is garbage
    options = uvicorn.Config(
        f"app.main:{make}",
        factory=True,
        loop="uvloop",
        http=GuardedProtocol,
        log_config=configuration(settings.log_level),
        ws="none",
        access_log=False,  # it would write query strings
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=7,  # with the drain before it, all is over within ten seconds
    )
    try:
        _Server(options, settings.drain_seconds, says=says).run(sockets=[listener])
    except KeyboardInterrupt:
        _say("ivig-cds: stopped")


@cli.command(name="settings")
def settings_page() -> None:
    """Print every setting as a Markdown table; never a value of this machine."""
    typer.echo(settings_table(), nl=False)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything slow is done. Raises SettingsError if it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise SettingsError(f"HOST and PORT cannot be listened on: {reason}") from None


@cli.command(name="assess")
def assess_file(
    file: Annotated[Path, typer.Argument(help="One patient's history as JSON; - reads standard input.")],
    jurisdiction: Annotated[str | None, typer.Option(help="ISO 3166 code or EU; wins over the file's own.")] = None,
    explain: Annotated[Explain, typer.Option(help="How much of each condition tree the JSON carries.")] = "short",
    as_json: Annotated[bool, typer.Option("--json", help="The whole answer as JSON.")] = False,
) -> None:
    """Assess one history with the bundled rule set; needs no database and stores nothing."""
    today = datetime.now(UTC).date()
    history = read_history(_bytes(file), today)
    if jurisdiction is not None:
        history = history.model_copy(update={"jurisdiction": _place(jurisdiction)})
    answer = assess(bundled(), history, today, explain if as_json else "none")
    typer.echo(TypeAdapter(Assessment).dump_json(answer, indent=2).decode() if as_json else report(answer))


def _bytes(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
    except OSError as error:
        detail = f"{file} cannot be read: {error.strerror}"
        raise InputError("invalid-input", (Problem("", "unreadable", detail),)) from None


def _place(code: str) -> str | None:
    try:
        return PatientHistory.model_validate({"jurisdiction": code}).jurisdiction
    except ValidationError:
        detail = "--jurisdiction takes a code such as US, GB-ENG, CA-ON or EU."
        raise InputError("invalid-input", (Problem("/jurisdiction", "wrong_format", detail),)) from None


@db.command(name="upgrade")
def db_upgrade() -> None:
    """Bring the tables of the database up to date, or make an empty database."""
    with opened_store(anew=True):
        pass


@rules.command(name="check")
def check_rules(knowledge: Knowledge = BUNDLED) -> None:
    """Check the YAML files; print every fault with file, line and column."""
    found = check(knowledge, datetime.now(UTC).date())
    for diagnostic in found.errors:
        typer.echo(str(diagnostic))
    for diagnostic in found.warnings:
        typer.echo(f"{diagnostic} (warning)")
    _say(f"{len(found.errors)} errors, {len(found.warnings)} warnings")
    if found.errors:
        raise typer.Exit(REFUSED)


@rules.command(name="prove")
def prove_rules(knowledge: Knowledge = BUNDLED) -> None:
    """Prove what must hold for every patient; print a made-up patient for each proof that fails."""
    ranges = load_ranges(knowledge)
    failed = 0
    for proof in prove(bundled(knowledge), ranges):
        failed += len(proof.failures)
        typer.echo(f"{'open  ' if proof.failures else 'proved'} {proof.id}: {proof.states} ({proof.checked} checked)")
        for failure in proof.failures:
            typer.echo(f"  {failure}")
    for waiver in ranges.waived:
        typer.echo(f"waived {waiver.proof} of {waiver.rule} for {dict(waiver.patients)}: {waiver.reason.strip()}")
    if failed:
        raise typer.Exit(REFUSED)


@rules.command(name="coverage")
def coverage_rules(
    knowledge: Knowledge = BUNDLED,
    gaps: Annotated[int, typer.Option(help="How many open points to list, each with a patient to judge.")] = 0,
    measure: Annotated[str | None, typer.Option(help="Only the open points of this measure.")] = None,
) -> None:
    """Print how far the reviewed cases exercise the conditions: MC/DC, boundary values, mutants killed. 1 below 100 %.

    A proposed patient comes without an answer: it is read from the evidence of the rule, never from the engine.
    """
    found = list(Exercise(bundled(knowledge), load_cases(knowledge), load_ranges(knowledge).by_fact).measures())
    typer.echo(table(found))
    listed = [gap for item in found if measure in (None, item.name) for gap in item.gaps]
    for gap in listed[:gaps]:
        typer.echo(f"{gap.measure} {gap.key}: {gap.what}")
        if gap.patient is not None:
            typer.echo(f"    patient: {plain(gap.patient)}")
    if any(item.gaps for item in found):
        raise typer.Exit(REFUSED)


@rules.command(name="codes")
def codes_read(
    knowledge: Knowledge = BUNDLED,
    into: Annotated[Path | None, typer.Option(help="Page to write it into, wholly.", dir_okay=False)] = None,
) -> None:
    """Print which codes are read from a chart, where, and how sure each is, as a Markdown page."""
    page = codes_page(load(knowledge))
    if into is None:
        typer.echo(page, nl=False)
    else:
        into.write_text(page, encoding="utf-8")


@rules.command(name="covered")
def covered_rules(
    knowledge: Knowledge = BUNDLED,
    into: Annotated[Path | None, typer.Option(help="Page to write it into, between its markers.", exists=True)] = None,
) -> None:
    """Print what the YAML files cover, indication by indication, as a Markdown table."""
    table = covered(load(knowledge))
    if into is None:
        typer.echo(table, nl=False)
        return
    try:
        into.write_text(written_into(into.read_text(encoding="utf-8"), table), encoding="utf-8")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
