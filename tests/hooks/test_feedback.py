"""Feedback: stored once, by rule, in either spelling; nothing that could name somebody is kept."""

import os
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import cli
from app.errors import StorageError
from app.hooks.offers import suggestion_id
from app.store.database import Database
from app.store.feedback import MOST_OF_A_CARD, FeedbackStore, Issue, Outcome, Purged
from app.store.schema import upgrade
from tests.databases import cluster, database, empty, postgres_url, url
from tests.hooks.charts import CONTEXT, losses, patient, result
from tests.hooks.conftest import running
from tests.hooks.ehr import Ehr, accepted, overridden

__all__ = ["cluster", "database", "empty", "postgres_url", "url"]

VIEW = "ivig-patient-view"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
POSITIVE = {"valueCodeableConcept": {"text": "positive"}}
CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01"), result("la", "3281-3", "2026-11-01", **POSITIVE)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One service for the tests of this file that need no settings of their own."""
    with running(tmp_path_factory.mktemp("feedback")) as client:
        yield client


@pytest.fixture
def ehr(shared) -> Ehr:
    """The service with nothing issued and no feedback yet."""
    shared.app.state.hooks.desk.store.purge(datetime(2100, 1, 1, tzinfo=UTC))
    return Ehr(shared, CHART)


def card_of(ehr: Ehr) -> dict:
    (card,) = ehr.fire(VIEW, CONTEXT).json()["cards"]
    return card


def rules_of(ehr: Ehr, **query) -> dict[str, dict]:
    found = ehr.service.get("/v1/feedback/summary", params=query).json()
    return {item["rule"]: item for item in found["rules"]}


def test_an_override_counts_for_each_rule_of_the_card(ehr):
    card = card_of(ehr)
    before = rules_of(ehr)
    assert {item["cards"] for item in before.values()} == {1}
    assert {item["override_percent"] for item in before.values()} == {None}
    assert ehr.feedback(VIEW, overridden(card, "cds-not-applicable")).status_code == 200
    after = rules_of(ehr)
    assert after.keys() == before.keys()
    for item in after.values():
        assert (item["cards"], item["accepted"], item["overridden"], item["override_percent"]) == (1, 0, 1, 100.0)
        assert item["reasons"] == {"cds-not-applicable": 1}


def test_the_same_feedback_twice_is_one(ehr):
    card = card_of(ehr)
    for _ in range(3):
        assert ehr.feedback(VIEW, overridden(card), overridden(card)).status_code == 200
    assert {item["overridden"] for item in rules_of(ehr).values()} == {1}


def test_the_last_outcome_of_a_card_counts(ehr):
    card = card_of(ehr)
    ehr.feedback(VIEW, overridden(card, at="2026-11-25T10:00:00Z"))
    ehr.feedback(VIEW, accepted(card, card["suggestions"][0]["uuid"], at="2026-11-25T10:05:00Z"))
    for item in rules_of(ehr).values():
        assert (item["accepted"], item["overridden"], item["override_percent"]) == (1, 0, 0.0)


@pytest.mark.parametrize(
    "reason",
    [
        {"overrideReason": {"reason": {"code": "cds-not-applicable", "system": "x"}}},
        {"overrideReasons": {"reason": {"code": "cds-not-applicable"}}},
        {"overrideReasons": [{"reason": {"code": "cds-not-applicable"}}]},
    ],
)
def test_both_spellings_are_read(ehr, reason):
    card = card_of(ehr)
    assert ehr.feedback(VIEW, overridden(card) | reason).status_code == 200
    assert {tuple(item["reasons"]) for item in rules_of(ehr).values()} == {("cds-not-applicable",)}


@pytest.mark.parametrize("reason", [{}, {"overrideReasons": {"extension": {"com.epic.x": 1}}}, {"overrideReason": {}}])
def test_no_reason_is_no_fault(ehr, reason):
    assert ehr.feedback(VIEW, overridden(card_of(ehr)) | reason).status_code == 200
    assert {tuple(item["reasons"]) for item in rules_of(ehr).values()} == {("none-given",)}


def test_a_reason_of_the_clients_own_is_counted_and_not_kept(ehr):
    ehr.feedback(VIEW, overridden(card_of(ehr), "ZEBRA7391"))
    assert {tuple(item["reasons"]) for item in rules_of(ehr).values()} == {("other",)}


def stored(client) -> list:
    with client.app.state.hooks.desk.store._database.reading() as connection:
        return connection.execute(text("SELECT suggestions, override_code, comment FROM card_feedback")).all()


@pytest.mark.parametrize(("setting", "kept"), [("off", None), ("on", "ZEBRA7391")])
def test_free_text_is_kept_only_where_the_site_asks(start, setting, kept):
    ehr = Ehr(start(IVIG_FEEDBACK_COMMENTS=setting), CHART)
    entry = overridden(card_of(ehr))
    entry["overrideReason"] = {"reason": {"code": "cds-not-applicable"}, "userComment": "ZEBRA7391"}
    assert ehr.feedback(VIEW, entry).status_code == 200
    assert [row[2] for row in stored(ehr.service)] == [kept]


def test_suggestions_are_stored_by_name(ehr):
    card = card_of(ehr)
    assert card["suggestions"][0]["uuid"] == str(suggestion_id(UUID(card["uuid"]), "repeat-lupus-anticoagulant"))
    ehr.feedback(VIEW, accepted(card, card["suggestions"][0]["uuid"], uuid4()))
    assert [row[0] for row in stored(ehr.service)] == ['["repeat-lupus-anticoagulant"]']


def test_cards_that_were_not_issued_here_are_not_found(ehr):
    card, strange = card_of(ehr), {"uuid": str(uuid4())}
    assert ehr.feedback(VIEW, overridden(strange)).status_code == 404
    assert ehr.feedback("ivig-order-sign", overridden(card)).status_code == 404
    assert ehr.feedback("no-such-service", overridden(card)).status_code == 404
    assert ehr.feedback(VIEW, overridden(strange), overridden(card)).status_code == 200
    assert len(stored(ehr.service)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "ignored"},
        {"outcome": None},
        {"card": "ZEBRA7391"},
        {"outcomeTimestamp": None},
        {"outcomeTimestamp": "yesterday"},
        {"outcomeTimestamp": "2026-11-25T10:00:00"},
        {"outcome": "accepted"},
        {"outcome": "accepted", "acceptedSuggestions": []},
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "ZEBRA7391"}]},
        {"outcome": "accepted", "acceptedSuggestions": "all"},
    ],
)
def test_what_is_no_feedback_is_refused_and_nothing_stored(ehr, change):
    card = card_of(ehr)
    response = ehr.feedback(VIEW, overridden(card), overridden(card) | change)
    assert response.status_code == 422
    assert response.json()["resourceType"] == "OperationOutcome"
    assert "ZEBRA7391" not in response.text
    assert stored(ehr.service) == []


@pytest.mark.parametrize("body", [{}, {"feedback": []}, {"feedback": "x"}, {"feedback": [1]}, {"feedback": [{}] * 501}])
def test_a_body_without_feedback_is_refused(ehr, body):
    assert ehr.service.post(f"/cds-services/{VIEW}/feedback", json=body).status_code == 422


def test_the_report_can_begin_at_a_day(ehr):
    card_of(ehr)
    assert rules_of(ehr, since="2020-01-01")
    assert not rules_of(ehr, since="2100-01-01")
    assert ehr.service.get("/v1/feedback/summary?since=tomorrow").status_code == 422


def test_nothing_is_remembered_where_the_audit_is_off(start):
    ehr = Ehr(start(IVIG_AUDIT="off"), CHART)
    assert ehr.feedback(VIEW, overridden(card_of(ehr))).status_code == 404


class Remembered:
    uuid, topic, indicator, rules = UUID(int=7), "ivigdose", "warning", ("a", "b", "a")


def test_both_databases_keep_the_same_sums(database):
    store = FeedbackStore(database)
    issue = Issue(NOW, "t1", "s1", "1.0.0", shown=True)
    store.issue(issue, [Remembered()])
    store.issue(issue, [])
    assert store.known([UUID(int=7), UUID(int=8)], "s1", "t1") == {UUID(int=7)}
    assert store.known([UUID(int=7)], "s2", "t1") == store.known([UUID(int=7)], "s1", "t2") == frozenset()
    outcome = Outcome(UUID(int=7), "overridden", NOW, NOW, override_code="x")
    store.add([outcome, outcome])
    store.add([outcome])
    assert [(item.rule, item.cards, item.accepted, item.overridden, item.reasons) for item in store.totals(None)] == [
        ("a", 1, 0, 1, {"x": 1}),
        ("b", 1, 0, 1, {"x": 1}),
    ]
    assert store.totals("t2") == ()
    with pytest.raises(StorageError):
        store.add([Outcome(UUID(int=9), "overridden", NOW, NOW)])


class Another:
    topic, indicator, rules = "ivigdose", "warning", ("a",)

    def __init__(self, number: int) -> None:
        self.uuid = UUID(int=number)


def rows(database) -> dict[str, int]:
    names = ("issued_card", "issued_card_rule", "card_feedback")
    with database.reading() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in names}


def test_what_is_older_than_its_time_is_forgotten(database):
    """To the second: what was issued at the very moment is kept."""
    store = FeedbackStore(database)
    for number, seconds in ((1, -1), (2, 0), (3, 1)):
        store.issue(Issue(NOW + timedelta(seconds=seconds), "t", "s", "1.0.0", shown=True), [Another(number)])
        store.add([Outcome(UUID(int=number), "overridden", NOW, NOW)])
    assert store.purge(NOW) == Purged(1, 1)
    assert rows(database) == {"issued_card": 2, "issued_card_rule": 2, "card_feedback": 2}
    assert store.known([UUID(int=1), UUID(int=2)], "s", "t") == {UUID(int=2)}
    assert store.purge(NOW) == Purged(0, 0)


def test_many_are_forgotten_page_by_page(database):
    store = FeedbackStore(database)
    store.issue(Issue(NOW, "t", "s", "1.0.0", shown=True), [Another(number) for number in range(1, 1202)])
    store.add([Outcome(UUID(int=number), "overridden", NOW, NOW) for number in range(1, 1202)])
    assert store.purge(NOW + timedelta(seconds=1)) == Purged(1201, 1201)
    assert rows(database) == {"issued_card": 0, "issued_card_rule": 0, "card_feedback": 0}


def test_the_command_forgets_by_the_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'ivig-cds.sqlite3'}")
    upgrade(database)
    store = FeedbackStore(database)
    for number, days in ((1, 100), (2, 10)):
        at = datetime.now(UTC) - timedelta(days=days)
        store.issue(Issue(at, "t", "s", "1.0.0", shown=True), [Another(number)])
    for words, variables, left in (
        ([], {}, 2),
        ([], {"IVIG_FEEDBACK_DAYS": "30"}, 1),
        (["--days", "5"], {"IVIG_FEEDBACK_DAYS": "30"}, 0),
    ):
        done = CliRunner().invoke(cli, ["feedback", "purge", *words], env=variables)
        assert done.exit_code == 0, done.output
        assert rows(database)["issued_card"] == left
    assert "1 cards, 0 outcomes" in done.output
    database.close()


MILLION = int(os.environ.get("FEEDBACKS", "40000"))


def test_e17_a_client_that_never_stops_fills_no_disk(database):
    """For one card another moment each time: what is kept stays at its bound, and the last calls cost what the first did."""
    store = FeedbackStore(database)
    store.issue(Issue(NOW, "t", "s", "1.0.0", shown=True), [Another(1)])
    full = 0
    for start in range(0, MILLION, 500):
        moments = (NOW + timedelta(seconds=start + index) for index in range(500))
        full += store.add([Outcome(UUID(int=1), "overridden", at, NOW) for at in moments])
    assert rows(database)["card_feedback"] == MOST_OF_A_CARD == MILLION - full


def test_e17_over_http_it_is_told_to_stop(ehr):
    card = card_of(ehr)
    moments = [f"2026-11-25T10:{index // 60:02}:{index % 60:02}Z" for index in range(100)]
    entries = [overridden(card, at=at) for at in moments]
    assert ehr.feedback(VIEW, *entries).status_code == 200
    response = ehr.feedback(VIEW, *entries[50:])
    assert (response.status_code, response.json()["resourceType"]) == (429, "OperationOutcome")
    assert "retry-after" in response.headers
    assert ehr.feedback(VIEW, entries[0]).status_code == 200  # it is known already
    assert len(stored(ehr.service)) == MOST_OF_A_CARD


def test_cards_of_silent_mode_do_not_count_as_shown(database):
    store = FeedbackStore(database)
    store.issue(Issue(NOW, "t1", "s1", "1.0.0", shown=False), [Remembered()])
    assert store.totals(None) == ()
