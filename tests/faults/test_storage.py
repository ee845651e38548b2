"""FAULTS group H below the service: kills, full disks, injected errors, flipped bits, backups. I8: migrations cut short.

``make faults`` runs the same with many more rounds (KILLS, FLIPS, POINTS).
"""

import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import AppError, StorageError
from app.store.audit import AuditWriter
from app.store.backup import backup, examine, restore
from app.store.chain import verify
from app.store.database import Database
from app.store.folder import lock_folder
from app.store.rule_sets import RuleSetStore
from app.store.schema import is_current, upgrade
from tests.faults.killing import chain
from tests.machine import can_trace
from tests.store.test_audit import entry
from tests.store.test_rule_sets import AT, document

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "10"))
FLIPS = int(os.environ.get("FLIPS", "150"))
POINTS = int(os.environ.get("POINTS", "3"))
CALLS = "pwrite64,fsync,fdatasync,ftruncate"


def run(*words: str, before: tuple[str, ...] = (), **options) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*before, sys.executable, *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600, **options
    )


def kill(what: str, url: str, folder: Path, rounds: int) -> list[list[str]]:
    done = run("-m", "tests.faults.killing", what, url, str(folder), str(rounds), "7391")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def torn(database: Database) -> list[str]:
    """Versions without all of their rows."""
    with database.reading() as connection:
        return [
            version
            for key, version, content in connection.execute(text("SELECT id, version, document FROM rule_set_version"))
            for table, part in (("rule", "rules"), ("evidence_statement", "statements"), ("product", "products"))
            if connection.execute(
                text(f"SELECT count(*) FROM {table} WHERE rule_set_version_id = :key"), {"key": key}
            ).scalar_one()
            != len(json.loads(content)[part])
        ]


def test_h1_killed_publishers_lose_and_tear_nothing(database, url, tmp_path):
    said = [line.split() for lines in kill("publish", url, tmp_path, KILLS) for line in lines]
    store = RuleSetStore(database)
    held = {item.version: item.digest for item in store.versions()}
    assert {
        version: digest for what, version, *rest in said if what == "published" for digest in rest
    }.items() <= held.items()
    assert sorted(held, key=lambda name: int(name.split(".")[2])) == [f"1.0.{number}" for number in range(len(held))]
    assert torn(database) == []
    for version in held:
        store.load(version)
    activated = [words[1] for words in said if words[0] == "activated"]
    with database.reading() as connection:
        number = connection.execute(text("SELECT count(*) FROM activation")).scalar_one()
        records = set(connection.execute(text("SELECT id FROM assessment_record")).scalars())
    assert len(activated) <= number <= len(activated) + KILLS
    assert {words[1] for words in said if words[0] == "recorded"} <= records
    assert store.active().version == f"1.0.{len(held) - 1}" or number < len(held)
    found = verify(database, chain(str(tmp_path)))
    assert (found.first_bad, found.chained) == (None, len(records))
    assert said


def test_h1_the_check_can_fail(database, url, tmp_path):
    """The control: publishers without a transaction leave torn versions."""
    kill("torn", url, tmp_path, 15)
    assert torn(database)


def test_i8_migrations_that_were_killed_are_run_again(empty, url, tmp_path):
    kill("migrate", url, tmp_path, KILLS)
    upgrade(empty)
    assert is_current(empty)


ONE = """
import sys
from tests.faults.killing import *
database = Database(sys.argv[1])
published = RuleSetStore(database).publish(document(2), None, "x", AT)
print("published", published.digest, flush=True)
writer = AuditWriter(database, chain(sys.argv[2]))
writer.submit(entry("b")).result(30)
print("recorded", flush=True)
"""


@pytest.mark.skipif(not can_trace(), reason="strace injects the errors")
@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO", "error=ENOSPC"])
def test_h1_h2_h3_at_the_nth_call_of_a_publication(tmp_path, fault):
    """A kill, an I/O error or a full disk at each write or sync, once and (for errors) from then on."""
    template = tmp_path / "template"
    database = Database(f"sqlite:///{template / 'a.sqlite3'}")
    upgrade(database)
    RuleSetStore(database).publish(document(1), None, "x", AT)
    write(database, template, "a")
    database.close()
    clean = injected(tmp_path, template, "0", "error=EIO:when=60000")
    assert clean[0].stdout.split()[2:] == ["recorded"], clean[0].stderr
    total = int(clean[0].stderr.count("pwrite64") + clean[0].stderr.count("fdatasync") + clean[0].stderr.count("fsync"))
    points = sorted({1 + step * max(total - 1, 1) // max(POINTS - 1, 1) for step in range(POINTS)})
    for point in points:
        for ending in ("", "+") if "error" in fault else ("",):
            done, folder = injected(tmp_path, template, f"{point}{ending}", f"{fault}:when={point}{ending}")
            check_after(folder, done.stdout)
            assert done.returncode in {0, 1, -signal.SIGKILL, 128 + signal.SIGKILL}, done.stderr


def injected(tmp_path: Path, template: Path, name: str, fault: str) -> tuple[subprocess.CompletedProcess, Path]:
    folder = tmp_path / f"{abs(hash(fault))}-{name}"
    shutil.copytree(template, folder)
    strace = ("strace", "-f", "-P", str(folder / "a.sqlite3"), "-P", str(folder / "a.sqlite3-wal"))
    strace += ("-e", f"trace={CALLS}", "-e", f"inject={CALLS}:{fault}")
    return run("-c", ONE, f"sqlite:///{folder / 'a.sqlite3'}", str(folder), before=strace), folder


def check_after(folder: Path, said: str) -> None:
    database = Database(f"sqlite:///{folder / 'a.sqlite3'}")
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        records = connection.execute(text("SELECT id FROM assessment_record ORDER BY seq")).scalars().all()
    store = RuleSetStore(database)
    held = [store.load(item.version).published.digest for item in store.versions()]
    assert len(held) in {1, 2}
    assert torn(database) == []
    words = said.split()
    assert "published" not in words or words[1] in held
    assert records == ["a", "b"] if "recorded" in words else records in (["a"], ["a", "b"])
    assert verify(database, chain(str(folder))).first_bad is None
    write(database, folder, "next")
    database.close()


def write(database: Database, folder: Path, *names: str) -> None:
    writer = AuditWriter(database, chain(str(folder)))
    for name in names:
        writer.submit(entry(name)).result(30)
    writer.close()


def fill_until_it_fails(url: str, folder: str) -> None:
    """Run with a limit on the size of files, or on a small disk: records until one is refused, then what still can be read."""
    database = Database(url)
    writer = AuditWriter(database, chain(folder))
    written, error = 0, None
    while error is None and written < 20_000:
        error = writer.submit(entry(f"{written}-{'x' * 30}")).exception(30)
        written += error is None
    assert isinstance(error, StorageError)
    store = RuleSetStore(database)
    assert [item.version for item in store.versions()] == ["1.0.0"]
    assert store.load("1.0.0").document == document(1)
    found = verify(database, chain(folder))
    assert (found.chained, found.first_bad) == (written, None), found
    sys.stdout.write(f"{written}\n")


FILL = "import sys; from tests.faults.test_storage import fill_until_it_fails as f; f(*sys.argv[1:])"


def small(folder: Path) -> str:
    url = f"sqlite:///{folder / 'a.sqlite3'}"
    database = Database(url)
    upgrade(database)
    RuleSetStore(database).publish(document(1), None, "x", AT)
    write(database, folder)
    database.close()
    return url


def test_h3_no_room_for_a_file_to_grow(tmp_path):
    url = small(tmp_path)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    done = run("-c", FILL, url, str(tmp_path), preexec_fn=limit)
    assert done.returncode == 0, done.stderr
    database = Database(url)
    write(database, tmp_path, "room again")
    assert verify(database, chain(str(tmp_path))).chained == int(done.stdout) + 1
    database.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a small disk")
def test_h3_a_full_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", disk], check=False).returncode:
        pytest.skip("this container may not mount")
    try:
        url = small(disk)
        done = run("-c", FILL, url, str(disk))
        assert done.returncode == 0, done.stderr
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        database = Database(url)
        write(database, disk, "room again")
        assert verify(database, chain(str(disk))).chained == int(done.stdout) + 1
        database.close()
    finally:
        subprocess.run(["umount", disk], check=True)


def outcome(path: Path, folder: Path) -> tuple[object, ...]:
    """What would be served, and the trail; any error of ours counts as found."""
    database = Database(f"sqlite:///{path}")
    try:
        store = RuleSetStore(database)
        active = store.active()
        served: object = store.load(active.version).document
    except AppError:
        served = "found"
    try:
        found = verify(database, chain(str(folder)))
        trail: object = (found.chained, found.first_bad is None)
    except AppError:
        trail = "found"
    database.close()
    return served, trail


def test_h9_one_flipped_bit_is_found_or_changes_no_answer(tmp_path):
    path = tmp_path / "a.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    store = RuleSetStore(database)
    for number in (1, 2, 3):
        store.publish(document(number), None, "x", AT)
    for version in ("1.0.0", "1.0.1", "1.0.2"):
        store.activate(version, "x", AT)
    write(database, tmp_path, *map(str, range(20)))
    with database.reading() as connection:
        pages = {
            name: connection.execute(
                text("SELECT rootpage FROM sqlite_master WHERE name = :name"), {"name": name}
            ).scalar_one()
            for name in ("activation", "rule_set_version", "assessment_record")
        }
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    database.close()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    good, pick, wrong = path.read_bytes(), random.Random(7391), []
    right = outcome(path, tmp_path)
    assert right == (document(3), (20, True))
    for turn in range(FLIPS):
        # Half of them anywhere, half in the pages that decide what is served.
        page = pick.choice(sorted(pages.values())) - 1
        at = pick.randrange(len(good)) if turn % 2 else page * size + pick.randrange(size)
        flipped = bytearray(good)
        flipped[at] ^= 1 << pick.randrange(8)
        target = tmp_path / "flipped" / "a.sqlite3"
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir()
        target.write_bytes(flipped)
        served, trail = outcome(target, tmp_path)
        if served not in (right[0], "found") or (trail != "found" and trail != right[1] and trail[1]):
            wrong.append((at, served, trail))
    assert wrong == []


def test_h14_a_backup_taken_while_versions_are_published(tmp_path):
    url = small(tmp_path)
    database, stop, published = Database(url), threading.Event(), []

    def keep_publishing() -> None:
        store = RuleSetStore(database)
        while not stop.is_set():
            item = store.publish(document(len(published) + 2), None, "x", AT)
            store.activate(item.version, "x", AT)
            published.append(item)

    thread = threading.Thread(target=keep_publishing)
    thread.start()
    while len(published) < 3:
        time.sleep(0.01)
    before = len(published)
    file = tmp_path / "backups" / "one.sqlite3"
    active = backup(Database(url), file)
    stop.set()
    thread.join()
    assert active in published[before - 1 :]
    assert examine(file) == active
    copy = Database(f"sqlite:///{file}")
    assert len(RuleSetStore(copy).versions()) >= before
    assert torn(copy) == []
    copy.close()
    assert [path.name for path in file.parent.iterdir()] == ["one.sqlite3"]
    with pytest.raises(StorageError, match="never written over"):
        backup(database, file)
    database.close()


def test_h14_the_drill_restore_in_a_minute(tmp_path):
    url = small(tmp_path)
    database, file = Database(url), tmp_path / "one.backup"
    RuleSetStore(database).activate("1.0.0", "x", AT)
    write(database, tmp_path, "a", "b")
    backup(database, file)
    RuleSetStore(database).publish(document(9), None, "x", AT)
    database.close()
    damaged = (tmp_path / "a.sqlite3").read_bytes()[:5000]
    (tmp_path / "a.sqlite3").write_bytes(damaged)
    start = time.monotonic()
    active, kept = restore(Database(url), file, tmp_path)
    assert time.monotonic() - start < 60
    assert (active.version, kept.read_bytes()) == ("1.0.0", damaged)
    database = Database(url)
    assert [item.version for item in RuleSetStore(database).versions()] == ["1.0.0"]
    assert verify(database, chain(str(tmp_path))).first_bad is None
    database.close()


def test_h14_what_cannot_be_restored_changes_nothing(tmp_path):
    url = small(tmp_path)
    before = (tmp_path / "a.sqlite3").read_bytes()
    bad = tmp_path / "bad"
    for content in (b"", b"no database" * 1000, before[: len(before) // 2]):
        bad.write_bytes(content)
        with pytest.raises(StorageError):
            restore(Database(url), bad, tmp_path)
    with pytest.raises(StorageError, match="is not there"):
        restore(Database(url), tmp_path / "none", tmp_path)
    good = tmp_path / "good"
    backup(Database(url), good)
    with lock_folder(tmp_path), pytest.raises(StorageError, match="another server"):
        restore(Database(url), good, tmp_path)
    assert (tmp_path / "a.sqlite3").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    with pytest.raises(StorageError, match="pg_dump"):
        backup(Database("postgresql://x@/y"), tmp_path / "p")
