"""FAULTS group H as callers meet it: assessments go on from memory, writes say 503, and a start that is not safe is refused in one line."""

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.errors import RuleSetError, StorageError
from app.main import create_app
from app.services.publish import activate
from app.services.recorder import chain_of
from app.settings import Settings
from app.store.chain import verify
from app.store.database import Database
from app.store.folder import audit_key, lock_folder
from app.store.preflight import filesystem_of
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from app.web.examples import SPARSE
from tests.cli.test_serve import refused
from tests.conftest import LOCAL
from tests.databases import administer
from tests.faults.conftest import FILE, problem

MODES = ("best-effort", "required")


def seed(url: str, template: Path) -> Database:
    """The same rule set in another database, without checking the YAML again."""
    source, target = Database(f"sqlite:///{template / FILE}"), Database(url)
    upgrade(target)
    stored = RuleSetStore(source).load("1.0.0")
    if not RuleSetStore(target).versions():
        RuleSetStore(target).publish(stored.document, None, "x", stored.published.published_at)
        RuleSetStore(target).activate("1.0.0", "x", stored.published.published_at)
    source.close()
    return target


@contextmanager
def running(folder: Path, url: str | None = None, mode: str = "best-effort"):
    app = create_app(Settings(IVIG_DATA_DIR=folder, IVIG_DATABASE_URL=url, IVIG_AUDIT=mode))
    with TestClient(app, LOCAL, raise_server_exceptions=False) as client:
        yield client


def ask(client):
    return client.post("/v1/assessments", json=SPARSE)


def answered(client) -> dict:
    response = ask(client)
    assert response.status_code == 200, response.text
    return {name: value for name, value in response.json().items() if name != "id"}


def unavailable(response) -> None:
    problem(response, 503, "storage-unavailable")
    assert int(response.headers["retry-after"]) > 0


@contextmanager
def away(database: Database):
    """The audit table cannot be written."""
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE assessment_record RENAME TO elsewhere"))
    yield
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO assessment_record"))


@pytest.mark.parametrize("mode", MODES)
def test_h2_audit_that_cannot_be_written(url, folder, mode):
    used = url if url.startswith("postgresql") else f"sqlite:///{folder / FILE}"
    other = seed(used, folder)
    with running(folder, used, mode) as client:
        before = answered(client)
        with away(other):
            if mode == "required":
                unavailable(ask(client))
            else:
                assert answered(client) == before
                wait_for(lambda: (folder / "audit.spool").exists() and (folder / "audit.spool").stat().st_size)
                assert client.get("/readyz").json()["storage"] == "degraded"
        assert answered(client) == before
        wait_for(lambda: client.get("/readyz").json()["storage"] == "ok")
    found = verify(other, chain_of(folder, audit_key(folder / "audit.key")))
    assert (found.chained, found.first_bad) == (3 if mode == "best-effort" else 2, None)
    other.close()


def wait_for(what, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("mode", MODES)
def test_h5_a_database_locked_by_another_process(folder, mode):
    with running(folder, mode=mode) as client:
        before = answered(client)
        other = sqlite3.connect(folder / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        if mode == "required":
            unavailable(ask(client))
        else:
            assert answered(client) == before
        assert time.monotonic() - start < 5.5
        assert client.get("/v1/rule-sets").status_code == 200
        other.execute("ROLLBACK")
        other.close()
        assert answered(client) == before


def test_h6_a_long_reader_is_said(folder, monkeypatch):
    from app.services import watch
    from app.services.recorder import AuditRecorder

    database = Database(f"sqlite:///{folder / FILE}")
    recorder = AuditRecorder(database, "off", chain_of(folder, b"k" * 32))
    assert watch.troubles(database, recorder) == []
    monkeypatch.setattr(watch, "LONGEST_LOG", 100)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE big AS SELECT randomblob(100000) AS a"))
    assert [words for words in watch.troubles(database, recorder) if "write-ahead log" in words]
    database.close()


@contextmanager
def unwritable(folder: Path):
    """A folder that this process cannot write to: a read-only mount for root, whom modes do not stop."""
    if os.getuid() != 0:
        folder.chmod(0o555)
        (folder / FILE).chmod(0o444)
        yield
        folder.chmod(0o755)
        return
    if subprocess.run(["mount", "--bind", folder, folder], check=False, capture_output=True).returncode:
        pytest.skip("this container may not mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("mode", MODES)
def test_h7_a_folder_that_cannot_be_written(folder, mode):
    before = sorted(path.name for path in folder.iterdir())
    with unwritable(folder), running(folder, mode=mode) as client, lock_folder(folder):
        if mode == "required":
            unavailable(ask(client))
        else:
            assert answered(client)["rule_set"]["version"] == "1.0.0"
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["storage"]) == (200, "degraded")
        assert client.get("/v1/rule-sets").status_code == 200
    assert sorted(path.name for path in folder.iterdir()) == before


def test_h7_a_read_only_database_takes_no_writes(folder, monkeypatch):
    monkeypatch.setattr("app.store.database._cannot_write", lambda _path: True)
    database = Database(f"sqlite:///{folder / FILE}")
    upgrade(database)
    store = RuleSetStore(database)
    assert store.load(store.active().version)
    with pytest.raises(StorageError, match="read-only"):
        store.activate("1.0.0", "x", store.active().published_at)
    database.close()


def gone(folder: Path) -> None:
    (folder / FILE).unlink()


def empty_file(folder: Path) -> None:
    (folder / FILE).write_bytes(b"")


def no_database(folder: Path) -> None:
    (folder / FILE).write_bytes(b"not a database" * 1000)


def half(folder: Path) -> None:
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content[: len(content) // 2])


def change(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute(statement)
    connection.close()


def newer(folder: Path) -> None:
    change(folder, "UPDATE alembic_version SET version_num = '9999'")


def foreign(folder: Path) -> None:
    change(folder, "PRAGMA application_id = 7391")


def altered(folder: Path) -> None:
    change(folder, "DROP TRIGGER rule_set_version_is_final_update")
    change(folder, "UPDATE rule_set_version SET document = replace(document, 'IVIG', 'IViG')")


H8 = {
    gone: "is gone, though",
    empty_file: "is empty: restore a backup",
    no_database: "file is not a database",
    half: "damaged|malformed",
    newer: "revision 9999, which this version does not know",
    foreign: "belongs to another program",
    altered: "digest does not match",
}


@pytest.mark.parametrize("break_it", H8, ids=lambda function: function.__name__)
def test_h8_h10_what_cannot_be_served_is_refused(folder, break_it):
    break_it(folder)
    before = {path.name: path.stat().st_size for path in folder.iterdir() if path.name == FILE}
    with pytest.raises((StorageError, RuleSetError), match=H8[break_it]) as caught:
        create_app(Settings(IVIG_DATA_DIR=folder))
    assert "\n" not in str(caught.value)
    assert {path.name: path.stat().st_size for path in folder.iterdir() if path.name == FILE} == before


@pytest.mark.parametrize("break_it", [gone, altered], ids=lambda function: function.__name__)
def test_h8_the_refusal_is_one_line_and_code_78(folder, break_it):
    break_it(folder)
    (said,) = refused(folder)
    assert H8[break_it] in said


def test_h8_a_log_of_another_database_is_noticed(folder, tmp_path):
    """SQLite replays any log that is whole in itself; what it makes of the file is no longer ours."""
    other = sqlite3.connect(tmp_path / "other")
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE theirs (a)")
    shutil.copy(tmp_path / "other-wal", folder / f"{FILE}-wal")
    other.close()
    with pytest.raises(StorageError, match=r"another program|damaged|malformed"):
        create_app(Settings(IVIG_DATA_DIR=folder))


def test_h8_the_shared_memory_is_deleted_under_load(folder):
    with running(folder, mode="required") as client:
        before = answered(client)
        (folder / f"{FILE}-shm").unlink()
        assert ask(client).status_code in {200, 503}
        for _ in range(5):
            assert ask(client).status_code in {200, 503}
    with running(folder, mode="required") as client:
        assert answered(client) == before


def test_h10_a_damaged_version_leaves_the_choice_to_the_operator(folder):
    """No earlier version is taken by itself; one that is activated by name shows in every answer."""
    database = Database(f"sqlite:///{folder / FILE}")
    store = RuleSetStore(database)
    first = store.load("1.0.0")
    changed = {**first.document, "monograph": first.document["monograph"][:-1]}
    store.publish(changed, "1.0.1", "x", first.published.published_at)
    store.activate("1.0.1", "x", first.published.published_at)
    change(folder, "DROP TRIGGER rule_set_version_is_final_update")
    change(folder, "UPDATE rule_set_version SET document = replace(document, 'IVIG', 'IViG') WHERE version = '1.0.1'")
    with pytest.raises(RuleSetError, match=r"1\.0\.1 is not what was published"):
        create_app(Settings(IVIG_DATA_DIR=folder))
    activate(store, "1.0.0", by="operator", reason="1.0.1 is damaged")
    database.close()
    with running(folder) as client:
        assert answered(client)["rule_set"]["version"] == "1.0.0"


MOUNTINFO = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv/data rw shared:9 - nfs4 server:/export rw
31 30 254:1 / /srv/data/local rw - xfs /dev/vdb rw
32 22 0:41 / /with\\040space rw - fuse.sshfs me@there:/ rw
33 22 0:42 / /over rw - ext4 /dev/vdc rw
34 33 0:43 / /over rw - cifs //server/share rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/srv/data", "nfs4"),
        ("/srv/data/x", "nfs4"),
        ("/srv/database", "ext4"),
        ("/srv/data/local/x", "xfs"),
        ("/with space/a", "fuse.sshfs"),
        ("/over", "cifs"),
    ],
)
def test_h11_the_file_system_of_a_path(tmp_path, path, kind):
    (tmp_path / "mountinfo").write_text(MOUNTINFO)
    assert filesystem_of(Path(path), tmp_path / "mountinfo") == kind


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_h11_network_file_systems_are_refused(folder, monkeypatch, kind):
    monkeypatch.setattr("app.store.preflight.filesystem_of", lambda _path: kind)
    with pytest.raises(StorageError, match=f"{kind} file system"):
        create_app(Settings(IVIG_DATA_DIR=folder))


def test_h11_without_mountinfo_nothing_is_refused(tmp_path):
    assert filesystem_of(tmp_path, tmp_path / "none") == ""


@pytest.mark.parametrize("act", ["replace", "remove"])
def test_h12_the_file_is_replaced_under_the_process(folder, act):
    with running(folder, mode="required") as client:
        answered(client)
        if act == "replace":
            shutil.copy(folder / FILE, folder / "copy")
            (folder / "copy").replace(folder / FILE)
        else:
            (folder / FILE).unlink()
        unavailable(ask(client))
        assert client.get("/readyz").json()["storage"] == "degraded"
        assert client.get("/readyz").status_code == 200


def test_h13_several_workers_need_another_database(tmp_path, monkeypatch):
    from app.commands import storage

    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 2))
    with pytest.raises(StorageError, match="several workers need PostgreSQL"):
        storage.prepare(Settings(IVIG_DATA_DIR=tmp_path))
    assert not (tmp_path / FILE).exists()


@pytest.mark.postgres
@pytest.mark.parametrize("mode", MODES)
def test_h15_postgresql_goes_away_and_comes_back(postgres_url, cluster, template, tmp_path, mode):
    seed(postgres_url, template).close()
    name = postgres_url.split("/")[3].split("?")[0]
    with running(tmp_path, postgres_url, mode) as client:
        before = answered(client)
        administer(cluster, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        administer(cluster, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        if mode == "required":
            unavailable(ask(client))
        else:
            assert answered(client) == before
        problem(client.get("/v1/rule-sets"), 503, "storage-unavailable")
        assert client.get("/readyz").status_code == 200
        administer(cluster, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert answered(client) == before
        assert client.get("/v1/rule-sets").status_code == 200
    database = Database(postgres_url)
    found = verify(database, chain_of(tmp_path, audit_key(tmp_path / "audit.key")))
    assert (found.chained, found.first_bad) == (3 if mode == "best-effort" else 2, None)
    database.close()


@pytest.mark.postgres
def test_h15_a_statement_that_takes_too_long_ends(postgres_url):
    database = Database(postgres_url)
    start = time.monotonic()
    with pytest.raises(StorageError, match="statement timeout"), database.reading() as connection:
        connection.execute(text("SELECT pg_sleep(30)"))
    assert time.monotonic() - start < 8
    database.close()


@pytest.mark.postgres
def test_h15_publishing_again_after_an_unknown_outcome_duplicates_nothing(postgres_url):
    """The connection is cut after the commit was sent: the digest tells whether it arrived."""
    from tests.store.test_rule_sets import AT, document

    database = Database(postgres_url)
    upgrade(database)
    store = RuleSetStore(database)
    first = store.publish(document(), None, "x", AT)
    assert store.publish(document(), None, "x", AT) == first
    assert len(store.versions()) == 1
    database.close()


@pytest.mark.postgres
def test_h8_a_postgresql_database_that_lost_its_tables(postgres_url, tmp_path):
    audit_key(tmp_path / "audit.key")
    with pytest.raises(StorageError, match="has no tables, though"):
        create_app(Settings(IVIG_DATA_DIR=tmp_path, IVIG_DATABASE_URL=postgres_url))


def test_h2_a_batch_that_loses_its_storage_says_so_in_its_last_line(folder):
    """The stream is not cut: what is not answered is named, and nothing after it is answered as if it were recorded."""
    import json

    lines = "\n".join(['{"patient":{"age_years":34}}'] * 3)
    other = Database(f"sqlite:///{folder / FILE}")
    with running(folder, mode="required") as client:
        with away(other):
            response = client.post(
                "/v1/assessments/batch", content=lines, headers={"content-type": "application/x-ndjson"}
            )
        (said,) = map(json.loads, response.text.splitlines())
        assert said["line"] == 1
        assert said["problem"]["type"] == "urn:ivig-cds:problem:storage-unavailable"
        assert answered(client)["as_of"]
    other.close()
