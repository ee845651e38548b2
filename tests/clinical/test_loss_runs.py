"""Consecutive losses and losses after a live birth, CLINICAL_DECISIONS 1b and 7.4."""

import pytest

from tests.clinical.obstetric_cases import COMPLETE, LIVE_BIRTH, lost, value

FOUR = tuple(lost(weeks=weeks) for weeks in (6, 7, 8, 9))


@pytest.mark.parametrize("between", ["live_birth", "neonatal_death", "ectopic", "molar", "termination"])
def test_anything_but_a_loss_ends_a_run(between):
    assert value("losses.longest_run", *FOUR[:2], lost(between), *FOUR[:3], **COMPLETE) == 3


def test_a_loss_of_unknown_type_may_or_may_not_continue_a_run():
    assert value("losses.longest_run", *FOUR[:2], lost("loss_unspecified"), *FOUR[:2], **COMPLETE) == (2, 5)


def test_an_open_list_shows_no_certain_run():
    assert value("losses.longest_run", *FOUR) == (1, None)
    assert value("losses.longest_run", *FOUR, loss_summary={"losses": 4}) == (1, 4)
    assert value("losses.longest_run", *FOUR, loss_summary={"consecutive_losses": 4}) == 4
    assert value("losses.longest_run", *FOUR, **COMPLETE) == 4


def test_a_run_that_the_summary_denies_is_conflicting():
    assert value("losses.longest_run", *FOUR, loss_summary={"consecutive_losses": 2}, **COMPLETE) == "conflicting"


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lost("fetal_death", 23, 6), 4),
        (lost("fetal_death", 24, 0), 3),
        (lost("fetal_death"), (3, 4)),
        (lost("biochemical"), 4),
        (lost("miscarriage"), (3, 4)),
    ],
)
def test_the_ontario_run_ends_before_24w0d(loss, expected):
    assert value("losses.longest_run_before_limit", *FOUR[:3], loss, **COMPLETE) == expected


LATE = lost("fetal_death", 25)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        (FOUR[:2], False),
        (FOUR[:3], True),
        (FOUR, False),
        # With the limit of 24 weeks two, without it three; and with it three, without it four.
        ((*FOUR[:2], LATE), "not_determinable"),
        ((*FOUR[:3], LATE), "not_determinable"),
        # Two or four: three by neither reading.
        ((*FOUR[:2], LATE, FOUR[3]), False),
        ((*FOUR[:2], lost("fetal_death")), "not_determinable"),
    ],
)
def test_the_exact_run_of_ontario_holds_by_both_readings_of_its_limit(losses, expected):
    assert value("losses.ontario_exact_run", *losses, **COMPLETE) == expected


def test_nothing_sent_leaves_the_exact_run_open():
    assert value("losses.ontario_exact_run") == "not_sent"
    assert value("losses.ontario_exact_run", *FOUR[:3]) == "not_determinable"


def test_a_stated_run_bounds_the_ontario_run_from_above_only():
    assert value("losses.longest_run_before_limit", loss_summary={"consecutive_losses": 4}) == (0, 4)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lost(weeks=9, days=6, conception="ivf"), 2),
        (lost(weeks=10, days=0, conception="icsi"), (1, 2)),
        (lost(weeks=10, days=6, conception="icsi"), (1, 2)),
        (lost(weeks=11, days=0, conception="ivf"), 1),
        (lost(weeks=8, conception="natural"), 1),
        (lost(weeks=8, conception="iui"), 1),
        (lost(weeks=8), (1, 2)),
        (lost("biochemical", conception="frozen_transfer"), 2),
    ],
)
def test_the_trial_after_assisted_conception_counts_to_week_ten(loss, expected):
    first = lost(weeks=7, conception="frozen_transfer")
    assert value("losses.longest_run_after_art", first, loss, **COMPLETE) == expected


def test_losses_after_a_live_birth():
    fact_id = "losses.count_after_live_birth"
    assert value(fact_id, lost(), LIVE_BIRTH, *FOUR, **COMPLETE) == 4
    assert value(fact_id, *FOUR, LIVE_BIRTH, **COMPLETE) == 0
    assert value(fact_id, LIVE_BIRTH, *FOUR) == (4, None)
    assert value(fact_id, lost("neonatal_death"), lost("loss_unspecified"), **COMPLETE) == (0, 1)
    assert value(fact_id, loss_summary={"losses": 4, "live_births": 0}) == 0
    assert value(fact_id, loss_summary={"losses": 4, "live_births": 1}) == (0, 4)
    assert value(fact_id) == "not_sent"
