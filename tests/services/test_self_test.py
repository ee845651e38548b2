"""The self-test: reviewed patients that a running service assesses again and again."""

import asyncio
from contextlib import suppress
from types import MappingProxyType

import pytest

from app.authoring.bundle import canonical
from app.authoring.cases import load_cases
from app.clinical.stances import Status
from app.errors import RuleSetError
from app.services import watch
from app.services.active import ActiveHolder
from app.services.publish import BUNDLED
from app.services.self_test import self_test
from tests.faults.conftest import problem

NOT_BEFORE = 15
"""Patients at least; FAULTS 5.13 speaks of about twenty."""


def test_each_is_a_reviewed_patient(rules):
    reviewed = {piece.model.id: piece.model for piece in load_cases(BUNDLED).patients}
    assert len(rules.knowledge.self_test) >= NOT_BEFORE
    for patient in rules.knowledge.self_test:
        case = reviewed[patient.id]
        history = {"as_of": "2026-11-25", **case.history}
        assert canonical(dict(patient.history)) == canonical(history)
        for indication, cells in patient.expect.items():
            assert cells.items() <= case.expect.candidacy[indication].items()


def test_every_status_occurs(rules):
    shown = {
        status for item in rules.knowledge.self_test for cells in item.expect.values() for status in cells.values()
    }
    assert shown == set(Status)


def test_the_bundled_rule_set_passes(rules):
    assert self_test(rules) >= NOT_BEFORE


def changed(rules, **update):
    """The same rule set with another first patient."""
    first = rules.knowledge.self_test[0].model_copy(update=update)
    knowledge = rules.knowledge.model_copy(update={"self_test": (first, *rules.knowledge.self_test[1:])})
    return type(rules)(knowledge, rules.document, "changed", rules.digest)


def test_a_verdict_that_differs_is_named(rules):
    wrong = changed(rules, expect=MappingProxyType({"anti_ro_heart_block": {"none": Status.RECOMMENDED}}))
    with pytest.raises(
        RuleSetError, match="anti-ro-typical: anti_ro_heart_block in none is not_recommended, not recomm"
    ):
        self_test(wrong)


def test_a_history_without_a_date_is_refused(rules):
    with pytest.raises(RuleSetError, match="names no date"):
        self_test(changed(rules, history={"patient": {"age_years": 31}}))


def test_a_rule_set_that_fails_answers_nothing_until_it_passes(rules, monkeypatch, caplog):
    holder = ActiveHolder(rules)

    def fail(_rules) -> None:
        raise RuleSetError("self-test one: differs")

    monkeypatch.setattr(watch, "self_test", fail)

    async def once() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(watch.keep_testing(holder, 0.01), 0.3)

    asyncio.run(once())
    assert "self-test one: differs" in caplog.text
    with pytest.raises(RuleSetError, match="differs"):
        _ = holder.current
    assert holder.loaded is rules
    monkeypatch.undo()
    watch.examine(holder)
    assert holder.current is rules


def test_an_engine_that_breaks_answers_nothing_and_logs_no_value(rules, monkeypatch, caplog):
    def fail(_rules) -> None:
        raise ValueError("ZEBRA7391")

    monkeypatch.setattr(watch, "self_test", fail)
    holder = ActiveHolder(rules)
    watch.examine(holder)
    with pytest.raises(RuleSetError):
        _ = holder.current
    assert "ZEBRA7391" not in caplog.text


def test_readiness_and_assessments_say_so(client, rules):
    holder = client.app.state.context.holder
    holder.suspend("the self-test fails")
    try:
        problem(client.get("/readyz"), 503, "not-ready")
        problem(client.post("/v1/assessments", json={}), 503, "not-ready")
        assert client.get("/livez").status_code == 200
    finally:
        holder.suspend(None)
    assert client.get("/readyz").status_code == 200


def test_while_draining_only_readiness_says_so(client, monkeypatch):
    monkeypatch.setattr(watch.DRAINING, "started", True)
    problem(client.get("/readyz"), 503, "not-ready")
    assert client.post("/v1/assessments", json={}).status_code == 200


def test_troubles_are_said_once(caplog):
    class Recorder:
        trouble = "the disk is full"

    class Storage:
        read_only = False
        log_bytes = 0

    async def watching() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(watch.keep_looking(Storage(), Recorder(), 0.01), 0.3)

    asyncio.run(watching())
    assert caplog.text.count("the disk is full") == 1
