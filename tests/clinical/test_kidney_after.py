"""Creatinine after immunoglobulin: 26.5 umol/L in 48 hours or 1.5 times in 7 days [kdigo-aki-definition]."""

import json
from datetime import date

import pytest

from app.clinical import facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Known, Reason

assert facts
COURSE = [{"on": "2026-11-10"}]
VOUCHED = {"complete_sections": ["laboratory", "previous_ivig"]}


@pytest.fixture
def rise(rules):
    def look(*results, previous_ivig=COURSE, **more):
        history = {"previous_ivig": previous_ivig, "laboratory": list(results), **more}
        sent = PatientHistory.model_validate_json(json.dumps(history))
        found = Case(sent, date(2026, 11, 25), rules.parameters).fact("ivig.creatinine_rise")
        return found.value if isinstance(found, Known) else found.reason

    return look


def creatinine(value, on=None, **more):
    return {"test": "creatinine", "value": value, "unit": "umol/L", **({"on": f"2026-11-{on}"} if on else {}), **more}


@pytest.mark.parametrize(
    ("before", "later", "expected"),
    [
        (creatinine(60, 10), creatinine(86.5, 11), True),
        (creatinine(60, 10), creatinine(86.4, 11), False),
        (creatinine(60, 10), creatinine(86.5, 12), Reason.NOT_DETERMINABLE),
        (creatinine(60, 10), creatinine(86.5, 13), False),
        (creatinine(60, 10), creatinine(90, 17), True),
        (creatinine(60, 10), creatinine(89.9, 17), False),
        (creatinine(60, "09"), creatinine(90, 17), False),
        (creatinine(60, 11), creatinine(90, 18), False),
        (creatinine(60, "05"), creatinine(90, "09"), False),
        (creatinine(60, "05"), creatinine(90, 10), Reason.NOT_DETERMINABLE),
        (creatinine(60, 12), creatinine(90, 12), Reason.NOT_DETERMINABLE),
        (creatinine(90, 11), creatinine(60, 12), False),
        (creatinine(60, "09", baseline=True), creatinine(90, 12), True),
        (creatinine(60, 10), creatinine(90, 12, comparator=">"), True),
        (creatinine(60, 10), creatinine(90, 12, comparator="<"), Reason.NOT_DETERMINABLE),
        (creatinine(60), creatinine(90, 12), Reason.NOT_DETERMINABLE),
        (creatinine(60, 10), creatinine(90), Reason.NOT_DETERMINABLE),
    ],
)
def test_pairs_of_results(rise, before, later, expected):
    assert rise(before, later, **VOUCHED) == expected


def test_the_rise_may_be_printed_in_mg_dl(rise):
    results = ({"test": "creatinine", "unit": "mg/dL", "value": value, "on": on} for value, on in RISE_MG_DL)
    assert rise(*results) is True


RISE_MG_DL = ((0.7, "2026-11-10"), (1.0, "2026-11-11"))


def test_silence_is_no_answer(rise):
    assert rise() is Reason.NOT_RECORDED
    assert rise(creatinine(60, 10), creatinine(60, 12)) is Reason.NOT_RECORDED
    assert rise(creatinine(60, 10), creatinine(60, 12), **VOUCHED) is False
    assert rise(creatinine(60, 10), creatinine(90, 12), previous_ivig=[], **VOUCHED) is False
    assert rise(creatinine(60, 10), creatinine(90, 12), previous_ivig=[]) is Reason.NOT_RECORDED


def test_a_course_without_a_date_may_be_the_one(rise):
    assert rise(creatinine(60, 10), creatinine(90, 12), previous_ivig=[{}]) is Reason.NOT_DETERMINABLE
