"""FAULTS goal 23: edits, deletes, swaps, inserts, rewrites without the key and cut tails are all found, and the first bad record named."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from app.errors import StorageError
from app.models import AssessmentRecord
from app.store.anchor import Anchor, Head
from app.store.audit import AuditWriter, _row
from app.store.chain import OPENING, Chain, verify
from app.store.spool import Spool
from tests.store.test_audit import entry

KEY = b"k" * 32
TIMES = 300
LENGTH = 40
FIELDS = ("id", "rule_set_version", "engine_version", "jurisdiction", "request_hash", "answer_hash", "finding_ids")


@pytest.fixture
def chain(tmp_path) -> Chain:
    return Chain(KEY, Anchor(tmp_path / "audit.head"))


def write(database, chain, *numbers) -> None:
    writer = AuditWriter(database, chain)
    for number in numbers:
        writer.submit(entry(number)).result(30)
    writer.close()


def unguard(database) -> None:
    """What somebody with the database's own password can do first."""
    with database.writing() as connection:
        if database.is_sqlite:
            for what in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER assessment_record_is_final_{what}"))
        else:
            connection.execute(text("DROP TRIGGER assessment_record_is_final ON assessment_record"))


def rows_of(database) -> list[dict]:
    with database.reading() as connection:
        found = connection.execute(AssessmentRecord.__table__.select().order_by(text("seq")))
        return [dict(row._mapping) for row in found]


def refill(database, rows: list[dict]) -> None:
    with database.writing() as connection:
        connection.execute(text("DELETE FROM assessment_record"))
        if rows:
            connection.execute(insert(AssessmentRecord), rows)


def first_bad(database, chain) -> int | None:
    return verify(database, chain).first_bad


@pytest.fixture
def trail(database, chain) -> list[dict]:
    write(database, chain, *range(LENGTH))
    unguard(database)
    assert first_bad(database, chain) is None
    return rows_of(database)


def edited(rows, pick) -> tuple[list[dict], int]:
    at = pick.randrange(LENGTH)
    name = pick.choice((*FIELDS, "created_at"))
    new = {
        "finding_ids": ["other"],
        "created_at": rows[at]["created_at"] + timedelta(microseconds=1),
        "jurisdiction": None,
    }.get(name, f"{pick.getrandbits(256):064x}"[: 64 if name.endswith("hash") else 30])
    return [*rows[:at], {**rows[at], name: new}, *rows[at + 1 :]], at + 1


def deleted(rows, pick) -> tuple[list[dict], int]:
    at = pick.randrange(LENGTH)
    return [*rows[:at], *rows[at + 1 :]], at + 1


def closed_up(rows, pick) -> tuple[list[dict], int]:
    """Deleted, and the numbers behind it moved down."""
    at = pick.randrange(LENGTH - 1)
    return [*rows[:at], *({**row, "seq": row["seq"] - 1} for row in rows[at + 1 :])], at + 1


def swapped(rows, pick) -> tuple[list[dict], int]:
    one, two = sorted(pick.sample(range(LENGTH), 2))
    rows = list(rows)
    rows[one], rows[two] = {**rows[two], "seq": one + 1}, {**rows[one], "seq": two + 1}
    return rows, one + 1


def slipped_in(rows, pick) -> tuple[list[dict], int]:
    """A copy of a record under a new name, those behind it moved up."""
    at = pick.randrange(1, LENGTH)
    new = {**rows[pick.randrange(LENGTH)], "seq": at + 1, "id": "new"}
    return [*rows[:at], new, *({**row, "seq": row["seq"] + 1} for row in rows[at:])], at + 1


def rewritten(rows, pick) -> tuple[list[dict], int]:
    """From one record on, chained anew by somebody who has no key."""
    at = pick.randrange(LENGTH)
    theirs = Chain(pick.randbytes(32), Anchor(None))
    rest = [{**row, "answer_hash": "f" * 64} for row in rows[at:]]
    before = Head(at, rows[at - 1]["chain_digest"] if at else OPENING)
    theirs.extended(before, rest)
    return [*rows[:at], *rest], at + 1


def cut(rows, pick) -> tuple[list[dict], int]:
    at = pick.randrange(LENGTH)
    return rows[:at], at + 1


@pytest.mark.parametrize("change", [edited, deleted, closed_up, swapped, slipped_in, rewritten, cut])
def test_every_change_is_found_and_its_first_record_named(database, chain, trail, change):
    pick = random.Random(f"{change.__name__} 7391")
    wrong = []
    for _ in range(TIMES):
        rows, expected = change(trail, pick)
        refill(database, rows)
        found = first_bad(database, chain)
        if found != expected:
            wrong.append((found, expected))
    assert wrong == []
    refill(database, trail)
    assert first_bad(database, chain) is None


def test_a_cut_tail_is_not_seen_without_the_anchor(database, chain, trail, tmp_path):
    """The control: what the anchor is for."""
    refill(database, trail[:10])
    assert verify(database, Chain(KEY, Anchor(tmp_path / "none"))).reason.startswith("no head is anchored")
    chain.anchor.replace(Head(10, trail[9]["chain_digest"]))
    assert first_bad(database, chain) is None


def test_a_trail_that_was_cut_or_altered_is_not_gone_on_with(database, chain, trail):
    for rows in (trail[:-1], [], [*trail[:-1], {**trail[-1], "jurisdiction": None}]):
        refill(database, rows)
        writer = AuditWriter(database, chain)
        assert isinstance(writer.submit(entry("next")).exception(30), StorageError)
        writer.close()
        assert len(rows_of(database)) == len(rows)


def test_a_tail_rewritten_with_the_key_is_found(database, chain, trail):
    rest = [{**row, "answer_hash": "f" * 64} for row in trail[-2:]]
    chain.extended(Head(LENGTH - 2, trail[-3]["chain_digest"]), rest)
    refill(database, [*trail[:-2], *rest])
    assert first_bad(database, chain) == LENGTH
    writer = AuditWriter(database, chain)
    assert "cut or altered" in str(writer.submit(entry("next")).exception(30))
    writer.close()


def test_another_key_goes_on_with_nothing(database, chain, trail):
    other = Chain(b"o" * 32, chain.anchor)
    writer = AuditWriter(database, other)
    assert "audit.key" in str(writer.submit(entry("next")).exception(30))
    writer.close()
    assert first_bad(database, other) == 1


def test_a_missing_anchor_is_not_made_anew(database, chain, trail):
    chain.anchor.path.unlink()
    writer = AuditWriter(database, chain)
    assert "no anchored head" in str(writer.submit(entry("next")).exception(30))
    writer.close()
    assert not chain.anchor.path.exists()


def test_a_crash_between_commit_and_anchor_is_no_fault(database, chain, trail):
    chain.anchor.replace(Head(LENGTH - 3, trail[LENGTH - 4]["chain_digest"]))
    assert first_bad(database, chain) is None
    write(database, chain, "next")
    assert (first_bad(database, chain), chain.anchor.read().seq) == (None, LENGTH + 1)


def test_records_from_before_the_chain_are_folded_into_its_opening(database, chain):
    old = [_row(entry(f"old-{number}")) for number in range(5)]
    with database.writing() as connection:
        connection.execute(insert(AssessmentRecord), old)
    assert (verify(database, chain).unchained, first_bad(database, chain)) == (5, None)
    write(database, chain, "a", "b")
    found = verify(database, chain)
    assert (found.unchained, found.chained, found.head.seq, found.first_bad) == (5, 2, 7, None)
    unguard(database)
    rows = rows_of(database)
    for changed in ([{**rows[0], "jurisdiction": None}, *rows[1:]], rows[:3] + rows[4:], rows[1:]):
        refill(database, changed)
        assert first_bad(database, chain) == 6
    refill(database, [*rows, {**rows[0], "seq": 8, "id": "late"}])
    assert first_bad(database, chain) == 8


def test_several_writers_lengthen_one_chain(database, chain):
    """As several worker processes do."""
    writers = [AuditWriter(database, chain) for _ in range(3)]
    futures = [writers[number % 3].submit(entry(number)) for number in range(150)]
    for future in futures:
        future.result(60)
    for writer in writers:
        writer.close()
    found = verify(database, chain)
    assert (found.chained, found.first_bad, found.head) == (150, None, chain.anchor.read())


def test_a_digest_depends_on_every_column(chain):
    row = {**_row(entry()), "seq": 1}
    changed = {
        "seq": 2,
        "created_at": datetime(2026, 11, 26, tzinfo=UTC),
        "finding_ids": [],
        "jurisdiction": None,
        **dict.fromkeys(
            ("id", "rule_set_version", "rule_set_digest", "engine_version", "request_hash", "answer_hash"), "x"
        ),
    }
    assert (
        set(changed)
        == set(row)
        == {c.name for c in AssessmentRecord.__table__.c}
        - {
            "chain_previous",
            "chain_digest",
        }
    )
    digests = {chain.digest(OPENING, {**row, name: value}) for name, value in changed.items()}
    assert len({*digests, chain.digest(OPENING, row), chain.digest("1" * 64, row)}) == len(changed) + 2


@pytest.mark.parametrize("content", [b"", b"1", b"x " + b"0" * 64, b"1 " + b"0" * 64 + b"\nmore", b"\xff"])
def test_an_anchor_that_holds_no_head_is_an_error(tmp_path, content):
    (tmp_path / "head").write_bytes(content)
    with pytest.raises(StorageError):
        Anchor(tmp_path / "head").read()


def test_an_anchor_only_moves_forward(tmp_path):
    anchor = Anchor(tmp_path / "new" / "head")
    assert anchor.read() is None
    anchor.advance(Head(2, "a" * 64))
    anchor.advance(Head(1, "b" * 64))
    assert anchor.read() == Head(2, "a" * 64)
    assert [path.name for path in anchor.path.parent.iterdir()] == ["head"]


def test_a_spool_keeps_what_the_database_does_not_take_and_gives_it_back(database, chain, tmp_path):
    spool = Spool(tmp_path / "audit.spool")
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE assessment_record RENAME TO elsewhere"))
    writer = AuditWriter(database, chain, spool=spool)
    for number in range(3):
        writer.submit(entry(number)).result(30)
    assert (writer.spooled, writer.lost, writer.trouble is None) == (3, 0, False)
    spool.path.write_bytes(spool.path.read_bytes() + b'{"id": "half')
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO assessment_record"))
    writer.submit(entry("after")).result(30)
    writer.close()
    assert [row["id"] for row in rows_of(database)] == ["after", "0", "1", "2"]
    assert (spool.holds, writer.trouble, first_bad(database, chain)) == (False, None, None)


def test_what_was_written_before_a_crash_is_not_written_twice(database, chain, tmp_path):
    spool = Spool(tmp_path / "audit.spool")
    assert spool.keep([_row(entry("a")), _row(entry("b"))])
    write(database, chain, "a")
    writer = AuditWriter(database, chain, spool=spool)
    writer.submit(entry("c")).result(30)
    writer.close()
    assert [row["id"] for row in rows_of(database)] == ["a", "c", "b"]


def test_a_spool_that_cannot_be_used_or_is_full_keeps_nothing(tmp_path, monkeypatch):
    assert not Spool(tmp_path / "no" / "folder").keep([_row(entry())])
    monkeypatch.setattr("app.store.spool.LARGEST", 10)
    spool = Spool(tmp_path / "spool")
    assert not spool.keep([_row(entry())])
    assert not spool.holds
    with Spool(tmp_path / "none").taking() as kept:
        assert kept == []


def test_the_spool_holds_no_more_than_the_table(tmp_path):
    spool = Spool(tmp_path / "spool")
    spool.keep([_row(entry())])
    assert set(json.loads(spool.path.read_text())) == set(_row(entry()))
