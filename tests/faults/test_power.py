"""FAULTS H4: the power goes at any moment. ``make faults`` makes 3,000 states (POWER); the controls must lose something."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from tests.faults.power import record, states
from tests.machine import can_trace
from tests.store.test_rule_sets import AT, document

POWER = int(os.environ.get("POWER", "300"))
PUBLICATIONS = 12
pytestmark = pytest.mark.skipif(not can_trace(), reason="strace records the writes")


@pytest.fixture(scope="module")
def disk(tmp_path_factory) -> Path:
    """A small database at rest: one version published and active, its log folded in and empty."""
    folder = tmp_path_factory.mktemp("power") / "template"
    database = Database(f"sqlite:///{folder / 'a.sqlite3'}")
    upgrade(database)
    store = RuleSetStore(database)
    store.activate(store.publish(document(1), None, "x", AT).version, "x", AT)
    database.close()
    assert [path.name for path in folder.iterdir()] == ["a.sqlite3"]
    return folder


def verdicts(template: Path, folder: Path, synchronous: str, count: int) -> dict[str, int]:
    """How many states were whole, lost something acknowledged, or were corrupt or torn."""
    made = record(template, folder / "recorded", synchronous, PUBLICATIONS)
    assert sum(step.file == "said" for step in made) == PUBLICATIONS
    assert {step.file for step in made} == {"said", "a.sqlite3", "a.sqlite3-wal"}  # a checkpoint took place too
    found = {"whole": 0, "lost": 0, "corrupt": 0}
    place = folder / "state"
    for files, acknowledged in states(template, made, count, 7391):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for name, content in files.items():
            (place / name).write_bytes(content)
        found[verdict(place, acknowledged)] += 1
    return found


def verdict(place: Path, acknowledged: set[str]) -> str:
    connection = sqlite3.connect(place / "a.sqlite3")
    try:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return "corrupt"
        rows = connection.execute("SELECT id, version FROM rule_set_version").fetchall()
        parts = {key for (key,) in connection.execute("SELECT DISTINCT rule_set_version_id FROM evidence_statement")}
        active = {
            version
            for (version,) in connection.execute(
                "SELECT version FROM rule_set_version v JOIN activation a ON a.rule_set_version_id = v.id"
            )
        }
    except sqlite3.DatabaseError:
        return "corrupt"
    finally:
        connection.close()
    if {key for key, _ in rows} != parts:
        return "corrupt"  # a version without its statements is torn
    return "whole" if acknowledged <= active else "lost"


def test_h4_the_power_goes_and_nothing_acknowledged_is_lost(disk, tmp_path):
    assert verdicts(disk, tmp_path, "FULL", POWER) == {"whole": POWER, "lost": 0, "corrupt": 0}


@pytest.mark.parametrize(("synchronous", "fate"), [("NORMAL", "lost"), ("OFF", "corrupt")])
def test_h4_the_check_can_fail(disk, tmp_path, synchronous, fate):
    """The controls: less syncing loses what was acknowledged, and none corrupts the file."""
    found = verdicts(disk, tmp_path, synchronous, 200)
    assert found[fate] > 0, found
