import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text

from app.errors import StorageError
from app.services.record import AuditEntry
from app.store.anchor import Anchor
from app.store.audit import LARGEST_BATCH, AuditWriter
from app.store.chain import Chain
from app.store.database import Database
from app.store.schema import upgrade

HASH = "0" * 64


@pytest.fixture
def chain(tmp_path) -> Chain:
    return Chain(b"k" * 32, Anchor(tmp_path / "audit.head"))


def entry(number: int | str = 1, digest: str = HASH) -> AuditEntry:
    return AuditEntry(
        str(number), datetime(2026, 11, 25, tzinfo=UTC), "1.0.0", digest, "0.1.0", "GB-ENG", HASH, HASH, ("one", "two")
    )


def stored(database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(text("SELECT id FROM assessment_record ORDER BY seq")).scalars())


class Commits:
    """Counts the commits of a database, and can hold them up."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        self.gate = threading.Event()
        self.gate.set()
        event.listen(database._engine, "commit", self)

    def __call__(self, _connection) -> None:
        self.gate.wait(30)
        self.count += 1


def test_a_record_is_there_once_its_future_is_done(database, chain):
    writer = AuditWriter(database, chain)
    writer.submit(entry()).result(30)
    with database.reading() as connection:
        row = connection.execute(text("SELECT * FROM assessment_record")).mappings().one()
    assert (row["id"], row["jurisdiction"], row["rule_set_version"]) == ("1", "GB-ENG", "1.0.0")
    assert "one" in str(row["finding_ids"])
    writer.close()


def test_records_that_wait_share_one_commit(database, chain):
    commits = Commits(database)
    commits.gate.clear()
    writer = AuditWriter(database, chain)
    futures = [writer.submit(entry(number)) for number in range(200)]
    commits.gate.set()
    for future in futures:
        future.result(30)
    assert commits.count <= 2
    assert stored(database) == [str(number) for number in range(200)]
    writer.close()


def test_a_future_is_not_done_before_the_commit(database, chain):
    commits = Commits(database)
    commits.gate.clear()
    writer = AuditWriter(database, chain)
    future = writer.submit(entry())
    with pytest.raises(TimeoutError):
        future.result(0.1)
    commits.gate.set()
    future.result(30)
    writer.close()


def test_a_batch_has_a_largest_size(database, chain):
    commits = Commits(database)
    writer = AuditWriter(database, chain, gather=0.05)
    for number in range(2 * LARGEST_BATCH + 1):
        writer.submit(entry(number))
    writer.close()
    assert commits.count >= 3
    assert len(stored(database)) == 2 * LARGEST_BATCH + 1


def test_gathering_ends_after_its_time(database, chain):
    writer = AuditWriter(database, chain, gather=60)
    writer.submit(entry()).result(5)
    writer.close()


def test_close_writes_everything_and_then_nothing_is_taken(database, chain):
    writer = AuditWriter(database, chain, gather=0.05)
    for number in range(100):
        writer.submit(entry(number))
    writer.close()
    writer.close()
    assert len(stored(database)) == 100
    assert isinstance(writer.submit(entry("late")).exception(1), StorageError)
    assert writer.lost == 1


def test_many_threads_lose_nothing(database, chain):
    writer = AuditWriter(database, chain)

    def work(name: int) -> None:
        for number in range(50):
            writer.submit(entry(f"{name}-{number}")).result(30)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert len(set(stored(database))) == 400


def test_a_full_waiting_room_refuses_at_once(database, chain):
    commits = Commits(database)
    commits.gate.clear()
    writer = AuditWriter(database, chain, room=5)
    futures = [writer.submit(entry(number)) for number in range(20)]
    refused = [future for future in futures if future.done()]
    assert len(refused) >= 13
    assert all(isinstance(future.exception(), StorageError) for future in refused)
    commits.gate.set()
    writer.close()
    assert len(stored(database)) == 20 - len(refused)
    assert writer.lost == len(refused)


@pytest.mark.parametrize("bad", [entry(3), entry("new", digest="no digest")])
def test_one_refused_record_does_not_take_the_others_with_it(database, chain, bad):
    commits = Commits(database)
    commits.gate.clear()
    writer = AuditWriter(database, chain)
    first = writer.submit(entry("first"))
    futures = [writer.submit(entry(number)) for number in range(5)]
    refused = writer.submit(bad)
    commits.gate.set()
    first.result(30)
    for future in futures:
        future.result(30)
    assert isinstance(refused.exception(30), StorageError)
    assert writer.lost == 1
    writer.close()
    assert len(stored(database)) == 6


def test_the_writer_outlives_a_database_that_fails(database, chain):
    def fail(*_rest) -> None:
        raise OSError("disk I/O error")

    writer = AuditWriter(database, chain)
    event.listen(database._engine, "before_cursor_execute", fail)
    assert isinstance(writer.submit(entry(1)).exception(30), StorageError)
    event.remove(database._engine, "before_cursor_execute", fail)
    writer.submit(entry(2)).result(30)
    writer.close()
    assert stored(database) == ["2"]


def test_a_cancelled_wait_does_not_stop_the_writer(database, chain):
    commits = Commits(database)
    commits.gate.clear()
    writer = AuditWriter(database, chain)
    writer.submit(entry(1)).cancel()
    commits.gate.set()
    writer.submit(entry(2)).result(30)
    writer.close()
    assert stored(database) == ["1", "2"]


def test_records_survive_a_process_that_is_killed(tmp_path):
    """What was acknowledged is in the file, whatever happens to the process afterwards."""
    import subprocess
    import sys

    path = tmp_path / "a.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    script = f"""
import os, signal
from pathlib import Path
from tests.store.test_audit import Anchor, AuditWriter, Chain, Database, entry
writer = AuditWriter(Database("sqlite:///{path}"), Chain(b"k" * 32, Anchor(Path("{path}.head"))))
for number in range(40):
    writer.submit(entry(number)).result(30)
    print(number, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    database = Database(f"sqlite:///{path}")
    assert stored(database) == done.stdout.split()
    database.close()
