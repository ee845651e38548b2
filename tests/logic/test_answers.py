"""The stretches that comparisons cut the number line into, and one number that stands for each."""

from decimal import Decimal
from itertools import pairwise

import pytest

from app.logic.answers import OTHER, Region, possible_answers, regions, thresholds
from app.logic.comparisons import leaf_truth
from app.logic.conditions import Between, Compare, OneOf
from app.logic.values import FactSignature, Interval, Known, Reason, Unknown

LOSSES = FactSignature("losses", "number")


def region(low, high, ends="()"):
    return Region(low, high, low_included=ends[0] == "[", high_included=ends[1] == "]")


SAMPLES = [
    (region(None, None), 0),
    (region(None, 5), 4),
    (region(None, 5, "(]"), 5),
    (region(5, None), 6),
    (region(5, None, "[)"), 5),
    (region(2, 4, "[)"), 2),
    (region(2, 4, "[]"), 2),
    (region(2, 4, "(]"), 4),
    (region(2, 4), 3),
    (region(2, 3), Decimal("2.5")),
    (region(Decimal("0.5"), 1), Decimal("0.75")),
]


@pytest.mark.parametrize(("where", "expected"), SAMPLES)
def test_a_sample_lies_in_its_region(where, expected):
    assert where.sample() == expected


MEETS = [
    (region(2, 4), Interval(None, 2), False),
    (region(2, 4, "[)"), Interval(None, 2), True),
    (region(2, 4), Interval(None, 3), True),
    (region(2, 4), Interval(4, None), False),
    (region(2, 4, "(]"), Interval(4, None), True),
    (region(2, 4), Interval(3, None), True),
    (region(2, 4), Interval(0, 1), False),
    (region(2, 4), Interval(5, 9), False),
    (region(2, 4), Interval(None, None), True),
    (region(None, 4), Interval(-9, -9), True),
    (region(None, 4), Interval(4, 4), False),
    (region(2, None), Interval(9, 9), True),
    (region(2, None), Interval(2, 2), False),
]


@pytest.mark.parametrize(("where", "known", "expected"), MEETS)
def test_a_region_meets_what_is_known_where_they_share_a_number(where, known, expected):
    assert where.meets(known) is expected


def test_a_fact_that_no_comparison_reads_has_one_answer():
    assert regions(LOSSES, ()) == (region(None, None),)


def test_the_regions_of_one_threshold():
    assert regions(LOSSES, (Compare("losses", "ge", 2),)) == (region(None, 2), region(2, None, "[)"))
    assert regions(LOSSES, (Compare("losses", "gt", 2),)) == (region(None, 2, "(]"), region(2, None))
    equal = (region(None, 2), region(2, 2, "[]"), region(2, None))
    assert regions(LOSSES, (Compare("losses", "eq", 2),)) == equal


def test_every_number_of_a_region_gets_the_same_truths():
    leaves = (Between("losses", 1, 3), Compare("losses", "lt", Decimal("2.5")), Compare("losses", "ne", 4))
    cut = regions(LOSSES, leaves)
    assert (cut[0].low, cut[-1].high) == (None, None)
    for before, after in pairwise(cut):
        assert before.high == after.low
        assert before.high_included is not after.low_included
    for number in (Decimal(quarter) / 4 for quarter in range(-4, 24)):
        (inside,) = [item for item in cut if item.meets(Interval(number, number))]
        told = [leaf_truth(leaf, Known(inside.sample()), LOSSES) for leaf in leaves]
        assert told == [leaf_truth(leaf, Known(number), LOSSES) for leaf in leaves], number


def test_yes_and_no_are_the_answers_of_a_boolean():
    answers = possible_answers(FactSignature("married", "boolean"), (Compare("married", "eq", value=True),))
    assert [(item.says, item.known) for item in answers] == [(True, Known(value=True)), (False, Known(value=False))]


def test_what_is_unknown_rules_nothing_out():
    leaves = (Compare("losses", "ge", 2),)
    assert possible_answers(LOSSES, leaves, Unknown(Reason.NOT_RECORDED)) == possible_answers(LOSSES, leaves)
    assert [item.known for item in possible_answers(LOSSES, leaves)] == [Known(1), Known(2)]


def test_codes_named_by_either_comparison_are_answers():
    leaves = (Compare("group", "ne", "b"), OneOf("group", ("c",)))
    assert [item.says for item in possible_answers(FactSignature("group", "code"), leaves)] == [OTHER, "b", "c"]


def test_only_numbers_are_thresholds():
    leaves = (Compare("n", "ge", 2), OneOf("c", ("a",)), Compare("c", "eq", "a"), Compare("b", "eq", value=True))
    assert tuple(thresholds((*leaves, Between("n", 1, Decimal("2.5"))))) == (2, 1, Decimal("2.5"))
