"""The commands about published rule sets: publish, activate, roll back, compare, carry from site to site."""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Annotated, Any

import typer

from app.authoring.cases import load_cases
from app.authoring.diagnostics import PAGES
from app.authoring.files import as_folder
from app.authoring.release import opened
from app.clinical.ruleset import RuleSet
from app.errors import ContentError, RefusedError
from app.services.active import bundled
from app.services.behaviour import Kind
from app.services.diff import Difference, difference, proposed
from app.services.population import MUTANTS, SEED
from app.services.publish import BUNDLED, activate, cases_of, previous, publish
from app.services.recorder import KEY, event_trail
from app.services.transfer import export, import_bundle
from app.services.versions import load_version
from app.settings import Settings, read_settings
from app.store.bundle_keys import BundleKeys
from app.store.database import Database
from app.store.folder import audit_key
from app.store.preflight import check_place
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade

REFUSED = 1
MOST_LINES = 40

rules = typer.Typer(help="The rule sets.", no_args_is_help=True)
Knowledge = Annotated[Path, typer.Option("--knowledge", help="Folder of the YAML files.", exists=True, file_okay=False)]
By = Annotated[str | None, typer.Option("--by", help="Who does this; the user of this session if left out.")]
Reason = Annotated[str | None, typer.Option(help="Why now.")]
Version = Annotated[str, typer.Argument(help="A published version.")]


@rules.command(name="publish")
def publish_rules(
    knowledge: Knowledge = BUNDLED,
    version: Annotated[
        str | None, typer.Option(help="Version such as 1.2.0; what the changes deserve if left out.")
    ] = None,
    by: By = None,
    author: Annotated[
        str | None, typer.Option(help="Who wrote it; must be somebody else where IVIG_TWO_PERSONS is set.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What is new.")] = None,
) -> None:
    """Check the YAML files and publish them as an immutable version; activating it is another command."""
    _two_persons(read_settings(), _user(by), author)
    try:
        with opened_store() as store:
            published = publish(store, knowledge, version, by=_user(by), note=note)
    except ContentError as error:
        for diagnostic in error.diagnostics:
            typer.echo(str(diagnostic))
        raise typer.Exit(REFUSED) from None
    typer.echo(f"{published.version} {published.digest}")


def _two_persons(settings: Settings, by: str, author: str | None) -> None:
    if settings.two_persons and author in (None, by):
        raise RefusedError(
            "forbidden", "two persons are needed: name the author with --author, and publish as another", 403
        )


@rules.command(name="activate")
def activate_rules(version: Version, by: By = None, reason: Reason = None) -> None:
    """Let a published version answer; a running server takes it up within a second."""
    with opened_store() as store:
        activated = activate(store, version, by=_user(by), reason=reason)
    typer.echo(f"{activated.version} {activated.digest}")


@rules.command(name="rollback")
def rollback_rules(by: By = None, reason: Reason = None) -> None:
    """Let the version answer again that did before the active one."""
    with opened_store() as store:
        activated = activate(store, previous(store), by=_user(by), reason=reason or "rolled back", what="rolled-back")
    typer.echo(f"{activated.version} {activated.digest}")


@rules.command(name="list")
def list_rules() -> None:
    """List the published versions, newest first; a star marks the active one."""
    with opened_store() as store:
        active, versions = store.active(), store.versions()
    for item in versions:
        star = "*" if item == active else " "
        typer.echo(f"{star} {item.version} {item.published_at:%Y-%m-%d %H:%M}Z {item.digest} {item.published_by}")


@rules.command(name="explain")
def explain_code(
    code: Annotated[str | None, typer.Argument(help="A code that `rules check` printed.")] = None,
    into: Annotated[Path | None, typer.Option(help="Folder to write every page into.", file_okay=False)] = None,
) -> None:
    """Print what a diagnostic means and what mends it."""
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        for page in PAGES.values():
            (into / f"{page.code}.md").write_text(page.markdown(), encoding="utf-8")
    elif code is not None and code in PAGES:
        typer.echo(PAGES[code].markdown(), nl=False)
    else:
        raise typer.BadParameter(f"the codes are: {', '.join(PAGES)}")


@rules.command(name="diff")
def diff_rules(
    old: Annotated[str, typer.Argument(help="A published version, a folder of YAML files, or a bundle file.")],
    new: Annotated[str, typer.Argument(help="As OLD.")] = str(BUNDLED),
    patients: Annotated[
        int, typer.Option(min=0, max=100_000, help="How many made-up patients beside the cases.")
    ] = MUTANTS,
    seed: Annotated[int, typer.Option(help="Another seed makes other patients.")] = SEED,
) -> None:
    """Show what changed, whose verdict changes and how, and the version number that deserves."""
    (first, some), (second, more) = _side(old), _side(new)
    cases = list({case.id: case for case in (*some, *more)}.values())
    for line in _told(difference(first, second, cases, patients, seed), old, new):
        typer.echo(line)


def _side(name: str) -> tuple[RuleSet, list[Any]]:
    """A rule set and its cases, from wherever the name leads."""
    path = Path(name)
    if path.is_dir():
        return bundled(path), [piece.model for piece in load_cases(path).patients]
    if path.is_file():
        release = opened(path.read_bytes(), _bundle_keys().trusted())
        with as_folder(release.files) as folder:
            return _side(str(folder))
    with opened_store() as store:
        return load_version(store, name), cases_of(store, name)


KINDS: Mapping[Kind, str] = {
    "reversed": "a verdict that allowed IVIG now speaks against it, or the other way round",
    "withdrawn": "a verdict that was given no longer is",
    "lost": "a finding that was there no longer is",
    "unsettled": "a finding that was excluded can no longer be: another fact must be asked for",
    "decided": "a verdict that waited for facts no longer does",
    "shifted": "another verdict, in the same direction or to `conflicting`",
    "gained": "a finding or a question that was not there",
    "settled": "a finding that waited for facts is now excluded",
}


def _told(found: Difference, old: str, new: str) -> Iterator[str]:
    yield f"{old} -> {new}: {found.meaning}, because {found.because}"
    if found.old not in ("bundled", "candidate"):
        yield f"next version: {proposed(found.old, found.meaning)}"
    yield f"\n{len(found.edits)} {'entry differs' if len(found.edits) == 1 else 'entries differ'}"
    yield from (f"  {edit}" for edit in found.edits[:MOST_LINES])
    behaviour = found.behaviour
    yield f"\n{behaviour.changed_patients} of {behaviour.patients} patients, reviewed and made-up, get another answer"
    for change in behaviour.changes[:MOST_LINES]:
        yield f"  {change.count:5} {change.kind:9} {change.where}: {change.before} -> {change.after}"
        for example in change.examples[:1]:
            facts = ", ".join(f"{name} = {value}" for name, value in example.facts.items())
            yield f"        such as {example.patient}{': ' if facts else ''}{facts}"
    for kind in dict.fromkeys(change.kind for change in behaviour.changes):
        yield f"{kind}: {KINDS[kind]}"
    for left in (len(found.edits) - MOST_LINES, len(behaviour.changes) - MOST_LINES):
        if left > 0:
            yield f"  ... and {left} more"


@rules.command(name="export")
def export_rules(
    version: Version,
    into: Annotated[Path, typer.Argument(help="File to write the signed bundle into.")],
) -> None:
    """Write a published version as one signed file, to carry it to a site without a network."""
    signer = _bundle_keys().signer()
    with opened_store() as store:
        _write(into, export(store, version, signer))


def _write(into: Path, data: bytes) -> None:
    """Whole or not at all: a torn bundle would only be noticed at the other site."""
    try:
        descriptor, draft = mkstemp(prefix=f".{into.name}.", dir=into.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(into)
    except OSError as error:
        raise typer.BadParameter(f"{into} cannot be written: {error.strerror}") from None


@rules.command(name="import")
def import_rules(
    file: Annotated[Path, typer.Argument(help="A signed bundle.", exists=True, dir_okay=False)], by: By = None
) -> None:
    """Check a signed bundle and publish the version it holds; activating it is another command."""
    trusted = _bundle_keys().trusted()
    try:
        with opened_store() as store:
            published = import_bundle(store, file.read_bytes(), trusted, by=_user(by))
    except RefusedError as error:
        for diagnostic in error.diagnostics:
            typer.echo(str(diagnostic))
        if not error.diagnostics:
            raise
        raise typer.Exit(REFUSED) from None
    typer.echo(f"{published.version} {published.digest}")


def _bundle_keys() -> BundleKeys:
    return BundleKeys(read_settings().data_dir)


@contextmanager
def opened_store(*, anew: bool = False) -> Iterator[RuleSetStore]:
    """The rule sets of the configured database, its tables up to date; ``anew`` may make an empty one."""
    settings = read_settings()
    database = Database(settings.url)
    try:
        if not anew:
            check_place(database, settings.data_dir / KEY)
        upgrade(database)
        key = audit_key(settings.data_dir / KEY)
        yield RuleSetStore(database, event_trail(settings.data_dir, key, settings.audit))
    finally:
        database.close()


def _user(named: str | None) -> str:
    try:
        return named or getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "cli"
