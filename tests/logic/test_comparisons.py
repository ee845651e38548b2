"""An interval stands for all its numbers: the oracle asks each of them, on a grid finer than any threshold."""

from decimal import Decimal
from itertools import product
from operator import eq, ge, gt, le, lt, ne

import pytest

from app.logic.comparisons import leaf_truth, span
from app.logic.conditions import Between, Compare, OneOf
from app.logic.truth import Truth
from app.logic.values import FactSignature, Interval, Known, Reason, Unknown
from tests.logic.strategies import CODES, OPERATORS

PYTHON = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}
GRID = [Decimal(n) / 4 for n in range(-40, 41)]
ENDS = [None, *map(Decimal, ("-1", "0", "0.5", "1", "2"))]
INTERVALS = [Interval(low, high) for low, high in product(ENDS, repeat=2) if low is None or high is None or low <= high]
THRESHOLDS = [-2, -1, 0, Decimal("0.5"), 1, Decimal("1.5"), 2, 3]
NUMBER = FactSignature("n", "number")


def agreed(interval, holds):
    inside = (n for n in GRID if not (interval.low is not None and n < interval.low))
    answers = {holds(n) for n in inside if not (interval.high is not None and n > interval.high)}
    return Truth.UNKNOWN if len(answers) > 1 else Truth.TRUE if answers == {True} else Truth.FALSE


@pytest.mark.parametrize("op", OPERATORS)
def test_an_interval_is_decided_only_when_all_its_numbers_agree(op):
    for interval, threshold in product(INTERVALS, THRESHOLDS):
        expected = agreed(interval, lambda n, at=threshold: PYTHON[op](n, at))
        assert span(op, interval, threshold) is expected, (interval, threshold)


def test_between_an_interval():
    for interval, low, high in product(INTERVALS, THRESHOLDS, THRESHOLDS):
        if low <= high:
            expected = agreed(interval, lambda n, low=low, high=high: low <= n <= high)
            assert leaf_truth(Between("n", low, high), Known(interval), NUMBER) is expected, (interval, low, high)


def test_boundaries_of_at_least_two_losses():
    two_or_more = Known(Interval(2, None))
    assert leaf_truth(Compare("n", "ge", 2), two_or_more, NUMBER) is Truth.TRUE
    assert leaf_truth(Compare("n", "ge", 3), two_or_more, NUMBER) is Truth.UNKNOWN
    assert leaf_truth(Compare("n", "lt", 2), two_or_more, NUMBER) is Truth.FALSE
    assert leaf_truth(Compare("n", "eq", 2), two_or_more, NUMBER) is Truth.UNKNOWN
    assert leaf_truth(Compare("n", "ne", 1), two_or_more, NUMBER) is Truth.TRUE


def test_unknown_stays_unknown_for_every_reason():
    leaves = (Compare("f", "ge", 1), Between("f", 1, 2), OneOf("f", CODES), Compare("f", "eq", value=True))
    for reason, leaf, kind in product(Reason, leaves, ("number", "boolean", "code")):
        assert leaf_truth(leaf, Unknown(reason), FactSignature("f", kind)) is Truth.UNKNOWN


def test_an_interval_refuses_ends_the_wrong_way_round():
    with pytest.raises(ValueError, match="above"):
        Interval(2, 1)
    assert Interval(2, 2).exact
    assert not Interval(None, None).exact


def test_codes_and_booleans_are_compared_as_they_are():
    code, boolean = FactSignature("f", "code"), FactSignature("f", "boolean")
    for held, listed, equal in (("blue", Truth.TRUE, Truth.TRUE), ("red", Truth.TRUE, Truth.FALSE)):
        assert leaf_truth(OneOf("f", ("blue", "red")), Known(held), code) is listed
        assert leaf_truth(Compare("f", "eq", "blue"), Known(held), code) is equal
        assert leaf_truth(Compare("f", "ne", "blue"), Known(held), code) is ~equal
    assert leaf_truth(OneOf("f", ("blue", "red")), Known("green"), code) is Truth.FALSE
    for held, asked in product((True, False), repeat=2):
        same = Truth.TRUE if held is asked else Truth.FALSE
        assert leaf_truth(Compare("f", "eq", asked), Known(held), boolean) is same
        assert leaf_truth(Compare("f", "ne", asked), Known(held), boolean) is ~same


WRONG = [
    (Compare("f", "eq", value=True), "yes", "boolean"),
    (Compare("f", "eq", value=True), 1, "boolean"),
    (OneOf("f", ("1",)), 1, "code"),
    (OneOf("f", ("yes",)), True, "code"),
    (Between("f", 1, 2), True, "boolean"),
    (Between("f", 1, 2), "one", "code"),
    (Compare("f", "ge", 1), "one", "number"),
    (Compare("f", "ge", 1), True, "number"),
    (Compare("f", "ge", 1), 1.5, "number"),
    (Compare("f", "ge", 1), Interval(Decimal("NaN"), None), "number"),
    (Compare("f", "ge", 1), Interval(None, Decimal("Infinity")), "number"),
    (Compare("f", "eq", value=True), 1, "number"),
    (OneOf("f", ("1",)), 1, "number"),
]


@pytest.mark.parametrize(("leaf", "held", "kind"), WRONG)
def test_a_value_or_a_comparison_of_another_type_is_refused_without_telling_the_value(leaf, held, kind):
    with pytest.raises(TypeError, match="fact f holds") as caught:
        leaf_truth(leaf, Known(held), FactSignature("f", kind))
    assert "one" not in str(caught.value)
