"""Age and the pregnancy of today."""

import pytest

from app.logic.values import Interval, Known, Reason, Unknown
from tests.clinical.obstetric_cases import derive, value

STATUSES = {
    "not_pregnant": (False, False, False),
    "trying": (False, False, True),
    "in_treatment_cycle": (False, False, True),
    "pregnant": (True, False, False),
    "postpartum": (False, True, False),
}


@pytest.mark.parametrize(
    ("born", "age"),
    [("1990-11-25", 36), ("1990-11-26", 35), ("1990-11-24", 36), ("2000-02-29", 26), ("1990-12-01", 35)],
)
def test_age_in_completed_years(born, age):
    assert derive("patient.age_years", patient={"birth_date": born}) == Known(age, ("/patient/birth_date",))


def test_age_as_sent_or_not_known():
    assert derive("patient.age_years", patient={"age_years": 34}) == Known(34, ("/patient/age_years",))
    assert value("patient.age_years") == "not_recorded"
    assert value("patient.smoker") == "not_recorded"
    assert value("patient.smoker", patient={"smoker": False}) is False


@pytest.mark.parametrize(("status", "expected"), STATUSES.items())
def test_the_five_statuses_exclude_each_other(status, expected):
    names = ("pregnancy.pregnant", "pregnancy.postpartum", "pregnancy.trying")
    assert tuple(value(name, pregnancy_status=status) for name in names) == expected


def test_a_section_says_the_status():
    assert derive("pregnancy.pregnant", current_pregnancy={}) == Known(True, ("/current_pregnancy",))
    assert value("pregnancy.pregnant", postpartum={}) is False
    assert value("pregnancy.postpartum", postpartum={}) is True
    assert value("pregnancy.pregnant") == "not_sent"


def test_statuses_that_disagree_are_conflicting():
    found = derive("pregnancy.pregnant", pregnancy_status="trying", current_pregnancy={})
    assert found == Unknown(Reason.CONFLICTING, ("/current_pregnancy", "/pregnancy_status"))


@pytest.mark.parametrize(
    ("age", "days"),
    [
        ({"weeks": 6, "days": 6}, 48),
        ({"weeks": 7, "days": 0}, 49),
        ({"weeks": 6}, Interval(42, 48)),
        ({"weeks": 5, "weeks_max": 6}, Interval(35, 48)),
    ],
)
def test_gestation_in_days(age, days):
    found = derive("pregnancy.gestation_days", current_pregnancy={"gestational_age": age})
    assert found == Known(days, ("/current_pregnancy/gestational_age",))


def test_gestation_that_is_not_there():
    assert value("pregnancy.gestation_days", current_pregnancy={}) == "not_recorded"
    assert value("pregnancy.gestation_days", pregnancy_status="pregnant") == "not_sent"
    assert value("pregnancy.gestation_days", pregnancy_status="trying") == "not_determinable"
    assert value("pregnancy.gestation_days") == "not_sent"


@pytest.mark.parametrize(
    ("name", "fact_id", "sent", "outside"),
    [
        ("plurality", "pregnancy.fetuses", 2, 0),
        ("bleeding", "pregnancy.bleeding", True, False),
        ("intrauterine", "pregnancy.intrauterine", True, False),
    ],
)
def test_findings_of_today_do_not_apply_outside_pregnancy(name, fact_id, sent, outside):
    assert value(fact_id, current_pregnancy={name: sent}) == sent
    assert value(fact_id, current_pregnancy={}) == "not_recorded"
    assert value(fact_id, pregnancy_status="pregnant") == "not_sent"
    assert value(fact_id, pregnancy_status="not_pregnant") == outside
    assert value(fact_id) == "not_sent"


def test_days_since_the_birth():
    assert value("pregnancy.postpartum_days", postpartum={"days": 9}) == 9
    assert value("pregnancy.postpartum_days", postpartum={}) == "not_recorded"
    assert value("pregnancy.postpartum_days", pregnancy_status="postpartum") == "not_sent"
    assert value("pregnancy.postpartum_days", pregnancy_status="trying") == "not_determinable"
