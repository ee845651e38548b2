"""What happens to a rule set is in the audit chain: written with it, found when altered, and no obstacle where a site wants none."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.authoring.bundle import FORMAT
from app.errors import StorageError
from app.services.recorder import AuditRecorder, chain_of, event_trail
from app.store.audit import AuditWriter
from app.store.chain import verify
from app.store.rule_sets import RuleSetStore
from app.store.spool import Spool
from tests.store.test_audit import entry
from tests.store.test_chain import rows_of, unguard

KEY = b"k" * 32
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def document(number: int) -> dict:
    """The smallest rule set there can be; its content differs by ``number``."""
    return {"format": FORMAT, "rules": [], "sources": [], "statements": [], "products": [], "number": number}


def store_of(database, folder, mode="required") -> RuleSetStore:
    return RuleSetStore(database, event_trail(folder, KEY, mode))


def live(store) -> None:
    """A life: two versions, the second answers, then the first again."""
    store.publish(document(1), "1.0.0", "ann", AT)
    store.publish(document(2), "1.1.0", "ann", AT, "kidney")
    store.activate("1.0.0", "ann", AT, "first use")
    store.activate("1.1.0", "bob", AT)
    store.activate("1.0.0", "bob", AT, "not as intended", what="rolled-back")


def told(database) -> list[tuple[str, str]]:
    return [(row["finding_ids"][0], row["rule_set_version"]) for row in rows_of(database)]


LIFE = [
    ("event:published", "1.0.0"),
    ("event:published", "1.1.0"),
    ("event:activated", "1.0.0"),
    ("event:activated", "1.1.0"),
    ("event:rolled-back", "1.0.0"),
]


def test_a_life_is_in_the_chain(database, tmp_path):
    store = store_of(database, tmp_path)
    live(store)
    assert told(database) == LIFE
    found = verify(database, chain_of(tmp_path, KEY))
    assert (found.first_bad, found.chained) == (None, len(LIFE))
    assert chain_of(tmp_path, KEY).anchor.read() == found.head
    last = rows_of(database)[-1]
    assert last["finding_ids"] == ["event:rolled-back", "by:bob"]
    assert last["rule_set_digest"] == store.active().digest


def test_events_and_answers_are_one_chain(database, tmp_path):
    writer = AuditWriter(database, chain_of(tmp_path, KEY))
    writer.submit(entry(1)).result(30)
    live(store_of(database, tmp_path))
    writer.submit(entry(2)).result(30)
    writer.close()
    found = verify(database, chain_of(tmp_path, KEY))
    assert (found.first_bad, found.chained) == (None, len(LIFE) + 2)


def test_what_changes_nothing_leaves_no_event(database, tmp_path):
    store = store_of(database, tmp_path)
    store.publish(document(1), "1.0.0", "ann", AT)
    store.publish(document(1), "1.0.0", "ann", AT)
    with pytest.raises(Exception, match="not published"):
        store.activate("9.0.0", "ann", AT)
    assert told(database) == LIFE[:1]


def test_what_is_taken_back_takes_its_event_with_it(database, tmp_path):
    def fails(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store_of(database, tmp_path).publish(document(1), "1.0.0", "ann", AT, also=fails)
    assert told(database) == []
    assert verify(database, chain_of(tmp_path, KEY)).first_bad is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE assessment_record SET rule_set_version = '1.1.0' WHERE seq = 5",
        'UPDATE assessment_record SET finding_ids = \'["event:activated","by:ann"]\' WHERE seq = 5',
        "DELETE FROM assessment_record WHERE seq = 5",
        "DELETE FROM assessment_record WHERE seq = 3",
    ],
)
def test_tampering_is_found(database, tmp_path, change):
    live(store_of(database, tmp_path))
    unguard(database)
    with database.writing() as connection:
        connection.exec_driver_sql(change)
    assert verify(database, chain_of(tmp_path, KEY)).first_bad == int(change[-1])


def broken(database, tmp_path, how) -> None:
    """A trail that cannot be gone on with."""
    if how == "table":
        with database.writing() as connection:
            connection.execute(text("ALTER TABLE assessment_record RENAME TO elsewhere"))
    elif how == "altered":
        unguard(database)
        with database.writing() as connection:
            connection.execute(text("UPDATE assessment_record SET jurisdiction = 'US'"))
    else:
        (tmp_path / "audit.head").unlink()


@pytest.mark.parametrize("how", ["table", "altered", "anchor"])
def test_a_broken_trail_withholds_a_rollback_only_where_the_trail_is_required(database, tmp_path, how):
    live(store_of(database, tmp_path))
    broken(database, tmp_path, how)
    with pytest.raises(StorageError):
        store_of(database, tmp_path).activate("1.1.0", "bob", AT)
    store = store_of(database, tmp_path, "best-effort")
    assert store.active().version == "1.0.0"
    store.activate("1.1.0", "bob", AT, what="rolled-back")
    assert store.active().version == "1.1.0"
    with Spool(tmp_path / "audit.spool").taking() as kept:
        assert [row["finding_ids"] for row in kept] == [["event:rolled-back", "by:bob"]]


def test_an_event_that_waited_is_chained_later(database, tmp_path):
    store = store_of(database, tmp_path, "best-effort")
    live(store)
    broken(database, tmp_path, "table")
    store.activate("1.1.0", "bob", AT)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO assessment_record"))
    recorder = AuditRecorder(database, "best-effort", chain_of(tmp_path, KEY))
    recorder._writer.submit(entry(1)).result(30)
    recorder.close()
    assert told(database)[-1] == ("event:activated", "1.1.0")
    assert verify(database, chain_of(tmp_path, KEY)).first_bad is None


def test_off_writes_none(database, tmp_path):
    live(store_of(database, tmp_path, "off"))
    assert told(database) == []
    assert not (tmp_path / "audit.head").exists()


def test_a_head_that_cannot_be_anchored_is_anchored_by_the_next(database, tmp_path, monkeypatch):
    store = store_of(database, tmp_path)
    store.publish(document(1), "1.0.0", "ann", AT)

    def fails(*_: object) -> None:
        raise StorageError("no room")

    with monkeypatch.context() as patch:
        patch.setattr("app.store.anchor.Anchor.advance", fails)
        store.activate("1.0.0", "ann", AT)
    assert chain_of(tmp_path, KEY).anchor.read().seq == 1
    assert verify(database, chain_of(tmp_path, KEY)).first_bad is None
    store.activate("1.0.0", "ann", AT)
    assert chain_of(tmp_path, KEY).anchor.read().seq == 3


def test_nothing_of_what_was_said_is_in_the_trail(database, tmp_path):
    live(store_of(database, tmp_path))
    assert "not as intended" not in json.dumps(rows_of(database), default=str)
