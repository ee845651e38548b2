"""Counting which rules fire, and keeping the sums of several processes over restarts. On SQLite and on PostgreSQL."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app.clinical.assessment import NotUnderstood
from app.errors import StorageError
from app.logic.truth import Truth
from app.services.assess import assess
from app.services.intake import read_history
from app.services.tally import MOST_RULE_SETS, Tally, keep_storing, store, store_the_last
from app.store.counts import CountKey, CountStore
from app.store.database import Database
from app.store.rule_sets import RuleSetStore
from tests.databases import cluster, database, empty, postgres_url, url
from tests.store.test_rule_sets import AT, document

__all__ = ["cluster", "database", "empty", "postgres_url", "url"]

DAY = date(2026, 11, 25)
KEY = CountKey(DAY, "1.0.0", "fired", "a")


def seen(rules, tally: Tally, body: bytes = b'{"patient": {"age_years": 31}}'):
    """Assess, and give how the rules came out."""
    results = []

    def watch(used, found, unread) -> None:
        results.append(found)
        tally.saw("native", used, found, unread)

    assess(rules, read_history(body, DAY), DAY, watch=watch)
    return results[0]


async def until(holds) -> None:
    while not holds():  # noqa: ASYNC110 - what is waited for is in a database
        await asyncio.sleep(0.01)


def counted(tally: Tally, kind: str) -> dict[str, int]:
    return {key.name: count for key, count in tally.drain().items() if key.kind == kind}


def test_a_condition_that_is_true_is_counted_and_no_other(rules):
    tally = Tally(lambda: DAY)
    results = seen(rules, tally, b'{"patient": {"age_years": 47}}')
    fired = counted(tally, "fired")
    expected = {key for key in rules.conditions if "/@" not in key and results.truth(key) is Truth.TRUE}
    assert set(fired) == expected
    assert set(fired.values()) == {1}
    assert {results.truth(key) for key in rules.conditions} == set(Truth)


def test_nothing_is_counted_twice(rules):
    tally = Tally(lambda: DAY)
    seen(rules, tally)
    assert counted(tally, "assessed") == {"native": 1}
    assert tally.drain() == {}
    seen(rules, tally)
    assert tally.since_start()[rules.version]["assessed", "native"] == 2


def test_what_was_not_understood_is_counted_by_its_place_and_never_by_what_it_said(rules):
    tally = Tally(lambda: DAY)
    results = seen(rules, Tally())
    unread = [NotUnderstood(f"/conditions/{n}/code", "code_not_in_catalogue") for n in (0, 17)]
    tally.saw("fhir", rules, results, [*unread, NotUnderstood("/medications/2/code", "code_not_in_catalogue")])
    assert counted(tally, "unread") == {"/conditions/*/code": 2, "/medications/*/code": 1}


def test_what_cannot_be_stored_is_kept(rules, database):
    tally, gone = Tally(lambda: DAY), CountStore(database)
    seen(rules, tally)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE rule_count RENAME TO elsewhere"))
    with pytest.raises(StorageError):
        store(tally, gone)
    store_the_last(tally, gone)
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO rule_count"))
    store(tally, gone)
    assert gone.since(DAY)[CountKey(DAY, rules.version, "assessed", "native")] == 1
    assert tally.drain() == {}


def test_processes_add_to_one_sum(database, url):
    names = [f"rule-{n}" for n in range(200)]

    def process(turn: int) -> None:
        own = Database(url)
        counts = CountStore(own)
        for _ in range(10):
            counts.add({KEY._replace(name=name): 1 for name in (names if turn % 2 else reversed(names))})
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(process, range(4)))
    assert CountStore(database).since(DAY) == {KEY._replace(name=name): 40 for name in names}


def test_sums_are_kept_apart_by_day_version_and_kind(database):
    counts = CountStore(database)
    keys = [
        KEY,
        KEY._replace(day=DAY - timedelta(days=1)),
        KEY._replace(version="1.1.0"),
        KEY._replace(kind="unread"),
        KEY._replace(name="b"),
    ]
    counts.add(dict(zip(keys, range(1, 6), strict=True)))
    counts.add({KEY: 10})
    counts.add({})
    assert counts.since(DAY - timedelta(days=1)) == {**dict(zip(keys, range(1, 6), strict=True)), KEY: 11}
    assert keys[1] not in counts.since(DAY)
    counts.forget(DAY)
    assert keys[1] not in counts.since(DAY - timedelta(days=9))
    assert len(counts.since(DAY)) == 4


def test_the_rules_of_a_version(database):
    RuleSetStore(database).publish(document(), "1.0.0", "x", AT)
    assert CountStore(database).rules_of("1.0.0") == {"one", "two"}
    assert CountStore(database).rules_of("2.0.0") == set()


def test_it_is_stored_by_itself_and_goes_on_after_a_fault(rules, database):
    tally, counts = Tally(lambda: DAY), CountStore(database)
    key = CountKey(DAY, rules.version, "assessed", "native")

    async def live() -> None:
        task = asyncio.create_task(keep_storing(tally, counts, 0.01))
        seen(rules, tally)
        await until(lambda: counts.since(date(2000, 1, 1)))
        await asyncio.to_thread(rename, "rule_count", "elsewhere")
        seen(rules, tally)
        await asyncio.sleep(0.1)
        await asyncio.to_thread(rename, "elsewhere", "rule_count")
        await until(lambda: counts.since(date(2000, 1, 1))[key] == 2)
        task.cancel()

    def rename(old: str, new: str) -> None:
        with database.writing() as connection:
            connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    asyncio.run(asyncio.wait_for(live(), 30))


def test_old_days_are_dropped(database):
    counts = CountStore(database)
    counts.add({KEY._replace(day=date(2020, 1, 1)): 1})

    async def live() -> None:
        task = asyncio.create_task(keep_storing(Tally(), counts, 0.01))
        await until(lambda: not counts.since(date(2000, 1, 1)))
        task.cancel()

    asyncio.run(asyncio.wait_for(live(), 30))


def test_many_rule_sets_do_not_pile_up(rules):
    tally, results = Tally(), seen(rules, Tally())
    for number in range(3 * MOST_RULE_SETS):
        other = type(rules)(rules.knowledge, rules.document, f"1.0.{number}", f"{number:064d}")
        tally.saw("native", other, results, ())
    assert len(tally._readers) <= MOST_RULE_SETS
    assert len(tally.since_start()) == 3 * MOST_RULE_SETS
