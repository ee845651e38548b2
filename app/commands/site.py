"""The site that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.settings import Settings, read_settings
from app.store.database import Database
from app.store.schema import upgrade


@contextmanager
def opened() -> Iterator[tuple[Database, Settings]]:
    """The configured database, its tables up to date, and the settings. Raises StorageError and SettingsError."""
    settings = read_settings()
    database = Database(settings.url)
    try:
        upgrade(database)
        yield database, settings
    finally:
        database.close()
