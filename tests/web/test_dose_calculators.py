"""Calculators of dose, volume, rate, duration and vaccine interval through the API: worked examples, refusals, half-known input."""

import pytest

from tests.web.calculator_calls import fault, figures, ids, post


def value(response, name):
    return figures(response)[name]["value"]


def ends(response, name):
    found = figures(response)[name]
    return found["minimum"], found["maximum"]


# Dose and volume.


def dose(amount, weight, percent, unit="g/kg", **more):
    return {
        "dose": {"value": amount, "unit": unit},
        "dosing_weight_kg": weight,
        "concentration_percent": percent,
        **more,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (dose(0.4, 62, 10, vials={"sizes_g": [2.5], "rule": "nearest"}), (24.8, 248, 25, 250)),
        (dose(1, 72.1, 10, vials={"sizes_g": [5, 10], "rule": "down"}), (72.1, 721, 70, 700)),
        (dose(0.5, 70, 5, vials={"sizes_g": [2.5, 5, 10], "rule": "nearest"}), (35, 700, 35, 700)),
        (dose(400, 62, 10, "mg/kg", vials={"sizes_g": [2.5], "rule": "nearest"}), (24.8, 248, 25, 250)),
    ],
)
def test_dose_volume_worked_examples(client, body, expected):
    found = figures(post(client, "dose-volume", body))
    names = ("dose", "volume", "dose_in_vials", "volume_in_vials")
    assert tuple(found[name]["value"] for name in names) == expected


def test_without_vials_none_are_made_up(client):
    assert set(figures(post(client, "dose-volume", dose(0.4, 62, 10)))) == {"dose", "volume"}


def test_a_half_known_weight_bounds_dose_and_volume_and_has_no_vials(client):
    weight = {"minimum": 60, "maximum": 64}
    answer = post(client, "dose-volume", dose(0.4, weight, 10))
    assert (ends(answer, "dose"), ends(answer, "volume")) == ((24, 25.6), (240, 256))
    body = dose(0.4, weight, 10, vials={"sizes_g": [5], "rule": "down"})
    assert fault(post(client, "dose-volume", body))["pointer"] == "/vials"


@pytest.mark.parametrize(("amount", "noted"), [(1, False), (1.01, True)])
def test_more_than_one_gram_a_day_is_remarked(client, amount, noted):
    answer = post(client, "dose-volume", dose(amount, 62, 10))
    assert ids(answer, "notes") == (["above-daily-limit"] if noted else [])


@pytest.mark.parametrize(
    ("amount", "unit", "taken"),
    [
        (0.0099, "g/kg", False),
        (0.01, "g/kg", True),
        (4, "g/kg", True),
        (4.1, "g/kg", False),
        (400, "g/kg", False),
        (9.9, "mg/kg", False),
        (10, "mg/kg", True),
        (4000, "mg/kg", True),
        (4001, "mg/kg", False),
    ],
)
def test_doses_that_look_like_a_unit_error(client, amount, unit, taken):
    response = post(client, "dose-volume", dose(amount, 62, 10, unit))
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == "/dose/value"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (dose(0.4, 29, 10), "/dosing_weight_kg"),
        (dose(0.4, 62, 10, vials={"sizes_g": [0.25], "rule": "nearest"}), "/vials/sizes_g"),
        (dose(0.1, 30, 10, vials={"sizes_g": [5], "rule": "down"}), "/vials/sizes_g"),
    ],
)
def test_refusals_of_doses_name_the_field_sent(client, body, pointer):
    assert fault(post(client, "dose-volume", body))["pointer"] == pointer


def test_an_unknown_concentration_is_refused(client):
    body = {"dose": {"value": 0.4, "unit": "g/kg"}, "dosing_weight_kg": 62}
    assert fault(post(client, "dose-volume", body), "invalid-input")["pointer"] == "/concentration_percent"


# Rates.


@pytest.mark.parametrize(
    ("amount", "unit", "percent", "weight", "expected"),
    [
        (0.5, "mg/kg/min", 10, 70, {"rate_ml_per_minute": 0.005, "rate_ml_per_hour": 0.3, "pump_rate": 21.0}),
        (8, "mg/kg/min", 10, 70, {"rate_ml_per_minute": 0.08, "rate_ml_per_hour": 4.8, "pump_rate": 336.0}),
        (3.33, "mg/kg/min", 5, 60, {"rate_ml_per_minute": 0.0666, "rate_ml_per_hour": 4.0, "pump_rate": 239.8}),
        (5, "mL/kg/h", 10, None, {"rate_mg": 8.33}),
        (0.01, "mL/kg/min", 10, 70, {"rate_mg": 1.0, "pump_rate": 42.0}),
    ],
)
def test_rate_conversion_worked_examples(client, amount, unit, percent, weight, expected):
    body = {"rate": {"value": amount, "unit": unit}, "concentration_percent": percent, "weight_kg": weight}
    found = figures(post(client, "rate-conversion", body))
    assert {name: found[name]["value"] for name in expected} == expected
    assert ("pump_rate" in found) is (weight is not None)


@pytest.mark.parametrize(("weight", "taken"), [(29.9, False), (30, True), (250, True), (250.1, False)])
def test_pump_rates_keep_the_working_limits(client, weight, taken):
    body = {"rate": {"value": 1, "unit": "mg/kg/min"}, "concentration_percent": 10, "weight_kg": weight}
    response = post(client, "rate-conversion", body)
    assert (response.status_code == 200) is taken


def duration(volume, weight, rates, minutes, final):
    steps = [{"ml_kg_min": rate, "minutes": minutes} for rate in rates]
    return {"volume_ml": volume, "weight_kg": weight, "steps": steps, "final_ml_kg_min": final}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (duration(248, 62, (0.01, 0.02, 0.04), 30, 0.08), 113.8),
        (duration(560, 70, (0.01, 0.02, 0.04, 0.06), 15, 0.08), 135.6),
        (duration(800, 80, (0.01, 0.02), 30, 0.033), 335.8),
        (duration(600, 60, (0.01, 0.02, 0.04, 0.08), 30, 0.12), 165.8),
    ],
)
def test_total_duration_worked_examples(client, body, expected):
    answer = post(client, "total-duration", body)
    assert value(answer, "total_duration") == expected
    assert ids(answer, "holds_if") == ["at-risk"]


def test_a_half_known_weight_bounds_the_duration(client):
    lightest, heaviest = (
        figures(post(client, "total-duration", duration(248, kg, (0.01,), 30, 0.08)))["total_duration"]["unrounded"][
            "minimum"
        ]
        for kg in (60, 70)
    )
    body = duration(248, {"minimum": 60, "maximum": 70}, (0.01,), 30, 0.08)
    found = figures(post(client, "total-duration", body))["total_duration"]["unrounded"]
    assert (found["minimum"], found["maximum"]) == (heaviest, lightest)


def test_a_duration_without_a_final_rate_is_refused(client):
    body = duration(248, 62, (0.01,), 30, None)
    assert fault(post(client, "total-duration", body), "invalid-input")["pointer"] == "/final_ml_kg_min"


# Vaccine interval.


def course(amount, last=None, unit="mg/kg"):
    return {"cumulative_dose": {"value": amount, "unit": unit}, "last_infusion_on": last}


@pytest.mark.parametrize(
    ("body", "months", "earliest"),
    [
        (course(400, "2026-03-15"), 8, "2026-11-15"),
        (course(2000, "2026-03-19"), 11, "2027-02-19"),
        (course(1, "2026-06-01", "g/kg"), 10, "2027-04-01"),
        (course(600, "2026-06-30"), 10, "2027-04-30"),
    ],
)
def test_vaccine_interval_worked_examples(client, body, months, earliest):
    answer = post(client, "vaccine-interval", body)
    assert value(answer, "interval") == months
    assert answer.json()["days"][0]["value"] == earliest


@pytest.mark.parametrize(
    ("amount", "months", "expert"), [(400, 8, []), (401, 10, []), (1000, 10, []), (1001, 11, []), (2000, 11, [])]
)
def test_vaccine_interval_on_both_sides_of_each_row(client, amount, months, expert):
    answer = post(client, "vaccine-interval", course(amount))
    assert (value(answer, "interval"), ids(answer, "holds_if"), answer.json()["days"]) == (months, expert, [])


def test_above_the_table_an_expert_is_asked(client):
    answer = post(client, "vaccine-interval", course(2001))
    assert (value(answer, "interval"), ids(answer, "holds_if")) == (11, ["ask-an-expert"])


def test_a_half_known_dose_and_day_bound_the_interval(client):
    answer = post(client, "vaccine-interval", course({"minimum": 300, "maximum": 600}, "2026-06"))
    assert ends(answer, "interval") == (8, 10)
    day = answer.json()["days"][0]
    assert (day["value"], day["earliest"], day["latest"]) == (None, "2027-02-01", "2027-04-30")


@pytest.mark.parametrize(("amount", "unit"), [(10, "mg/kg"), (0.4, "mg/kg"), (400, "g/kg")])
def test_a_dose_that_looks_like_a_unit_error_gives_no_interval(client, amount, unit):
    response = post(client, "vaccine-interval", course(amount, None, unit))
    assert fault(response, "implausible-value")["pointer"] == "/cumulative_dose/value"
