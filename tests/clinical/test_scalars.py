from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from app.clinical.scalars import (
    Count,
    CountRange,
    Day,
    Exact,
    FreeText,
    GestationalAge,
    PartialDate,
    Whole,
    Wire,
    partial_date_bounds,
)
from app.logic.values import Interval


class Sample(Wire):
    whole: Whole | None = None
    exact: Exact | None = None
    day: Day | None = None
    partial: PartialDate | None = None
    count: Count | None = None
    text: FreeText | None = None


def read(json: str) -> Sample:
    return Sample.model_validate_json(json)


@pytest.mark.parametrize("text", ["30", "30.0"])
def test_an_integer_may_be_written_with_a_zero_fraction(text):
    assert read(f'{{"whole": {text}}}').whole == 30


@pytest.mark.parametrize("text", ["true", '"30"', "30.5", "null1", "[30]"])
def test_nothing_else_is_an_integer(text):
    with pytest.raises(ValidationError):
        read(f'{{"whole": {text}}}')


def test_numbers_are_exact_decimals():
    assert read('{"exact": 0.1}').exact == Decimal("0.1")
    assert read('{"exact": 7}').exact == 7


@pytest.mark.parametrize("text", ["true", '"7"', '"nan"', '"inf"'])
def test_strings_and_booleans_are_no_numbers(text):
    with pytest.raises(ValidationError):
        read(f'{{"exact": {text}}}')


@pytest.mark.parametrize(
    "text", ["2026-02-30", "0001-01-01", "9999-01-01", "2026-11-25T00:00:00", "2026-11-25T15:00:00+15:00", "20261125"]
)
def test_impossible_days_are_refused(text):
    with pytest.raises(ValidationError):
        read(f'{{"day": "{text}"}}')


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2023-02", (date(2023, 2, 1), date(2023, 2, 28))),
        ("2024-02-29", (date(2024, 2, 29), date(2024, 2, 29))),
    ],
)
def test_a_partial_date_is_the_days_it_names(text, bounds):
    assert partial_date_bounds(text) == bounds


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-00", "2023-02-29", "24", "2024-2", "2024-02-00", "1899", "2201", "٢٠٢٤"]
)
def test_other_text_is_no_partial_date(text):
    with pytest.raises(ValueError):
        partial_date_bounds(text)


def test_a_week_alone_is_its_seven_days():
    assert GestationalAge(weeks=34).in_days == Interval(238, 244)
    assert GestationalAge(weeks=10, days=0).in_days == Interval(70, 70)
    assert GestationalAge(weeks=6, weeks_max=7).in_days == Interval(42, 55)


def test_a_range_of_weeks_has_no_days_and_is_ordered():
    for wrong in ({"weeks": 6, "days": 1, "weeks_max": 7}, {"weeks": 6, "weeks_max": 5}):
        with pytest.raises(ValidationError):
            GestationalAge(**wrong)


def test_counts_may_be_ranges():
    assert read('{"count": 3}').count == 3
    assert read('{"count": {"minimum": 2}}').count == CountRange(minimum=2)
    with pytest.raises(ValidationError):
        read('{"count": {"minimum": 3, "maximum": 2}}')


@pytest.mark.parametrize("text", ["a\\u0000b", "a\\u202eb", "a\\u200bb", "a\\u0007b"])
def test_control_and_bidi_characters_are_refused(text):
    with pytest.raises(ValidationError):
        read(f'{{"text": "{text}"}}')


def test_ordinary_text_is_taken():
    assert read('{"text": "mg/mmol, näïve"}').text == "mg/mmol, näïve"
