import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from app.authoring.bundle import canonical, digest, read
from app.errors import RuleSetError, StorageError
from app.services.record import AuditEntry
from app.store.audit import AuditWriter
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from app.store.schema import differences, downgrade, is_current, upgrade

BINARIES = Path("/usr/lib/postgresql/15/bin")
DOCUMENT = {
    "rules": [{"id": "one", "kind": "note"}],
    "sources": [{"id": "source"}],
    "statements": [{"id": "statement", "source": "source", "confidence": "verified"}],
    "limit": Decimal("0.65"),
    "format": 1,
}
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def entry(number: int) -> AuditEntry:
    return AuditEntry(f"{number:036}", NOW, "1.0.0", "0" * 64, "0", None, "0" * 64, "0" * 64, ("a", "b"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory) -> Iterator[str]:
    """A private PostgreSQL cluster on a unix socket, where the binaries are installed."""
    if not (BINARIES / "initdb").exists():
        pytest.skip("PostgreSQL's server binaries are not installed")
    folder = Path("/tmp") / f"ivig-pg-{os.getpid()}"  # a socket path must be short
    folder.mkdir()
    as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "nobody", "nogroup")

    def run(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, cwd=folder, capture_output=True, timeout=60)

    data = str(folder / "data")
    run(str(BINARIES / "initdb"), "-D", data, "-U", "ivig", "-A", "trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run(str(BINARIES / "pg_ctl"), "-D", data, "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://ivig@/postgres?host={folder}"
    finally:
        run(str(BINARIES / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path) -> Iterator[Database]:
    url = (
        f"sqlite:///{tmp_path / 'd' / 'test.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql")
    )
    opened = Database(url)
    upgrade(opened)
    yield opened
    downgrade(opened)
    opened.close()


def test_numbers_keep_their_exact_form():
    assert read(canonical(DOCUMENT)) == DOCUMENT
    assert b"0.65" in canonical(DOCUMENT)
    assert digest(DOCUMENT) == digest({**DOCUMENT, "limit": Decimal("0.650")})


def test_the_digest_does_not_depend_on_the_order_of_keys():
    assert digest(DOCUMENT) == digest(dict(reversed(DOCUMENT.items())))


def test_models_and_migrations_agree(database):
    assert is_current(database)
    with database.reading() as connection:
        assert differences(connection) == []


def test_publish_activate_and_load(database):
    store = RuleSetStore(database)
    assert store.active() is None
    published = store.publish(DOCUMENT, "1.0.0", "tester", NOW)
    store.activate("1.0.0", "tester", NOW)
    assert store.active() == published
    assert store.load("1.0.0").document == DOCUMENT


def test_the_same_document_is_published_once(database):
    store = RuleSetStore(database)
    first = store.publish(DOCUMENT, "1.0.0", "tester", NOW)
    assert store.publish(DOCUMENT, "2.0.0", "tester", NOW).version == first.version
    assert len(store.versions()) == 1


def test_an_unknown_version_is_refused(database):
    with pytest.raises(RuleSetError):
        RuleSetStore(database).activate("9.9.9", "tester", NOW)
    with pytest.raises(RuleSetError):
        RuleSetStore(database).load("9.9.9")


@pytest.mark.parametrize("table", ["rule_set_version", "rule", "evidence_source", "evidence_statement", "activation"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET {key} = {key}"])
def test_published_rows_cannot_be_changed(database, table, verb):
    store = RuleSetStore(database)
    store.publish(DOCUMENT, "1.0.0", "tester", NOW)
    store.activate("1.0.0", "tester", NOW)
    statement = verb.format(table, key="seq" if table == "activation" else "id")
    with pytest.raises(StorageError), database.writing() as connection:
        connection.execute(text(statement))


def test_an_altered_document_is_not_served(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'altered.sqlite3'}")
    upgrade(opened)
    store = RuleSetStore(opened)
    store.publish(DOCUMENT, "1.0.0", "tester", NOW)
    with opened.writing() as connection:
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in triggers:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE rule_set_version SET document = replace(document, '0.65', '0.61')"))
    with pytest.raises(RuleSetError, match="digest"):
        store.load("1.0.0")
    opened.close()


def test_many_records_share_few_commits_and_none_is_lost(database):
    writer = AuditWriter(database)
    for future in [writer.submit(entry(number)) for number in range(500)]:
        future.result(timeout=30)
    writer.close()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM assessment_record")).scalar() == 500
    with pytest.raises(StorageError), database.writing() as connection:
        connection.execute(text("DELETE FROM assessment_record"))


def test_a_record_that_cannot_be_written_fails_its_future(database):
    writer = AuditWriter(database)
    writer.submit(entry(1)).result(timeout=30)
    assert isinstance(writer.submit(entry(1)).exception(timeout=30), StorageError)
    writer.close()
