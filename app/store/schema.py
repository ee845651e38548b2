"""The tables of a database: brought up to date, and checked before anything relies on them."""

from importlib.util import find_spec
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from app.errors import StorageError
from app.models import Base
from app.store.database import ALONE, Database


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file. Migrations run on ``connection``."""
    package = find_spec("migrations")
    assert package is not None
    assert package.submodule_search_locations
    found = Config()
    found.set_main_option("script_location", package.submodule_search_locations[0].replace("%", "%%"))
    found.attributes["connection"] = connection
    return found


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables up to ``revision`` in one transaction.

    Raises StorageError for a file of another program, and for tables made by a newer version of this one. Tables that
    cannot be written must be up to date already.
    """
    if database.read_only and is_current(database):
        return
    with database.writing(alone=True) as connection:
        _claim(database, connection)
        _refuse_newer(connection)
        try:
            command.upgrade(config(connection), revision)
        except CommandError as error:
            raise StorageError(f"the tables cannot be brought up to date: {error}") from None


def downgrade(database: Database, revision: str = "base") -> None:
    """Take migrations back, with everything their tables hold."""
    with database.writing(alone=True) as connection:
        command.downgrade(config(connection), revision)


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version."""
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head()


def head() -> str | None:
    """The newest revision this version knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def differences(connection: Connection) -> list[Any]:
    """Where the tables differ from the models."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def check_owner(database: Database) -> None:
    """Raises StorageError for a SQLite file that is not ours, or whose tables this version does not know."""
    with database.reading() as connection:
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != ALONE:
            raise StorageError(f"{database.path} is no database of ivig-cds")
        _refuse_newer(connection)


def _refuse_newer(connection: Connection) -> None:
    held = MigrationContext.configure(connection).get_current_revision()
    known = {item.revision for item in ScriptDirectory.from_config(config()).walk_revisions()}
    if held is not None and held not in known:
        raise StorageError(f"the tables have revision {held}, which this version does not know: use the newer version")


def _claim(database: Database, connection: Connection) -> None:
    """Mark a new SQLite file as ours, and refuse one that is not."""
    if not database.is_sqlite:
        return
    owner = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if owner == ALONE:
        return
    if owner or inspect(connection).get_table_names():
        raise StorageError("the database file belongs to another program")
    connection.exec_driver_sql(f"PRAGMA application_id = {ALONE}")
