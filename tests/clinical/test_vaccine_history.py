"""Live vaccines beside the courses of one history (CLINICAL_DECISIONS 6.5, R15)."""

import json
from datetime import date

import pytest

from app.clinical import facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.clinical.vaccine_history import vaccine_outlook
from app.logic.truth import Truth

assert facts
AS_OF = date(2026, 11, 25)
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.fixture
def outlook(rules):
    def look(planned_on=None, **history):
        case = Case(PatientHistory.model_validate_json(json.dumps(history)), AS_OF, rules.parameters)
        return vaccine_outlook(case, {item.id: item for item in rules.knowledge.parameters}, planned_on)

    return look


def courses(*dated, dose=1):
    return [{"on": on, "dose_g_per_kg": dose} if on else {"dose_g_per_kg": dose} for on in dated]


def test_nothing_sent_nothing_said(outlook):
    found = outlook()
    assert (found.courses, found.too_close, found.not_read) == ((), (), ())


def test_a_course_of_two_grams_postpones_for_eleven_months(outlook):
    found = outlook(previous_ivig=courses("2026-10-05", dose=2)).courses
    assert [(item.pointer, item.interval.months, item.over) for item in found] == [("/previous_ivig/0", 11, FALSE)]
    assert found[0].interval.ends_on_latest == date(2027, 9, 5)


@pytest.mark.parametrize(
    ("on", "over"),
    [
        ("2026-01-25", TRUE),
        ("2026-01-26", FALSE),
        ("2026-01", UNKNOWN),
        ("2025", TRUE),
        ("2026", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_whether_the_wait_is_over(outlook, on, over):
    [course] = outlook(previous_ivig=courses(on)).courses
    assert (course.interval.months, course.over) == (10, over)


def test_a_course_without_a_dose_waits_for_the_longest(outlook):
    [course] = outlook(previous_ivig=[{"on": "2026-03-15"}]).courses
    assert (course.interval.months_at_least, course.interval.months) == (8, 11)
    assert course.interval.expert is UNKNOWN


def test_daily_infusions_are_one_course(outlook):
    """400 mg/kg on each of 5 days is 2 g/kg [o-rpl-yamada]; a monthly replacement dose stays by itself."""
    daily = outlook(previous_ivig=courses(*(f"2026-11-0{day}" for day in range(1, 6)), dose=0.4)).courses
    assert {item.interval.months for item in daily} == {11}
    weekly = outlook(previous_ivig=courses("2026-11-01", "2026-11-08", dose=0.4)).courses
    assert {item.interval.months for item in weekly} == {10}
    apart = outlook(previous_ivig=courses("2026-11-01", "2026-11-09", dose=0.4)).courses
    assert {item.interval.months for item in apart} == {8}


def test_an_undated_infusion_may_belong_to_any_course(outlook):
    dated, undated = outlook(previous_ivig=courses("2026-11-01", None, dose=0.4)).courses
    assert (dated.interval.months_at_least, dated.interval.months) == (8, 10)
    assert undated.interval.ends_on_latest is None


def test_the_order_is_answered_in_months_or_from_a_given_day(outlook):
    order = {"planned_ivig": {"dose_g_per_kg": 0.4, "days": 5}}
    [planned] = outlook(**order).courses
    assert (planned.pointer, planned.interval.months, planned.interval.ends_on_latest) == ("/planned_ivig", 11, None)
    [dated] = outlook(date(2026, 12, 5), **order).courses
    assert dated.interval.ends_on_latest == date(2027, 11, 5)


@pytest.mark.parametrize(
    ("order", "least", "most"),
    [
        ({}, 8, 11),
        ({"dose_g_per_kg": 1}, 10, 11),
        ({"dose_g_per_kg": 0.4, "days": 1}, 8, 8),
        ({"dose_g_per_kg": 0.4, "days": 1, "interval_days": 28}, 8, 8),
        ({"dose_g_per_kg": 0.4, "days": 1, "interval_days": 7}, 8, 11),
    ],
)
def test_what_the_order_leaves_open_counts_as_the_longest(outlook, order, least, most):
    [planned] = outlook(planned_ivig=order).courses
    assert (planned.interval.months_at_least, planned.interval.months) == (least, most)


def mmr(on=None, **more):
    return [{"vaccine": "mmr", **({"on": on} if on else {}), **more}]


@pytest.mark.parametrize(
    ("given", "certain"),
    [("2026-09-18", TRUE), ("2026-09-17", None), ("2026-10-01", TRUE), ("2026-09", UNKNOWN), ("2025", None)],
)
def test_a_vaccine_less_than_two_weeks_before(outlook, given, certain):
    found = outlook(previous_ivig=courses("2026-10-01"), immunisations=mmr(given)).too_close
    before = [item for item in found if item.problem == "vaccine_before_immunoglobulin"]
    assert [item.certain for item in before] == ([] if certain is None else [certain])
    assert all((item.pointer, item.course) == ("/immunisations/0", "/previous_ivig/0") for item in before)
    assert all(item.because[0].evidence == ("vax-reverse",) for item in before)


@pytest.mark.parametrize(
    ("given", "certain"),
    [
        ("2025-12-01", TRUE),
        ("2026-08-30", TRUE),
        ("2026-09-01", None),
        ("2026", UNKNOWN),
        ("2025-10-31", None),
    ],
)
def test_a_vaccine_before_the_wait_was_over(outlook, given, certain):
    found = outlook(previous_ivig=courses("2025-11-01"), immunisations=mmr(given)).too_close
    within = [item for item in found if item.problem == "vaccine_within_interval"]
    assert [item.certain for item in within] == ([] if certain is None else [certain])


def test_a_planned_vaccine_without_a_date_lies_ahead(outlook):
    over = outlook(previous_ivig=courses("2025-01-01"), immunisations=mmr(planned=True)).too_close
    assert over == ()
    [running] = outlook(previous_ivig=courses("2026-10-01"), immunisations=mmr(planned=True)).too_close
    assert (running.problem, running.certain) == ("vaccine_within_interval", UNKNOWN)


def test_an_order_soon_after_a_vaccine(outlook):
    order = {"planned_ivig": {"dose_g_per_kg": 1}, "immunisations": mmr("2026-11-20")}
    [possible] = outlook(**order).too_close
    assert (possible.course, possible.certain) == ("/planned_ivig", UNKNOWN)
    [certain] = outlook(date(2026, 12, 3), **order).too_close
    assert certain.certain is TRUE
    assert outlook(date(2026, 12, 4), **order).too_close == ()
    assert outlook(planned_ivig={}, immunisations=mmr("2026-11-11")).too_close == ()


@pytest.mark.parametrize("vaccine", ["yellow_fever", "influenza_live", "inactivated", "rotavirus", "oral_typhoid"])
def test_vaccines_that_are_not_held_back(outlook, vaccine):
    found = outlook(previous_ivig=courses("2026-10-01"), immunisations=[{"vaccine": vaccine, "on": "2026-10-01"}])
    assert (found.too_close, found.not_read) == ((), ())


def test_a_vaccine_code_that_says_nothing_is_named(outlook):
    assert outlook(immunisations=[*mmr("2026-01-01"), {"vaccine": "bcg"}]).not_read == ("/immunisations/1",)


def test_immunoglobulin_in_a_past_pregnancy_is_a_course_of_unknown_dose(outlook):
    """Miscarried on 1 September 2026 at 8 weeks: given between 7 July and that day, so 8 to 11 months from there."""
    past = {"outcome": "miscarriage", "ended_on": "2026-09-01", "gestational_age": {"weeks": 8, "days": 0}}
    [course] = outlook(pregnancies=[{**past, "treatments": ["ivig"]}]).courses
    assert (course.pointer, course.interval.months_at_least, course.interval.months) == (
        "/pregnancies/0/treatments",
        8,
        11,
    )
    assert (course.interval.ends_on_earliest, course.interval.ends_on_latest) == (date(2027, 3, 7), date(2027, 8, 1))
    assert course.over is FALSE
    assert outlook(pregnancies=[{**past, "treatments": ["aspirin"]}]).courses == ()
    [undated] = outlook(pregnancies=[{"outcome": "miscarriage", "treatments": ["ivig"]}]).courses
    assert (undated.interval.ends_on_earliest, undated.over) == (None, UNKNOWN)
