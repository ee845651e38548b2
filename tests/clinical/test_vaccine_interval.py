"""Wait before a measles- or varicella-containing vaccine (CLINICAL_DECISIONS 6.5; calculators.yaml `live-vaccine-interval`)."""

from datetime import date
from decimal import Decimal

import pytest

from app.clinical.vaccine_interval import add_months, vaccine_interval
from app.errors import InputError
from app.logic.truth import Truth
from app.logic.values import Interval


@pytest.fixture(scope="module")
def parameters(rules):
    return {item.id: item for item in rules.knowledge.parameters}


@pytest.mark.parametrize(
    ("dose", "last", "months", "until"),
    [
        (400, "2026-03-15", 8, date(2026, 11, 15)),
        (2000, "2026-03-19", 11, date(2027, 2, 19)),
        (1000, "2026-06-01", 10, date(2027, 4, 1)),
        (600, "2026-06-30", 10, date(2027, 4, 30)),
    ],
)
def test_worked_examples(parameters, dose, last, months, until):
    found = vaccine_interval(dose, date.fromisoformat(last), parameters)
    assert (found.months, found.months_at_least) == (months, months)
    assert (found.ends_on_earliest, found.ends_on_latest) == (until, until)


@pytest.mark.parametrize(
    ("dose", "months", "expert"),
    [
        ("400", 8, Truth.FALSE),
        ("400.1", 10, Truth.FALSE),
        ("1000", 10, Truth.FALSE),
        ("1000.1", 11, Truth.FALSE),
        ("2000", 11, Truth.FALSE),
        ("2000.1", 11, Truth.TRUE),
    ],
)
def test_boundaries_of_the_rows(parameters, dose, months, expert):
    found = vaccine_interval(Decimal(dose), None, parameters)
    assert (found.months, found.expert) == (months, expert)
    assert (found.ends_on_earliest, found.ends_on_latest, found.measles_check_until) == (None, None, None)


def test_a_half_known_dose_waits_for_the_longest_it_allows(parameters):
    found = vaccine_interval(Interval(400, None), "2026-03-15", parameters)
    assert (found.months_at_least, found.months, found.expert) == (8, 11, Truth.UNKNOWN)
    assert (found.ends_on_earliest, found.ends_on_latest) == (date(2026, 11, 15), date(2027, 2, 15))
    within = vaccine_interval(Interval(401, 1000), None, parameters)
    assert (within.months_at_least, within.months, within.expert) == (10, 10, Truth.FALSE)


def test_a_partial_date_gives_the_earliest_and_the_latest_end(parameters):
    found = vaccine_interval(1000, "2026-02", parameters)
    assert (found.ends_on_earliest, found.ends_on_latest) == (date(2026, 12, 1), date(2026, 12, 28))


def test_the_label_stands_beside_and_the_longer_is_the_default(parameters):
    found = vaccine_interval(400, "2026-03-15", parameters)
    assert (found.label_months, found.label_measles_months) == (3, 12)
    assert found.measles_check_until == date(2027, 3, 15)
    longer = {**parameters, "vaccine.label_months": parameters["vaccine.label_months"].model_copy(update={"value": 9})}
    assert vaccine_interval(400, None, longer).months == 9


def test_sentences_are_those_of_the_rule_set_and_cited(parameters):
    found = vaccine_interval(2000, None, parameters)
    assert found.because[0].text == parameters["vaccine.third_months"].text
    assert {"vax-11m", "vax-eu", "vax-reverse", "vax-unaffected", "measles-acip"} <= set(found.evidence)
    assert not {"vax-8m", "vax-10m"} & set(found.evidence)
    said = " ".join(item.text for item in found.because)
    assert "ask an expert" not in said
    assert "contraindicated in pregnancy" in said
    assert "ask an expert" in " ".join(item.text for item in vaccine_interval(2001, None, parameters).because)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 11, date(2027, 2, 28)),
        (date(2027, 3, 31), 11, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 8, date(2027, 8, 31)),
        (date(2026, 1, 31), 11, date(2026, 12, 31)),
        (date(2026, 2, 28), 10, date(2026, 12, 28)),
    ],
)
def test_calendar_months_at_month_ends(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize("dose", [0, -1, 2, 10, 40_001, Decimal("NaN"), Interval(0, 400), Interval(400, 50_000)])
def test_a_dose_in_the_wrong_unit_is_refused(parameters, dose):
    with pytest.raises(InputError) as refused:
        vaccine_interval(dose, None, parameters)
    assert [item.pointer for item in refused.value.problems] == ["/dose_mg_per_kg"]
    assert refused.value.type in {"implausible-value", "invalid-input"}


def test_the_limits_of_the_dose_are_taken(parameters):
    assert vaccine_interval(Decimal("10.1"), None, parameters).months == 8
    assert vaccine_interval(40_000, None, parameters).months == 11


@pytest.mark.parametrize("given", ["2026-13", "last spring", "2026-02-30", ""])
def test_a_text_that_is_no_date_is_refused_without_repeating_it(parameters, given):
    with pytest.raises(InputError) as refused:
        vaccine_interval(400, given, parameters)
    problem = refused.value.problems[0]
    assert (problem.pointer, problem.code) == ("/given_on", "wrong_format")
    assert not given or given not in problem.detail
