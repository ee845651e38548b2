"""Cases in the database: kept as they were, found by id, and forgotten from the moment they should be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import StorageError
from app.store.cases import Case, CaseStore

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONGEST = 1_000_000


def case(number: int = 0, at: datetime = AT, **more: str) -> Case:
    values = {"door": "native", "rule_set_version": "1.0.0", "request": '{"a":1.50}', "answer": "{}", **more}
    return Case(f"00000000-0000-4000-8000-{number:012}", at, **values)


def test_what_is_kept_comes_back_as_it_was(database):
    store = CaseStore(database)
    odd = case(1, request='{"a":"\\u0000 é \\ud83d\\ude00 \U0001f600"}', door="fhir")
    store.add([case(), odd, case(2, request="x" * LONGEST)])
    assert store.find(odd.id) == odd
    assert store.find(case().id).kept_at == AT
    assert len(store.find(case(2).id).request) == LONGEST
    assert store.find(case(3).id) is None


def test_the_moment_itself_is_kept_and_what_lies_before_is_not(database):
    store = CaseStore(database)
    store.add([case(0, AT - timedelta(microseconds=1)), case(1, AT), case(2, AT + timedelta(days=1))])
    assert store.any_before(AT)
    assert not store.any_before(AT - timedelta(microseconds=1))
    assert store.purge(AT) == 1
    assert [store.find(case(number).id) is not None for number in range(3)] == [False, True, True]
    assert store.purge(AT) == 0


def test_a_group_is_kept_whole_or_not_at_all(database):
    store = CaseStore(database)
    with pytest.raises(StorageError) as caught:
        store.add([case(0, request="ZEBRA7391"), case(1), case(1)])
    assert "ZEBRA" not in str(caught.value) + repr(caught.value.__cause__) + repr(case(0, request="ZEBRA7391"))
    assert store.find(case(0).id) is None


def test_nothing_of_a_forgotten_case_stays_in_the_file(database):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL overwrites when it vacuums")
    store = CaseStore(database)
    store.add([case(number, request="ZEBRA7391 " * 2000) for number in range(20)])
    assert "ZEBRA7391" in everything(database.path.parent)
    assert store.purge(AT + timedelta(days=1)) == 20
    assert "ZEBRA7391" not in everything(database.path.parent)


def everything(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in folder.iterdir())
