"""Dosing weight over half-known input: never a weight outside what the unknowns allow."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.dosing import DomainError
from app.clinical.dosing_weight import dosing_weight
from app.clinical.sections import Sex
from app.logic.truth import Truth
from app.logic.values import Interval

LIMITS = {
    "dosing.weight_min_kg": 30,
    "dosing.weight_max_kg": 250,
    "dosing.height_min_cm": 120,
    "dosing.height_max_cm": 220,
    "dosing.ideal_weight_from_cm": 152,
}
FACTOR = Decimal("0.4")
WEIGHTS = st.integers(30, 250)
HEIGHTS = st.integers(152, 220)


def exactly(number) -> Interval:
    return Interval(Decimal(number), Decimal(number))


def weight(actual, height, excluded=Truth.FALSE, sexes=(Sex.FEMALE,)):
    return dosing_weight(actual, height, sexes, FACTOR, excluded, LIMITS)


def test_adjusted_weight_of_the_worked_example():
    found = weight(exactly(95), exactly(165))
    assert found.exact
    assert round(found.low, 1) == Decimal("72.1")


def test_the_actual_weight_where_it_is_lower():
    # Ideal weight at 165 cm is 56.9095 kg.
    assert weight(exactly("56.9"), exactly(165)) == exactly("56.9")
    assert weight(exactly("56.92"), exactly(165)).high < Decimal("56.92")


def test_excluded_is_the_actual_weight_and_unknown_both():
    assert weight(exactly(95), exactly(165), Truth.TRUE) == exactly(95)
    both = weight(exactly(95), exactly(165), Truth.UNKNOWN)
    assert (round(both.low, 1), both.high) == (Decimal("72.1"), 95)


def test_below_152_cm_excluded_needs_no_ideal_weight():
    assert weight(exactly(95), exactly(140), Truth.TRUE) == exactly(95)


@pytest.mark.parametrize(("actual", "height"), [(29, 165), (251, 165), (95, 119), (95, 221)])
def test_outside_the_working_limits_nothing_is_computed(actual, height):
    with pytest.raises(DomainError):
        weight(exactly(actual), exactly(height), Truth.TRUE)


@given(WEIGHTS, WEIGHTS, HEIGHTS, HEIGHTS)
def test_bounds_hold_every_exact_case_within_them(one, other, low, high):
    actual, height = Interval(*sorted((one, other))), Interval(*sorted((low, high)))
    found = weight(actual, height, sexes=tuple(Sex))
    for kg in (actual.low, (actual.low + actual.high) // 2, actual.high):
        for cm in (height.low, (height.low + height.high) // 2, height.high):
            for sex in Sex:
                point = weight(exactly(kg), exactly(cm), sexes=(sex,))
                assert found.low <= point.low <= found.high
                assert point.low <= kg
