"""Databases for tests: SQLite always, and PostgreSQL where its server binaries are installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.store.database import Database
from app.store.schema import upgrade


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; the newest version where there are several."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A private PostgreSQL cluster that listens on a unix socket in the folder given."""
    tools = binaries()
    if tools is None:
        pytest.skip("PostgreSQL's server binaries are not installed")
    # The path of a socket must be short, and PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="ivig-pg-", dir="/tmp"))
    someone = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    if someone:
        shutil.chown(folder, "nobody", "nogroup")

    def run(tool: str, *words: str) -> None:
        command = [str(tools / tool), "-D", str(folder / "data"), *words]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120, **someone)

    run("initdb", "-U", "ivig", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield folder
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(cluster, request) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    administer(cluster, f"CREATE DATABASE {name}")
    yield f"postgresql://ivig@/{name}?host={cluster}"
    administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def administer(cluster: Path, statement: str) -> None:
    engine = create_engine(f"postgresql+psycopg://ivig@/postgres?host={cluster}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'test.sqlite3'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def empty(url) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def database(empty) -> Database:
    """A database with all tables."""
    upgrade(empty)
    return empty
