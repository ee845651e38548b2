import json
from datetime import date

import pytest

from app.clinical.history import PatientHistory
from app.clinical.plausibility import contradictions

TODAY = date(2026, 11, 25)


def found(**history) -> list[tuple[str, str]]:
    parsed = PatientHistory.model_validate_json(json.dumps(history))
    return [(problem.pointer, problem.code) for problem in contradictions(parsed, TODAY)]


def test_an_empty_history_contradicts_nothing():
    assert found() == []


def test_the_date_of_assessment_may_be_tomorrow_somewhere_but_not_later():
    assert found(as_of="2026-11-26") == []
    assert found(as_of="2026-11-27") == [("/as_of", "in_the_future")]


@pytest.mark.parametrize(
    ("section", "item", "field"),
    [
        ("pregnancies", {"outcome": "miscarriage", "ended_on": "2026-12"}, "ended_on"),
        ("embryo_transfers", {"on": "2027"}, "on"),
        ("laboratory", {"test": "platelets", "on": "2026-11-26"}, "on"),
        ("vitals", {"systolic": 120, "diastolic": 70, "on": "2026-11-26"}, "on"),
        ("immunisations", {"vaccine": "mmr", "on": "2026-11-26"}, "on"),
    ],
)
def test_a_past_event_after_the_assessment_is_named(section, item, field):
    assert found(as_of="2026-11-25", **{section: [item]}) == [(f"/{section}/0/{field}", "in_the_future")]


def test_a_partial_date_that_has_begun_is_no_contradiction():
    assert found(pregnancies=[{"outcome": "miscarriage", "ended_on": "2026"}]) == []


def test_a_planned_vaccine_may_lie_ahead():
    assert found(immunisations=[{"vaccine": "mmr", "on": "2027-03", "planned": True}]) == []


def test_pregnant_and_postpartum_disagree():
    assert found(current_pregnancy={}, postpartum={}) == [("/pregnancy_status", "inconsistent")]
    assert found(current_pregnancy={}, pregnancy_status="pregnant") == []


def test_male_and_pregnant_disagree():
    assert found(patient={"sex": "male"}, current_pregnancy={}) == [("/patient/sex", "inconsistent")]


def test_a_summary_below_the_list_is_named():
    losses = [{"outcome": "miscarriage"}] * 5
    assert found(pregnancies=losses, loss_summary={"losses": 2}) == [("/loss_summary/losses", "inconsistent")]
    assert found(pregnancies=losses, loss_summary={"losses": {"minimum": 2}}) == []
    assert found(pregnancies=losses, loss_summary={"losses": 5}) == []


def test_ectopic_pregnancies_are_no_losses_in_the_summary():
    assert found(pregnancies=[{"outcome": "ectopic"}] * 3, loss_summary={"losses": 0}) == []


def test_a_loss_of_unspecified_type_may_be_one_the_summary_leaves_out():
    assert found(pregnancies=[{"outcome": "loss_unspecified"}] * 3, loss_summary={"losses": 0}) == []


def test_one_way_to_say_the_age():
    assert found(patient={"birth_date": "1992-01-01", "age_years": 34}) == [("/patient/age_years", "inconsistent")]
    assert found(patient={"birth_date": "1930-01-01"}) == [("/patient/birth_date", "implausible_value")]
