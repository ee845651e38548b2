"""Half-known dates: how far apart they certainly and possibly lie."""

import pytest

from app.clinical.spans import ANY_DAY, distance, later_by, span, within
from app.logic.truth import Truth
from app.logic.values import Interval


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2026-01-01", "2026-03-26", (84, 84)),
        ("2026-03-26", "2026-01-01", (84, 84)),
        ("2026-01-01", "2026-01-01", (0, 0)),
        ("2026-01", "2026-04", (60, 119)),
        ("2026-04", "2026-01", (60, 119)),
        ("2026", "2026-06-15", (0, 199)),
    ],
)
def test_distance_is_the_same_in_both_directions(one, other, expected):
    assert distance(span(one), span(other)) == Interval(*expected)


def test_a_date_that_is_missing_may_lie_anywhere():
    assert distance(span(None), span("2026-01-01")) == Interval(0, None)
    assert span(None) == ANY_DAY


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((84, 84), Truth.TRUE),
        ((1826, 1826), Truth.TRUE),
        ((83, 83), Truth.FALSE),
        ((1827, 1827), Truth.FALSE),
        ((83, 84), Truth.UNKNOWN),
        ((1826, None), Truth.UNKNOWN),
    ],
)
def test_within_includes_both_ends(value, expected):
    assert within(Interval(*value), 84, 1826) is expected


def test_later_by_has_a_direction():
    assert later_by(span("2026-03-26"), span("2026-01-01"), 84) is Truth.TRUE
    assert later_by(span("2026-03-25"), span("2026-01-01"), 84) is Truth.FALSE
    assert later_by(span("2026-01-01"), span("2026-03-26"), 84) is Truth.FALSE
    assert later_by(span(None), span("2026-01-01"), 84) is Truth.UNKNOWN
