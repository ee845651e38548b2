"""Publications from several processes at once, and publications killed at any moment: nothing lost, nothing twice, nothing torn."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from app.authoring.bundle import canonical, digest_of
from app.models import RuleSetVersion
from app.store.database import Database
from app.store.rule_sets import RuleSetStore, numbers
from app.store.schema import upgrade
from tests.store.test_rule_sets import document

ROOT = Path(__file__).parents[2]
PROCESSES, EACH = 4, 250
KILLS = 200
PUBLISHER = """
import sys
from datetime import UTC, datetime
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from app.errors import StorageError
from tests.store.test_rule_sets import document
database = Database(sys.argv[1])
store = RuleSetStore(database)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    while True:
        try:
            print(number, store.publish(document(number), None, "x", datetime.now(UTC)).version, flush=True)
            break
        except StorageError:  # busy: nothing was written, so it is sent again
            continue
database.close()
"""


def test_a_thousand_publications_from_four_processes(database, url):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, url, str(n * EACH), str((n + 1) * EACH)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for n in range(PROCESSES)
    ]  # fmt: skip
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [line.split() for process in running for line in process.communicate(timeout=300)[0].splitlines()]
    store = RuleSetStore(database)
    assert sorted(int(number) for number, _ in said) == list(range(PROCESSES * EACH))
    versions = sorted((item.version for item in store.versions()), key=numbers)
    assert versions == [f"1.0.{patch}" for patch in range(PROCESSES * EACH)]
    for number, version in random.Random(1).sample(said, 50):
        assert store.load(version).document == document(int(number))


def whole(store: RuleSetStore) -> list[int]:
    """The numbers of all documents; each version must hold its digest, its rules, its statements and its products."""
    found = []
    for item in store.versions():
        held = store.load(item.version).document
        found.append(int(held["statements"][0]["says"].split()[1]))
        with store.database.reading() as connection:
            for table, count in (("rule", 2), ("evidence_statement", 1), ("evidence_source", 1), ("product", 1)):
                wanted = text(f"SELECT count(*) FROM {table} WHERE rule_set_version_id = :key")
                assert connection.execute(wanted, {"key": item.id}).scalar() == count, (item.version, table)
    return found


def duration(path: Path) -> float:
    """How long a publication takes on this machine just now, in seconds."""
    database = Database(f"sqlite:///{path.with_name('timed.sqlite3')}")
    upgrade(database)
    began = time.monotonic()
    for number in range(10):
        publish(RuleSetStore(database), number)
    database.close()
    return (time.monotonic() - began) / 10


def killed_at_random(path: Path, publisher, moments: random.Random, kills: int) -> list[int]:
    """Publish in a child, kill it at a random moment, again and again; the numbers that were acknowledged."""
    acknowledged: list[int] = []
    number = 0
    usual = duration(path)
    for _ in range(kills):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                database = Database(f"sqlite:///{path}")
                RuleSetStore(database).versions()
                os.write(write, b".")
                for mine in range(number, number + 1000):
                    publisher(RuleSetStore(database), mine)
                    os.write(write, f"{mine}\n".encode())
            finally:
                os._exit(0)
        os.close(write)
        assert os.read(read, 1) == b"."
        time.sleep(moments.uniform(0, 4 * usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read) as said:
            acknowledged += [int(line) for line in said.read().splitlines()]
        number += 1000
    return acknowledged


def publish(store: RuleSetStore, number: int) -> None:
    store.publish(document(number), None, "x", datetime.now(UTC))


def publish_in_two_steps(store: RuleSetStore, number: int) -> None:
    """What publication must not be: the version in one transaction, its parts in another."""
    made = canonical(document(number))
    row = {"version": f"1.0.{number}", "digest": digest_of(made), "format": 1, "document": made.decode()}
    with store.database.writing() as connection:
        key = connection.execute(
            insert(RuleSetVersion)
            .values(**row, published_at=datetime.now(UTC), published_by="x")
            .returning(RuleSetVersion.id)
        ).scalar_one()
    from app.store.rule_sets import _insert_parts

    time.sleep(0.002)
    with store.database.writing() as connection:
        _insert_parts(connection, key, document(number))


def publish_without_writing(_store: RuleSetStore, _number: int) -> None:
    """What an acknowledgement must not be: given before anything is written."""


def new(tmp_path: Path) -> Path:
    path = tmp_path / "killed.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


def opened(path: Path) -> RuleSetStore:
    return RuleSetStore(Database(f"sqlite:///{path}"))


def test_killed_at_two_hundred_moments_nothing_is_torn_or_lost(tmp_path):
    path = new(tmp_path)
    acknowledged = killed_at_random(path, publish, random.Random(7), KILLS)
    store = opened(path)
    found = whole(store)
    store.database.close()
    assert acknowledged  # how many get through before the kill is a matter of the machine
    assert set(acknowledged) <= set(found)
    # A kill between the commit and the acknowledgement leaves a version that nobody was told of: one for each kill at most.
    assert len(found) - len(acknowledged) <= KILLS
    assert len(found) == len(set(found))


def test_the_check_sees_a_torn_version(tmp_path):
    path = new(tmp_path)
    killed_at_random(path, publish_in_two_steps, random.Random(7), 60)
    store = opened(path)
    with pytest.raises(AssertionError):
        whole(store)
    store.database.close()


def test_the_check_sees_a_lost_version(tmp_path):
    path = new(tmp_path)
    acknowledged = killed_at_random(path, publish_without_writing, random.Random(7), 2)
    store = opened(path)
    assert not set(acknowledged) <= set(whole(store))
    store.database.close()
