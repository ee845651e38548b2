import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import text

from app.errors import ContentError, RuleSetError
from app.logic import codegen
from app.services.active import ActiveHolder, bundled, ensure_active, follow, load_active, refresh
from app.services.publish import activate, publish
from app.store.rule_sets import RuleSetStore

NOTES = "rules/rpl/notes.yaml"


@pytest.fixture
def store(database) -> RuleSetStore:
    return RuleSetStore(database)


def alter(store) -> None:
    trigger = "rule_set_version_is_final"
    drop = (
        f"DROP TRIGGER {trigger}_update" if store.database.is_sqlite else f"DROP TRIGGER {trigger} ON rule_set_version"
    )
    with store.database.writing() as connection:
        connection.execute(text(drop))
        connection.execute(text("UPDATE rule_set_version SET document = replace(document, '40.5', '50.5')"))


def test_the_first_start_publishes_and_activates_what_is_bundled(store, knowledge):
    rules = ensure_active(store, knowledge())
    assert (rules.version, rules.digest) == ("1.0.0", bundled(knowledge()).digest)
    assert rules.knowledge == bundled(knowledge()).knowledge
    assert [item.published_by for item in store.versions()] == ["ivig-cds"]


def test_later_starts_serve_what_is_active_and_read_no_files(store, knowledge, tmp_path):
    first = ensure_active(store, knowledge())
    assert ensure_active(store, tmp_path / "gone").digest == first.digest
    assert len(store.versions()) == 1


def test_faulty_knowledge_is_not_published(store, knowledge):
    with pytest.raises(ContentError) as caught:
        publish(store, knowledge(NOTES, "Two losses are known.", "It is proven."), by="x")
    assert [fault.code for fault in caught.value.diagnostics] == ["banned-phrase"]
    assert store.versions() == []


def test_the_same_knowledge_is_published_once(store, knowledge):
    first = publish(store, knowledge(), by="x")
    assert publish(store, knowledge(), "7.0.0", by="y") == first
    second = publish(store, knowledge(NOTES, "Two losses are known.", "At least two losses are known."), by="y")
    assert second.version == "1.0.1"


def test_an_altered_version_is_neither_served_nor_activated(store, knowledge):
    ensure_active(store, knowledge())
    alter(store)
    with pytest.raises(RuleSetError, match="digest"):
        load_active(store)
    with pytest.raises(RuleSetError, match="digest"):
        activate(store, "1.0.0", by="x")


def test_nothing_active_is_an_error(store):
    with pytest.raises(RuleSetError, match="no rule set is active"):
        load_active(store)
    with pytest.raises(RuleSetError, match="no rule set is active"):
        _ = ActiveHolder().current


def test_a_version_that_no_longer_compiles_is_refused_by_name(store, knowledge, monkeypatch):
    ensure_active(store, knowledge())
    monkeypatch.setattr("app.clinical.ruleset.signatures", dict)
    with pytest.raises(RuleSetError, match=r"version 1\.0\.0 does not compile"):
        load_active(store)


def test_an_activation_is_taken_up_whole(store, knowledge):
    holder = ActiveHolder(ensure_active(store, knowledge()))
    running = holder.current
    assert refresh(holder, store) is False
    second = publish(store, knowledge(NOTES, "gt: 40.50", "gt: 40.75"), by="x")
    assert refresh(holder, store) is False
    activate(store, second.version, by="x")
    assert refresh(holder, store) is True
    assert holder.current.digest == second.digest
    assert running.version == "1.0.0"


def test_the_last_good_version_keeps_answering(store, knowledge, caplog):
    holder = ActiveHolder(ensure_active(store, knowledge()))
    second = publish(store, knowledge(NOTES, "gt: 40.50", "gt: 40.75"), by="x")
    activate(store, second.version, by="x")
    with store.database.writing() as connection:
        drop = "DROP TRIGGER rule_set_version_is_final"
        connection.execute(text(f"{drop}_update" if store.database.is_sqlite else f"{drop} ON rule_set_version"))
        connection.execute(text("UPDATE rule_set_version SET document = replace(document, '40.75', '50.75')"))

    async def watch() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(follow(holder, store, every=0.01), 0.3)

    asyncio.run(watch())
    assert holder.current.version == "1.0.0"
    assert "digest does not match" in caplog.text


def test_a_change_is_followed(store, knowledge, caplog):
    holder = ActiveHolder(ensure_active(store, knowledge()))
    second = publish(store, knowledge(NOTES, "gt: 40.50", "gt: 40.75"), by="x")

    async def watch() -> None:
        following = asyncio.create_task(follow(holder, store, every=0.01))
        activate(store, second.version, by="x")
        for _ in range(500):
            if holder.current.version == second.version:
                break
            await asyncio.sleep(0.01)
        following.cancel()

    asyncio.run(watch())
    assert "1.1.0 answers now" in caplog.text


def test_code_that_disagrees_with_its_conditions_is_not_served(store, knowledge, monkeypatch):
    ensure_active(store, knowledge())

    def generate(graph, facts):
        run = codegen.generate(graph, facts)
        return lambda *words: tuple(17 for _ in run(*words))

    monkeypatch.setattr("app.logic.compiler.generate", generate)
    with pytest.raises(RuleSetError, match="compiled rules differ"):
        load_active(store)
