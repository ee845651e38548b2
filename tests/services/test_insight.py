"""Rules gone silent or jumping, over changes of version."""

from datetime import date, timedelta
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.insight import EXPECTED, SQUARED, drift, insights
from app.store.counts import CountKey

TODAY = date(2026, 11, 25)
RULES = {"1.0.0": frozenset({"a", "b", "gone"}), "1.1.0": frozenset({"a", "b", "new"})}


def active(*keys: str, version: str = "1.0.0") -> SimpleNamespace:
    return SimpleNamespace(version=version, conditions=dict.fromkeys(keys))


def counts(*rows: tuple[int, str, str, str, int]) -> dict[CountKey, int]:
    """Days ago, version, kind, name, how often."""
    return {CountKey(TODAY - timedelta(days=ago), version, kind, name): n for ago, version, kind, name, n in rows}


def report(found, rules=None, rule=None, days=35, recent=7):
    return insights(found, rules or active("a", "b"), lambda version: RULES[version], TODAY, days, recent, rule)


@pytest.mark.parametrize(
    ("fired", "asked", "before", "asked_before", "what"),
    [
        (0, 100, 100, 1000, "silent"),  # ten were to be expected
        (0, 99, 100, 1000, None),  # fewer than ten
        (1, 100, 100, 1000, None),  # one of ten: less than four standard errors
        (10, 100, 100, 1000, None),
        (60, 100, 100, 1000, "more"),
        (400, 1000, 800, 1000, "less"),
        (50, 50, 100, 100, None),  # always, before and now
        (50, 0, 100, 100, None),
        (50, 100, 0, 0, None),
        (30, 1000, 0, 1000, "more"),  # from never to sometimes
        (3, 10, 0, 1000, None),  # a handful
    ],
)
def test_what_stands_out(fired, asked, before, asked_before, what):
    assert drift(fired, asked, before, asked_before) == what


shares = st.tuples(st.integers(1, 5000), st.integers(1, 5000)).map(lambda pair: (min(pair), max(pair)))


@given(shares, shares)
def test_the_whole_numbers_say_what_the_fractions_say(now, before):
    (x, n), (big_x, big_n) = now, before
    pooled = Fraction(x + big_x, n + big_n)
    spread = pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, big_n))
    far = spread > 0 and (Fraction(x, n) - Fraction(big_x, big_n)) ** 2 >= SQUARED * spread
    enough = pooled * min(n, big_n) >= EXPECTED
    more = Fraction(x, n) > Fraction(big_x, big_n)
    assert drift(x, n, big_x, big_n) == (("more" if more else "less") if far and enough else None)


def test_counts_by_version_and_day():
    found = counts(
        (0, "1.1.0", "assessed", "native", 3),
        (0, "1.1.0", "assessed", "fhir", 2),
        (1, "1.0.0", "assessed", "native", 7),
        (0, "1.1.0", "fired", "a", 4),
        (1, "1.0.0", "fired", "a", 6),
        (1, "1.0.0", "fired", "a/part", 2),
        (40, "1.0.0", "fired", "a", 99),
    )
    told = report(found, rule="a")
    assert [(item.day, item.version, item.assessments, item.fired) for item in told.days] == [
        (TODAY - timedelta(days=1), "1.0.0", 7, 6),
        (TODAY, "1.1.0", 5, 4),
    ]
    assert [(item.rule, item.version, item.fired) for item in told.firings] == [
        ("a", "1.0.0", 6),
        ("a", "1.1.0", 4),
        ("a/part", "1.0.0", 2),
    ]
    assert told.never == ("b",)
    assert report(found).days[0].fired is None


def test_a_rule_gone_silent_with_a_new_version_is_told():
    found = counts(
        (20, "1.0.0", "assessed", "native", 1000),
        (20, "1.0.0", "fired", "a", 500),
        (20, "1.0.0", "fired", "b", 100),
        (1, "1.1.0", "assessed", "native", 1000),
        (1, "1.1.0", "fired", "b", 100),
    )
    told = report(found, active("a", "b", "new", version="1.1.0")).drifts
    assert [(item.rule, item.what) for item in told] == [("a", "silent")]
    assert (told[0].recent_fired, told[0].recent_assessments) == (0, 1000)
    assert (told[0].before_fired, told[0].before_assessments) == (500, 1000)


def test_a_new_rule_has_no_past_and_an_old_one_no_present():
    found = counts(
        (20, "1.0.0", "assessed", "native", 1000),
        (20, "1.0.0", "fired", "gone", 900),
        (1, "1.1.0", "assessed", "native", 1000),
        (1, "1.1.0", "fired", "new", 900),
    )
    assert report(found, active("a", "b", "new", version="1.1.0")).drifts == ()


def test_a_rule_taken_up_again_is_compared_with_the_versions_that_held_it():
    found = counts(
        (20, "1.0.0", "assessed", "native", 1000),
        (20, "1.0.0", "fired", "gone", 500),
        (10, "1.1.0", "assessed", "native", 100_000),
        (1, "1.0.0", "assessed", "native", 1000),
        (1, "1.0.0", "fired", "gone", 500),
    )
    assert report(found, active("a", "b", "gone")).drifts == ()


def test_the_worst_comes_first_and_the_edges_of_the_windows_are_kept():
    found = counts(
        (34, "1.0.0", "assessed", "native", 1000),
        (34, "1.0.0", "fired", "a", 500),
        (35, "1.0.0", "assessed", "native", 10**6),
        (6, "1.0.0", "assessed", "native", 1000),
        (6, "1.0.0", "fired", "b", 500),
    )
    told = report(found)
    assert [(item.rule, item.what) for item in told.drifts] == [("a", "silent"), ("b", "more")]
    assert (told.first, told.recent_first, told.last) == (TODAY - timedelta(34), TODAY - timedelta(6), TODAY)
    assert told.drifts[0].before_assessments == 1000


def test_what_was_not_understood_is_summed_by_place():
    found = counts(
        (0, "1.0.0", "unread", "/conditions/*/code", 2),
        (3, "1.0.0", "unread", "/conditions/*/code", 3),
        (3, "1.0.0", "unread", "/medications/*/code", 9),
    )
    assert [(item.place, item.count) for item in report(found).unread] == [
        ("/medications/*/code", 9),
        ("/conditions/*/code", 5),
    ]
