"""Guillain-Barre syndrome and myasthenia gravis: one fact, whichever section carries it."""

from datetime import date

import pytest
from pydantic import ValidationError

from app.services.assess import assess
from tests.clinical.exposure_facts import problems, read, value


def present(code, status="present") -> dict:
    return {"conditions": [{"code": code, "status": status}]}


@pytest.mark.parametrize(
    ("code", "part"), [("guillain_barre_syndrome", "guillain_barre"), ("myasthenia_gravis", "myasthenia")]
)
def test_the_diagnosis_is_read_from_either_section(code, part):
    name = f"condition.{code}"
    assert value(name, **present(code)) is True
    assert value(name, neurology={part: {}}) is True
    assert value(name, neurology={}) == "not_sent"
    assert value(name, **present(code, "absent")) is False
    assert value(name, neurology={part: {}}, **present(code, "absent")) == "conflicting"
    assert value(name, neurology={part: {}}, conditions=[], complete_sections=["conditions"]) is True
    assert value(name, conditions=[], complete_sections=["conditions"]) is False


@pytest.mark.parametrize(("onset", "days"), [("2026-11-25", 0), ("2026-11-11", 14), ("2026-11-10", 15)])
def test_days_since_onset(onset, days):
    assert value("gbs.onset_days", neurology={"guillain_barre": {"onset": onset}}) == days


def test_a_half_known_onset_is_an_interval_that_ends_today():
    assert value("gbs.onset_days", neurology={"guillain_barre": {"onset": "2026-11"}}) == (0, 24)
    assert value("gbs.onset_days", neurology={"guillain_barre": {"onset": "2026-10"}}) == (25, 55)
    assert value("gbs.onset_days", neurology={"guillain_barre": {}}) == "not_recorded"
    assert value("gbs.onset_days", neurology={}) == "not_sent"


def test_walking():
    assert value("gbs.walks", neurology={"guillain_barre": {"walks": False}}) is False
    assert value("gbs.walks", neurology={"guillain_barre": {"walks": True}}) is True
    assert value("gbs.walks", neurology={"guillain_barre": {}}) == "not_recorded"
    assert value("gbs.walks") == "not_sent"


@pytest.mark.parametrize(
    ("state", "marked", "stable"),
    [
        ("crisis", True, False),
        ("worsening_moderate_severe", True, False),
        ("worsening_mild", False, False),
        ("worsening", "not_determinable", False),
        ("stable", False, True),
        (None, "not_recorded", "not_recorded"),
    ],
)
def test_the_state_of_myasthenia(state, marked, stable):
    sent = {"myasthenia": {} if state is None else {"state": state}}
    assert value("mg.crisis_or_marked_worsening", neurology=sent) == marked
    assert value("mg.stable", neurology=sent) == stable


def test_what_neurology_cannot_say():
    ahead = {"guillain_barre": {"onset": "2026-11-26"}}
    assert problems(neurology=ahead) == [("/neurology/guillain_barre/onset", "in_the_future")]
    denied = present("myasthenia_gravis", "absent")
    assert problems(neurology={"myasthenia": {}}, **denied) == [("/neurology/myasthenia", "inconsistent")]
    assert problems(neurology={"guillain_barre": {"onset": "2026-11"}}) == []
    with pytest.raises(ValidationError):
        read(neurology={"myasthenia": {"state": "bad"}})


def test_magnesium_is_taken_away_whichever_section_says_myasthenia(rules):
    eclampsia = {"code": "eclampsia", "status": "present"}
    pregnant = {"current_pregnancy": {"gestational_age": {"weeks": 34}}}
    for sent in (
        {"neurology": {"myasthenia": {}}, "conditions": [eclampsia]},
        {"conditions": [eclampsia, {"code": "myasthenia_gravis", "status": "present"}]},
    ):
        answer = assess(rules, read(**pregnant, **sent), date(2026, 11, 25))
        found = next(item for item in answer.alternatives if item.id == "magnesium-sulphate")
        assert found.removed
        assert "myasthenia-gravis" in {reason.id for reason in found.removed_because}
        assert "mg-note-magnesium" in {note.id for note in answer.notes}
