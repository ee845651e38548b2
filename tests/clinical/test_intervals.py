from datetime import date

import pytest

from app.clinical.intervals import at_least, below, count, days_between, days_since, intersect, longest_run
from app.logic.truth import Truth
from app.logic.values import Interval

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("members", "expected"), [([], (0, 0)), ([T, F, U], (1, 2)), ([U, U], (0, 2)), ([T, T], (2, 2))]
)
def test_count_runs_from_certain_to_possible(members, expected):
    assert count(members) == Interval(*expected)


@pytest.mark.parametrize(
    ("members", "expected"),
    [([], (0, 0)), ([T, U, T], (1, 3)), ([T, T, F, T], (2, 2)), ([U, F, U, U], (0, 2)), ([T, F, U, T], (1, 2))],
)
def test_longest_run(members, expected):
    assert longest_run(members) == Interval(*expected)


def test_intersection_keeps_what_both_allow():
    assert intersect(Interval(2, None), Interval(None, 5)) == Interval(2, 5)
    assert intersect(Interval(3, None), Interval(0, 2)) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Interval(97, 97), T),
        (Interval(98, 98), F),
        (Interval(91, 98), U),
        (Interval(98, None), F),
        (Interval(None, 97), T),
    ],
)
def test_below_at_its_boundary(value, expected):
    assert below(value, 98) is expected
    assert at_least(value, 98) is ~expected


def test_days_between_dates_in_either_direction():
    assert days_between("2026-01-01", "2026-03-26") == Interval(84, 84)
    assert days_between("2026-03-26", "2026-01-01") == Interval(84, 84)


def test_days_between_months_is_an_interval():
    assert days_between("2026-01", "2026-03") == Interval(29, 89)
    assert days_between("2026-01", "2026-01") == Interval(0, 30)


def test_days_since_is_never_negative():
    assert days_since("2026-11", date(2026, 11, 25)) == Interval(0, 24)
