from decimal import Decimal

import pytest

from app.web.svg import Scale, document, number, paragraph, text


def test_text_is_escaped():
    assert "&lt;script&gt; &amp;" in text(0, 0, "<script> &")
    drawn = document(10, 10, "<title>", "a & b", ()).decode()
    assert "&lt;title&gt;" in drawn
    assert "a &amp; b" in drawn


@pytest.mark.parametrize(
    ("value", "shown"), [("5", "5"), ("5.04", "5"), ("5.05", "5.1"), ("100", "100"), ("0", "0"), ("297.65", "297.7")]
)
def test_figures_have_at_most_one_decimal(value, shown):
    assert number(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("top", "marks"),
    [("6", [0, 1, 2, 3, 4, 5, 6]), ("6.1", [0, 2, 4, 6]), ("113.8", [0, 20, 40, 60, 80, 100]), ("0.5", [0])],
)
def test_an_axis_is_marked_at_round_values(top, marks):
    assert list(Scale(Decimal(top), 0, 100).ticks()) == marks


def test_a_scale_runs_either_way():
    assert Scale(Decimal(10), 80, 780).at(Decimal(5)) == 430
    assert Scale(Decimal(10), 200, 0).at(Decimal(10)) == 0


def test_long_text_is_wrapped_and_measured():
    lines, below = paragraph(0, 100, "word " * 60, wide=50)
    assert len(lines) == 6
    assert below == 100 + 6 * 17
