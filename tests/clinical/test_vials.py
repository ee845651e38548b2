from decimal import Decimal

import pytest

from app.clinical.dosing import DomainError
from app.clinical.vials import Rounding, round_to_vials

D = Decimal
MIX = (D("2.5"), D(5), D(10), D(20))


def grams(dose, sizes, rule=Rounding.NEAREST):
    return round_to_vials(D(dose), [D(size) for size in sizes], rule).dose_g


def test_nearest_whole_vials_of_the_worked_example():
    found = round_to_vials(D("24.8"), MIX, Rounding.NEAREST)
    assert found.dose_g == 25
    assert found.counts == ((D(20), 1), (D(5), 1))


def test_rounded_down_as_in_the_worked_example():
    assert grams("72.1", (5, 10), Rounding.DOWN) == 70
    assert grams("72.1", ("2.5", 5, 10), Rounding.NEAREST) == D("72.5")


def test_a_dose_that_fits_stays():
    assert grams("35", (5, 10)) == 35
    assert grams("35", (5, 10), Rounding.DOWN) == 35


def test_a_tie_goes_to_the_lower_amount():
    assert grams("7.5", (5,)) == 5


def test_the_nearest_amount_is_never_nothing():
    assert grams("1", (10,)) == 10


def test_rounding_down_to_nothing_is_refused():
    with pytest.raises(DomainError, match="below_smallest_vial"):
        grams("4.9", (5,), Rounding.DOWN)


def test_as_few_vials_as_possible_where_the_largest_first_would_take_more():
    # 6 + 6 + 6 beats 10 + six small ones.
    assert round_to_vials(D(18), (D(1), D(6), D(10)), Rounding.NEAREST).counts == ((D(6), 3),)


@pytest.mark.parametrize("sizes", [("0.25",), (0,), (-5,)])
def test_sizes_are_tenths_of_a_gram(sizes):
    with pytest.raises(DomainError, match="not_tenths"):
        grams("10", sizes)


def test_no_size_no_rounding():
    with pytest.raises(DomainError, match="none_given"):
        grams("10", ())
