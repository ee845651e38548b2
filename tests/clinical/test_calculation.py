"""Figures as answers show them: rounded once, intervals outwards, and nothing lost for the next calculation."""

from datetime import date
from decimal import Decimal

import pytest

from app.clinical.calculation import bounds, day, quantity
from app.logic.values import Interval


def of(low, high=None):
    return Interval(Decimal(low), Decimal(high or low))


@pytest.mark.parametrize(("value", "shown"), [("75.45", "75.5"), ("75.449", "75.4"), ("75.5", "75.5"), ("40", "40.0")])
def test_an_exact_figure_is_rounded_half_up(value, shown):
    found = quantity("x", "1", of(value), 1)
    assert found.value == found.minimum == found.maximum == Decimal(shown)
    assert found.display == shown
    assert found.unrounded.minimum == Decimal(value)


def test_an_interval_has_no_value_and_is_rounded_outwards():
    found = quantity("x", "1", of("75.41", "75.49"), 1)
    assert (found.value, found.minimum, found.maximum) == (None, Decimal("75.4"), Decimal("75.5"))
    assert found.display == "75.4 to 75.5"


def test_unrounded_figures_carry_fifteen_digits():
    found = quantity("x", "1", of("121.26594192385100999"), 1)
    assert found.unrounded.maximum == Decimal("121.265941923851")


def test_whole_numbers_stay_whole():
    found = quantity("x", "d", Interval(70, 76), 0)
    assert (found.minimum, found.maximum, found.display) == (70, 76, "70 to 76")


def test_bounds_are_those_of_all_corners():
    # Falls with the first argument and rises with the second.
    assert bounds(lambda a, b: b - a, Interval(1, 3), Interval(10, 20)) == Interval(7, 19)
    assert bounds(lambda a: -a, Interval(1, 3)) == Interval(-3, -1)


def test_a_day_that_is_not_certain_has_no_value():
    first, last = date(2027, 6, 17), date(2027, 6, 23)
    assert day("due_date", (first, first)).value == first
    assert day("due_date", (first, last)).value is None
