import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from app.authoring.bundle import canonical, digest, read
from app.errors import RuleSetError
from app.store.audit import AuditWriter
from app.store.database import configuration, open_database, upgrade
from app.store.rule_sets import RuleSetStore

BINARIES = Path("/usr/lib/postgresql/15/bin")
DOCUMENT = {
    "rules": [{"id": "one", "kind": "note"}],
    "sources": [{"id": "source"}],
    "statements": [{"id": "statement", "source": "source", "confidence": "verified"}],
    "limit": Decimal("0.65"),
}
ENTRY = {
    "created_at": datetime(2026, 11, 25, tzinfo=UTC),
    "rule_set_version": "1.0.0",
    "rule_set_digest": "0" * 64,
    "engine_version": "0",
    "jurisdiction": None,
    "request_hash": "0" * 64,
    "answer_hash": "0" * 64,
    "finding_ids": ("a", "b"),
}


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
def engine(request, tmp_path) -> Iterator[Engine]:
    url = (
        f"sqlite:///{tmp_path / 'd' / 'test.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql")
    )
    opened = open_database(url)
    upgrade(opened)
    yield opened
    command.downgrade(configuration(opened), "base")
    opened.dispose()


def test_numbers_keep_their_exact_form():
    assert read(canonical(DOCUMENT)) == DOCUMENT
    assert b"0.65" in canonical(DOCUMENT)
    assert digest(DOCUMENT) == digest({**DOCUMENT, "limit": Decimal("0.650")})


def test_the_digest_does_not_depend_on_the_order_of_keys():
    assert digest(DOCUMENT) == digest(dict(reversed(DOCUMENT.items())))


def test_models_and_migrations_agree(engine):
    command.check(configuration(engine))


def test_publish_activate_and_load(engine):
    store = RuleSetStore(engine)
    assert store.active_version() is None
    published = store.publish(DOCUMENT, "1.0.0", "tester")
    store.activate("1.0.0", "tester")
    assert store.active_version() == "1.0.0"
    assert store.document("1.0.0") == (DOCUMENT, published.digest)


def test_the_same_document_is_published_once(engine):
    store = RuleSetStore(engine)
    first = store.publish(DOCUMENT, "1.0.0", "tester")
    assert store.publish(DOCUMENT, "2.0.0", "tester").version == first.version
    assert len(store.versions()) == 1


def test_an_unknown_version_is_refused(engine):
    with pytest.raises(RuleSetError):
        RuleSetStore(engine).activate("9.9.9", "tester")
    with pytest.raises(RuleSetError):
        RuleSetStore(engine).document("9.9.9")


@pytest.mark.parametrize("table", ["rule_set_version", "rule", "evidence_source", "evidence_statement", "activation"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET {key} = {key}"])
def test_published_rows_cannot_be_changed(engine, table, verb):
    store = RuleSetStore(engine)
    store.publish(DOCUMENT, "1.0.0", "tester")
    store.activate("1.0.0", "tester")
    statement = verb.format(table, key="seq" if table == "activation" else "id")
    with pytest.raises(DatabaseError, match="immutable"), engine.begin() as connection:
        connection.execute(text(statement))


def test_an_altered_document_is_not_served(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'altered.sqlite3'}")
    upgrade(opened)
    store = RuleSetStore(opened)
    store.publish(DOCUMENT, "1.0.0", "tester")
    with opened.begin() as connection:
        connection.execute(text("DROP TRIGGER rule_set_version_no_update"))
        connection.execute(text("UPDATE rule_set_version SET document = replace(document, '0.65', '0.61')"))
    with pytest.raises(RuleSetError, match="digest"):
        store.document("1.0.0")
    opened.dispose()


def test_many_records_share_few_commits_and_none_is_lost(engine):
    writer = AuditWriter(engine)
    futures = [writer.submit({**ENTRY, "decision_id": f"{number:036}"}) for number in range(500)]
    for future in futures:
        future.result(timeout=30)
    writer.close()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM assessment_record")).scalar() == 500
    with pytest.raises(DatabaseError, match="immutable"), engine.begin() as connection:
        connection.execute(text("DELETE FROM assessment_record"))


def test_a_record_that_cannot_be_written_fails_its_future(engine):
    writer = AuditWriter(engine)
    writer.submit({**ENTRY, "decision_id": "same"}).result(timeout=30)
    assert writer.submit({**ENTRY, "decision_id": "same"}).exception(timeout=30) is not None
    writer.close()
