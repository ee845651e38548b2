"""Risk factors from earlier pregnancies. An open list never says no; silence never contradicts an entry."""

import pytest

from tests.clinical.test_hypertension import pregnant, value

BIRTH = {"outcome": "live_birth", "gestational_age": {"weeks": 39}}
COMPLETE = {"complete_sections": ["pregnancies"]}


def past(*pregnancies, **more):
    return {"pregnancies": list(pregnancies), **more}


@pytest.mark.parametrize(
    ("history", "preeclampsia", "hypertensive"),
    [
        (past({**BIRTH, "complications": ["preeclampsia"]}), True, True),
        (past({**BIRTH, "complications": ["hellp"]}), True, True),
        (past({**BIRTH, "complications": ["gestational_hypertension"]}), "unknown", True),
        (past({**BIRTH, "complications": ["gestational_hypertension"]}, **COMPLETE), False, True),
        (past({**BIRTH, "complications": []}, **COMPLETE), False, False),
        (past({**BIRTH, "complications": []}), "unknown", "unknown"),
        (past(BIRTH, **COMPLETE), "unknown", "unknown"),
        (past({"outcome": "miscarriage"}, {"outcome": "biochemical"}, **COMPLETE), False, False),
        (past({"outcome": "miscarriage", "gestational_age": {"weeks": 20}}, **COMPLETE), "unknown", "unknown"),
        (past({"outcome": "fetal_death", "gestational_age": {"weeks": 19}}, **COMPLETE), False, False),
        (past(**COMPLETE), False, False),
        ({}, "unknown", "unknown"),
    ],
)
def test_hypertensive_disease_before(history, preeclampsia, hypertensive):
    assert value("past.preeclampsia", **history) == preeclampsia
    assert value("past.hypertensive_disease", **history) == hypertensive


def test_stated_conditions_join_the_list_and_contradictions_stay_open():
    listed = {**BIRTH, "complications": ["preeclampsia"]}
    no = {"code": "previous_preeclampsia", "status": "absent"}
    yes = {"code": "previous_preeclampsia", "status": "present"}
    hypertension = {"code": "previous_gestational_hypertension", "status": "present"}
    assert value("past.preeclampsia", conditions=[yes]) is True
    assert value("past.preeclampsia", conditions=[no]) is False
    assert value("past.preeclampsia", conditions=[no], **past(listed)) == "unknown"
    assert value("past.preeclampsia", conditions=[yes], **past({**BIRTH, "complications": []}, **COMPLETE)) == "unknown"
    assert value("past.preeclampsia", conditions=[], **past(listed, complete_sections=["conditions"])) is True
    assert value("past.hypertensive_disease", conditions=[hypertension]) is True
    assert value("past.hypertensive_disease", conditions=[no]) == "unknown"


@pytest.mark.parametrize(
    ("pregnancy", "expected"),
    [
        ({**BIRTH, "complications": ["low_birth_weight"]}, True),
        ({**BIRTH, "complications": ["fetal_growth_restriction"]}, True),
        ({"outcome": "fetal_death", "gestational_age": {"weeks": 30}, "complications": []}, True),
        ({"outcome": "fetal_death", "gestational_age": {"weeks": 15}, "complications": []}, False),
        ({"outcome": "neonatal_death", "complications": []}, True),
        ({**BIRTH, "complications": ["preterm_birth"]}, False),
        (BIRTH, "unknown"),
    ],
)
def test_small_baby_or_adverse_outcome(pregnancy, expected):
    assert value("past.small_or_adverse", **past(pregnancy, **COMPLETE)) == expected


@pytest.mark.parametrize(
    ("weeks", "days", "complications", "expected"),
    [
        (33, 6, ["preeclampsia_severe_features"], True),
        (34, 0, ["preeclampsia_severe_features"], False),
        (33, None, ["eclampsia"], True),
        (33, 6, ["preeclampsia"], False),
        (31, 0, ["placental_insufficiency"], True),
    ],
)
def test_severe_disease_delivered_before_34_weeks(weeks, days, complications, expected):
    age = {"weeks": weeks} | ({} if days is None else {"days": days})
    delivery = {"outcome": "live_birth", "gestational_age": age, "complications": complications}
    assert value("past.early_severe_delivery", **past(delivery, **COMPLETE)) == expected


@pytest.mark.parametrize(
    ("history", "nulliparous", "first"),
    [
        (past(**COMPLETE), True, True),
        (past({"outcome": "miscarriage"}, **COMPLETE), True, False),
        (past(BIRTH), False, False),
        (past({"outcome": "miscarriage"}), "unknown", False),
        (past({"outcome": "fetal_death", "gestational_age": {"weeks": 20}}), False, False),
        ({"loss_summary": {"live_births": 1}}, False, False),
        ({"loss_summary": {"losses": 1, "live_births": 0}}, "unknown", False),
        ({}, "unknown", "unknown"),
    ],
)
def test_parity(history, nulliparous, first):
    assert value("parity.nulliparous", **history) == nulliparous
    assert value("parity.first_pregnancy", **history) == first


@pytest.mark.parametrize(
    ("ended_on", "expected"),
    [
        # As of 2026-11-25 at 12w0d the pregnancy began 84 days ago, on 2026-09-02: 3653 days before that is 2016-09-01.
        ("2016-09-01", False),
        ("2016-08-31", True),
        ("2016", "unknown"),
        ("2015", True),
        ("2017", False),
    ],
)
def test_interval_over_ten_years(ended_on, expected):
    listed = past({**BIRTH, "ended_on": ended_on}, **COMPLETE)
    assert value("parity.long_interval", **listed, **pregnant(12)) == expected


def test_interval_without_a_complete_list_or_without_a_birth():
    old = {**BIRTH, "ended_on": "2010-01-01"}
    assert value("parity.long_interval", **past(old), **pregnant(12)) == "unknown"
    assert value("parity.long_interval", **past({**BIRTH, "ended_on": "2024-01-01"}), **pregnant(12)) is False
    assert (
        value("parity.long_interval", **past(old, {**BIRTH, "ended_on": "2024-01-01"}, **COMPLETE), **pregnant(12))
        is False
    )
    assert value("parity.long_interval", **past({"outcome": "biochemical"}, **COMPLETE), **pregnant(12)) is False
    assert value("parity.long_interval", pregnancy_status="not_pregnant", **past(old, **COMPLETE)) is True


def test_conception_by_ivf():
    assert value("conception.ivf", **pregnant(12, conception="frozen_transfer")) is True
    assert value("conception.ivf", **pregnant(12, conception="iui")) is False
    assert value("conception.ivf", plans={"conception": "icsi"}, **pregnant(12)) == "unknown"
    assert value("conception.ivf", plans={"conception": "icsi"}) is True
    assert value("conception.ivf") == "unknown"
