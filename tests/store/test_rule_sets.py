from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from app.authoring.bundle import digest
from app.errors import RuleSetError, StorageError
from app.store.rule_sets import RuleSetStore, next_patch

AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)

PRODUCT = {
    "id": "product",
    "name": "A product",
    "manufacturer": "Somebody",
    "regions": ["US"],
    "concentration_percent": [5, 10],
    **dict.fromkeys([f"contains_{name}" for name in ("maltose", "corn_maltose", "sucrose", "glucose")], False),
    "contains_sorbitol": None,
    "contains_proline": True,
    "contains_glycine": None,
    "iga_max_ug_per_ml": Decimal("0.5"),
    "rate_plan_possible": True,
    "confidence": "likely",
}


def document(number: int = 1) -> dict:
    return {
        "format": 1,
        "rules": [
            {"id": "one", "kind": "note", "applies_to": ["preeclampsia"], "limit": Decimal("0.30")},
            {"id": "two", "kind": "risk"},
        ],
        "sources": [{"id": "source"}],
        "products": [PRODUCT],
        "statements": [{"id": "statement", "source": "source", "confidence": "verified", "says": f"Größe {number}"}],
    }


@pytest.fixture
def store(database) -> RuleSetStore:
    return RuleSetStore(database)


def count(store, table: str) -> int:
    with store.database.reading() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_what_is_published_is_what_is_loaded(store):
    published = store.publish(document(), "1.2.3", "somebody", AT, "first")
    assert (published.version, published.digest) == ("1.2.3", digest(document()))
    assert (published.published_at, published.published_by, published.note) == (AT, "somebody", "first")
    stored = store.load("1.2.3")
    assert stored.published == published
    assert stored.document == document()
    assert store.versions() == [published]


def test_rules_and_evidence_are_rows_too(store):
    store.publish(document(), None, "somebody", AT)
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT rule_id, kind, subject FROM rule ORDER BY rule_id")).all()
        content = connection.execute(text("SELECT content FROM rule WHERE rule_id = 'one'")).scalar_one()
    assert [tuple(row) for row in rows] == [("one", "note", "preeclampsia"), ("two", "risk", "all")]
    assert "0.3" in str(content)
    assert (count(store, "evidence_source"), count(store, "evidence_statement")) == (1, 1)


def test_products_are_rows_whose_unknown_is_null(store):
    store.publish(
        {**document(), "products": [PRODUCT, {**PRODUCT, "id": "b", "iga_max_ug_per_ml": None}]}, None, "x", AT
    )
    free = "SELECT product_id FROM product WHERE NOT contains_{} ORDER BY product_id"
    with store.database.reading() as connection:
        found = {
            name: list(connection.execute(text(free.format(name))).scalars())
            for name in ("maltose", "sorbitol", "proline")
        }
        low = list(connection.execute(text("SELECT product_id FROM product WHERE iga_max_ug_per_ml <= 0.5")).scalars())
        content = connection.execute(text("SELECT content FROM product WHERE product_id = 'product'")).scalar_one()
    assert found == {"maltose": ["b", "product"], "sorbitol": [], "proline": []}
    assert low == ["product"]
    assert "0.5" in str(content)


def test_an_uncertain_product_is_not_published(store):
    with pytest.raises(StorageError, match=r"(?i)check"):
        store.publish({**document(), "products": [{**PRODUCT, "confidence": "uncertain"}]}, None, "x", AT)
    assert count(store, "rule_set_version") == 0


def test_versions_follow_each_other_unless_they_are_named(store):
    names = [None, None, "2.0.0", None, "1.5.0", None]
    made = [store.publish(document(number), name, "x", AT).version for number, name in enumerate(names)]
    assert made == ["1.0.0", "1.0.1", "2.0.0", "2.0.1", "1.5.0", "2.0.2"]
    assert [item.version for item in store.versions()] == made[::-1]


def test_the_same_document_keeps_its_first_version(store):
    first = store.publish(document(), None, "x", AT)
    assert store.publish(document(), "9.0.0", "y", AT + timedelta(days=1)) == first
    assert count(store, "rule_set_version") == 1


def test_a_version_names_one_document(store):
    store.publish(document(1), "1.0.0", "x", AT)
    with pytest.raises(RuleSetError, match="another content"):
        store.publish(document(2), "1.0.0", "x", AT)
    assert store.load("1.0.0").document == document(1)


@pytest.mark.parametrize(
    "version", ["", "1", "1.0", "v1.0.0", "1.0.0-rc", "01.0.0", "1.0.0\n", "1.0.\u0661", "1.0.9999999999"]
)
def test_a_malformed_version_is_refused(store, version):
    with pytest.raises(RuleSetError, match="is not a version"):
        store.publish(document(), version, "x", AT)
    assert store.versions() == []


def test_publication_is_whole_or_not_at_all(store):
    broken = document()
    broken["statements"].append({**broken["statements"][0]})
    with pytest.raises(StorageError):
        store.publish(broken, None, "x", AT)
    assert [count(store, table) for table in ("rule_set_version", "rule", "evidence_source")] == [0, 0, 0]


def test_many_publishers_get_dense_and_unique_versions(store):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: store.publish(document(number), None, "x", AT).version, range(24)))
    assert sorted(made) == sorted(f"1.0.{number}" for number in range(24))


def test_the_last_activation_holds_whatever_the_clock_says(store):
    assert store.active() is None
    for number in (1, 2):
        store.publish(document(number), f"{number}.0.0", "x", AT)
    for version, at in (("1.0.0", AT), ("2.0.0", AT - timedelta(days=9)), ("1.0.0", AT - timedelta(days=99))):
        store.activate(version, "x", at, "why not")
        assert store.active().version == version
    assert count(store, "activation") == 3


def test_what_is_not_published_is_neither_loaded_nor_activated(store):
    with pytest.raises(RuleSetError, match="not published"):
        store.load("1.0.0")
    with pytest.raises(RuleSetError, match="not published"):
        store.activate("1.0.0", "x", AT)
    assert store.active() is None


@pytest.mark.parametrize(("old", "new"), [("Größe 1", "Größe 2"), ("0.3", "0.30"), ("note", "nota")])
def test_an_altered_document_is_not_served(store, old, new):
    store.publish(document(), "1.0.0", "x", AT)
    tamper(store, f"UPDATE rule_set_version SET document = replace(document, '{old}', '{new}')")
    with pytest.raises(RuleSetError, match="digest"):
        store.load("1.0.0")


def tamper(store, statement: str) -> None:
    """What only somebody with the database's own tools can do."""
    with store.database.writing() as connection:
        if store.database.is_sqlite:
            connection.execute(text("DROP TRIGGER rule_set_version_is_final_update"))
        else:
            connection.execute(text("DROP TRIGGER rule_set_version_is_final ON rule_set_version"))
        connection.execute(text(statement))


def test_an_altered_digest_is_not_served(store):
    store.publish(document(), "1.0.0", "x", AT)
    tamper(store, f"UPDATE rule_set_version SET digest = '{'0' * 64}'")
    with pytest.raises(RuleSetError, match="digest"):
        store.load("1.0.0")


def test_a_disk_that_fails_leaves_the_last_version(store):
    store.publish(document(1), None, "x", AT)

    def fail(_connection, _cursor, statement, *_rest) -> None:
        if "evidence_statement" in statement:
            raise OSError("no space left on device")

    event.listen(store.database._engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="no space"):
        store.publish(document(2), None, "x", AT)
    event.remove(store.database._engine, "before_cursor_execute", fail)
    assert [item.version for item in store.versions()] == ["1.0.0"]
    assert store.publish(document(2), None, "x", AT).version == "1.0.1"


VERSIONS = st.tuples(*[st.integers(0, 99)] * 3).map(lambda parts: ".".join(map(str, parts)))


@given(st.lists(VERSIONS, min_size=1))
def test_the_next_patch_is_above_all(taken):
    def numbers(version: str) -> tuple[int, ...]:
        return tuple(map(int, version.split(".")))

    assert numbers(next_patch(taken)) > max(map(numbers, taken))
    assert numbers(next_patch(taken))[:2] == max(map(numbers, taken))[:2]
