"""H15: PostgreSQL that fails in the middle of something. Nothing is there twice, and whoever is told to come back can."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app.errors import StorageError
from app.main import create_app
from app.settings import Settings
from app.store.counts import CountKey, CountStore
from app.store.database import RETRIES, Database, retried
from app.store.rule_sets import RuleSetStore
from app.store.schema import upgrade
from tests.conftest import LOCAL
from tests.databases import administer
from tests.faults.conftest import problem
from tests.faults.test_storage_service import answered, ask, seed, unavailable
from tests.store.test_rule_sets import AT, document

pytestmark = pytest.mark.postgres
ACTIVATE = "/v1/rule-sets/1.0.0/activate"


@pytest.fixture
def site(postgres_url, template, tmp_path) -> Iterator[TestClient]:
    """A running service over PostgreSQL, in which rule sets may be changed."""
    seed(postgres_url, template).close()
    settings = Settings(
        IVIG_DATA_DIR=tmp_path, IVIG_DATABASE_URL=postgres_url, IVIG_AUDIT="best-effort", IVIG_RULE_ADMIN=True
    )
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def other(postgres_url) -> Iterator[Database]:
    """A connection of another program to the same database."""
    database = Database(postgres_url)
    upgrade(database)
    yield database
    database.close()


def own(client: TestClient) -> Database:
    return client.app.state.context.published.__self__.database


def activate(client: TestClient, key: str) -> Any:
    return client.post(ACTIVATE, headers={"Idempotency-Key": key})


def activations(database: Database) -> int:
    return len(RuleSetStore(database).activated())


def test_h15_no_connection_is_left_in_the_pool(site):
    before = answered(site)
    with ExitStack() as held:
        for _ in range(15):
            held.enter_context(own(site).reading())
        start = time.monotonic()
        unavailable(site.get("/v1/rule-sets"))
        assert 4 < time.monotonic() - start < 12
        assert answered(site) == before
    assert site.get("/v1/rule-sets").status_code == 200
    assert answered(site) == before


def test_h15_a_table_that_is_locked_gives_503_and_then_the_same_request_succeeds_once(site, other):
    before, number = answered(site), activations(other)
    with other.writing() as connection:
        connection.execute(text("LOCK TABLE activation IN ACCESS EXCLUSIVE MODE"))
        start = time.monotonic()
        unavailable(activate(site, "one"))
        # The lock ends the first wait; reading whether the key was kept needs no more than a moment.
        assert time.monotonic() - start < 20
        assert answered(site) == before
    assert activations(other) == number
    first, again = activate(site, "one"), activate(site, "one")
    assert (first.status_code, first.content) == (200, again.content)
    assert activations(other) == number + 1


@contextmanager
def cut(database: Database, when: str) -> Iterator[list[str]]:
    """The connection breaks while a transaction of several rows is committed: before the server hears of it, or after."""
    broken: list[str] = []
    engine = database._engine
    commit = engine.dialect.do_commit

    def breaking(connection: Any) -> None:
        raw = connection.dbapi_connection if hasattr(connection, "dbapi_connection") else connection
        if broken or threads_of_the_audit():
            commit(connection)
            return
        if raw.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        ).fetchone() == (0,):
            commit(connection)
            return
        broken.append(when)
        if when == "after":
            commit(connection)
        raw.close()
        message = "server closed the connection unexpectedly"
        raise psycopg.OperationalError(message)

    engine.dialect.do_commit = breaking
    try:
        yield broken
    finally:
        engine.dialect.do_commit = commit


def threads_of_the_audit() -> bool:
    """Whether this is the audit's own thread: its commit is not the one that is meant."""
    return threading.current_thread().name == "audit-writer"


@pytest.mark.parametrize("when", ["before", "after"])
def test_h15_a_connection_cut_in_the_commit_leaves_the_outcome_to_the_key(site, other, when):
    number = activations(other)
    with cut(own(site), when) as broken:
        found = activate(site, "one")
    assert broken == [when]
    if when == "before":
        # Nothing arrived: the caller is told to come back.
        unavailable(found)
        assert activations(other) == number
        found = activate(site, "one")
    assert found.status_code == 200, found.text
    assert found.json()["version"] == "1.0.0"
    assert activations(other) == number + 1
    assert activate(site, "one").content == found.content
    assert activations(other) == number + 1
    assert answered(site)


def test_h15_without_a_key_a_commit_that_arrived_is_still_an_unknown_outcome(site, other):
    """The service does not guess: 503, though it is there. That is what the key is for."""
    number = activations(other)
    with cut(own(site), "after"):
        unavailable(site.post(ACTIVATE))
    assert activations(other) == number + 1


@contextmanager
def taken_back(database: Database, sqlstate: str, times: int) -> Iterator[list[str]]:
    """The first transactions that insert are taken back by PostgreSQL itself, with the code given."""
    raised: list[str] = []

    def before(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT") and len(raised) < times:
            raised.append(sqlstate)
            cursor.execute(
                f"DO $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '{sqlstate}'; END $$"
            )

    event.listen(database._engine, "before_cursor_execute", before)
    try:
        yield raised
    finally:
        event.remove(database._engine, "before_cursor_execute", before)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_h15_a_transaction_that_was_taken_back_is_run_again_three_times(other, sqlstate):
    store = RuleSetStore(other)
    with taken_back(other, sqlstate, RETRIES) as raised:
        published = store.publish(document(), None, "x", AT)
    assert len(raised) == RETRIES == 3
    assert [item.digest for item in store.versions()] == [published.digest]
    with taken_back(other, sqlstate, RETRIES + 1) as raised, pytest.raises(StorageError, match="serialize"):
        store.publish(document(2), None, "x", AT)
    assert len(raised) == RETRIES + 1
    assert len(store.versions()) == 1


def test_h15_what_else_goes_wrong_is_not_tried_again(other):
    store = RuleSetStore(other)
    with taken_back(other, "53200", 1) as raised, pytest.raises(StorageError):
        store.publish(document(), None, "x", AT)
    assert len(raised) == 1
    assert store.versions() == []


def test_h15_sums_that_were_taken_back_are_added_once(other):
    key = CountKey(AT.date(), "1.0.0", "fired", "r")
    with taken_back(other, "40001", 2):
        CountStore(other).add({key: 7})
    assert CountStore(other).since(AT.date()) == {key: 7}


def test_h15_over_http_a_transaction_taken_back_too_often_is_503_and_leaves_nothing(site, other):
    number = activations(other)
    with taken_back(own(site), "40001", RETRIES + 1):
        unavailable(activate(site, "one"))
    assert activations(other) == number
    assert activate(site, "one").status_code == 200
    assert activations(other) == number + 1


def test_h15_publishers_lose_nothing_where_the_site_made_serializable_the_default(postgres_url, cluster):
    name = postgres_url.split("/")[3].split("?")[0]
    first = Database(postgres_url)
    upgrade(first)
    administer(cluster, f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    first.close()
    databases = [Database(postgres_url) for _ in range(4)]

    def publish(index: int) -> str:
        store = RuleSetStore(databases[index])
        return " ".join(store.publish(document(10 * index + turn), None, "x", AT).version for turn in range(5))

    with ThreadPoolExecutor(4) as pool:
        versions = " ".join(pool.map(publish, range(4))).split()
    assert sorted(versions, key=lambda item: int(item.split(".")[2])) == [f"1.0.{number}" for number in range(20)]
    for database in databases:
        database.close()


def test_h15_retrying_needs_the_databases_own_word():
    """The control: an error without PostgreSQL's code, or of another kind, passes at once."""
    calls: list[int] = []

    @retried
    def write() -> None:
        calls.append(1)
        raise StorageError("the database cannot be written: gone") from DBAPIError("x", None, Exception("gone"))

    with pytest.raises(StorageError):
        write()
    assert calls == [1]


def test_h15_a_slow_statement_is_503_for_the_caller(site, other):
    """Five seconds, and what a loaded machine adds, then 503 with Retry-After; the next one succeeds."""
    with other.writing() as connection:
        connection.execute(text("LOCK TABLE rule_set_version IN ACCESS EXCLUSIVE MODE"))
        start = time.monotonic()
        response = site.get("/v1/rule-sets")
        assert time.monotonic() - start < 12
    problem(response, 503, "storage-unavailable")
    assert int(response.headers["retry-after"]) > 0
    assert site.get("/v1/rule-sets").status_code == 200
    assert ask(site).status_code == 200
