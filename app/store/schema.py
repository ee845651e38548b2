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

    Raises StorageError for a file of another program, and for tables made by a newer version of this one.
    """
    with database.writing(alone=True) as connection:
        _claim(database, connection)
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
