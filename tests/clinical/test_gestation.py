"""Gestation counted from its start (10w0d = 70 days; due date at 280), by each method and with half-known dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.gestation import days_of, due_date, gestation_on, start_by_scan, start_by_transfer
from app.logic.values import Interval

TODAY = date(2026, 11, 25)
LMP = date(2026, 9, 16)  # 70 days before


def at(day: date) -> Interval:
    return Interval(day.toordinal(), day.toordinal())


def same(number: int) -> Interval:
    return Interval(number, number)


@pytest.mark.parametrize(
    ("day", "expected"), [(LMP, 0), (LMP + timedelta(1), 1), (date(2026, 11, 24), 69), (TODAY, 70)]
)
def test_gestation_from_the_last_menstrual_period(day, expected):
    assert gestation_on(day, at(LMP)) == same(expected)


def test_the_due_date_is_280_days_later():
    assert due_date(at(LMP)) == (date(2027, 6, 23), date(2027, 6, 23))
    assert due_date(at(date(2024, 1, 1))) == (date(2024, 10, 7), date(2024, 10, 7))  # over a 29 February


@pytest.mark.parametrize(("embryo_day", "due_after"), [(3, 263), (5, 261), (6, 260)])
def test_a_transfer_stands_at_14_days_and_the_age_of_the_embryo(embryo_day, due_after):
    transfer = date(2026, 10, 5)
    start = start_by_transfer(at(transfer), same(embryo_day))
    assert gestation_on(transfer, start) == same(14 + embryo_day)
    assert due_date(start)[0] - transfer == timedelta(due_after)


def test_an_unknown_embryo_age_bounds_the_answer():
    start = start_by_transfer(at(date(2026, 10, 5)), Interval(3, 6))
    assert gestation_on(TODAY, start) == Interval(51 + 14 + 3, 51 + 14 + 6)


def test_a_scan_that_gave_a_week_only_leaves_seven_days():
    start = start_by_scan(at(date(2026, 11, 11)), Interval(56, 62))
    assert gestation_on(TODAY, start) == Interval(70, 76)
    assert due_date(start) == (date(2027, 6, 17), date(2027, 6, 23))


def test_a_month_is_all_its_days_up_to_the_latest():
    assert days_of("2026-09", TODAY) == Interval(date(2026, 9, 1).toordinal(), date(2026, 9, 30).toordinal())
    assert days_of("2026-11", TODAY) == Interval(date(2026, 11, 1).toordinal(), TODAY.toordinal())


@pytest.mark.parametrize("stated", ["2026-11-26", "2026-12", "2027"])
def test_nothing_happened_after_the_latest_day(stated):
    with pytest.raises(ValueError):
        days_of(stated, TODAY)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 321))
def test_the_methods_agree(start, gestation):
    day = start + timedelta(gestation)
    assert start_by_scan(at(day), same(gestation)) == at(start)
    assert start_by_transfer(at(start + timedelta(19)), same(5)) == at(start)
