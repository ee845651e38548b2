import sqlite3
import threading

import pytest
from sqlalchemy import text

from app.errors import StorageError
from app.store import database as module
from app.store.database import Database

CANARY = "zebra-7391"


def test_sqlite_keeps_the_promises_of_its_pragmas(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'a.sqlite3'}")
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
        "recursive_triggers": 1,
    }
    with database.reading() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected} == expected
    database.close()


def test_a_write_is_undone_as_a_whole(empty):
    with empty.writing() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    with pytest.raises(StorageError):
        insert_then_fail(empty)
    with empty.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0


def insert_then_fail(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.execute(text("INSERT INTO nothing VALUES (1)"))


def test_writers_alone_take_turns_and_lose_nothing(empty):
    """Read, think, write: with plain transactions some of these would overwrite each other."""
    with empty.writing() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (0)"))

    def add() -> None:
        for _ in range(25):
            with empty.writing(alone=True) as connection:
                now = connection.execute(text("SELECT a FROM t")).scalar_one()
                connection.execute(text("UPDATE t SET a = :a"), {"a": now + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with empty.reading() as connection:
        assert connection.execute(text("SELECT a FROM t")).scalar() == 100


def test_a_reader_is_not_stopped_by_a_writer(empty):
    with empty.writing() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    with empty.writing() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with empty.reading() as reader:
            assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0


def test_a_locked_file_is_an_error_within_the_time_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SQLITE_PRAGMAS", ("busy_timeout = 50", "journal_mode = WAL"))
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    other = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"), database.writing():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    database.close()


def test_no_value_and_no_statement_is_in_an_error(empty):
    with empty.writing() as connection:
        connection.execute(text("CREATE TABLE t (a VARCHAR(40) UNIQUE)"))
        connection.execute(text("INSERT INTO t VALUES (:a)"), {"a": CANARY})
    with pytest.raises(StorageError) as caught, empty.writing() as connection:
        connection.execute(text("SELECT :a FROM nothing"), {"a": CANARY})
    assert CANARY not in f"{caught.value} {caught.value.__cause__}"
    assert "SELECT" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"this is not a database at all" * 50, b"SQLite format 3\x00" + b"\xff" * 500])
def test_what_is_not_a_database_is_an_error(tmp_path, content):
    (tmp_path / "a.sqlite3").write_bytes(content)
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with pytest.raises(StorageError), database.reading() as connection:
        connection.execute(text("SELECT * FROM sqlite_master"))
    database.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "mysql://x/y", "sqlite+aiosqlite:///x", "postgresql+asyncpg://x/y"]
)
def test_other_urls_are_refused(url):
    with pytest.raises(StorageError):
        Database(url)


def test_the_password_of_a_url_stays_inside():
    with pytest.raises(StorageError) as caught:
        Database(f"mysql://user:{CANARY}@host/name")
    assert CANARY not in str(caught.value)
    assert CANARY not in str(Database(f"postgresql://user:{CANARY}@host/name").url)


def test_a_server_that_is_not_there_is_an_error(tmp_path):
    database = Database(f"postgresql://ivig@/x?host={tmp_path}")
    with pytest.raises(StorageError, match="cannot be read"), database.reading():
        pass


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="folder"):
        Database(f"sqlite:///{tmp_path / 'file' / 'a.sqlite3'}")
