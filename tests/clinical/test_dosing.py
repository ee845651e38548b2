"""Worked examples of evidence calculators.yaml, and the edges of each calculator."""

from decimal import Decimal
from itertools import pairwise

import pytest

from app.clinical.dosing import (
    DomainError,
    RateStep,
    adjusted_body_weight,
    body_mass_index,
    check_height,
    check_weight,
    dose_g,
    grams_of,
    ideal_body_weight,
    infusion_minutes,
    mg_per_kg_min,
    ml_per_kg_hour,
    ml_per_kg_min,
    pump_ml_per_hour,
    volume_ml,
    walk_steps,
)
from app.clinical.sections import Sex

D = Decimal
LIMITS = {
    "dosing.weight_min_kg": 30,
    "dosing.weight_max_kg": 250,
    "dosing.height_min_cm": 120,
    "dosing.height_max_cm": 220,
    "dosing.ideal_weight_from_cm": 152,
}
OCTAGAM_10 = tuple(RateStep(D(rate), 30) for rate in ("0.01", "0.02", "0.04", "0.08"))


def shown(value: D, places: str) -> D:
    return value.quantize(D(places))


@pytest.mark.parametrize(("weight", "height", "expected"), [(62, 158, "24.8"), (95, 165, "34.9"), (120, 172, "40.6")])
def test_body_mass_index(weight, height, expected):
    assert shown(body_mass_index(weight, height, LIMITS), "0.1") == D(expected)


@pytest.mark.parametrize(("height", "expected"), [(158, "50.57"), (165, "56.91"), (172, "63.25")])
def test_ideal_weight_of_women(height, expected):
    assert shown(ideal_body_weight(Sex.FEMALE, height, LIMITS), "0.01") == D(expected)


def test_ideal_weight_of_men_starts_4_5_kg_higher():
    assert ideal_body_weight(Sex.MALE, 165, LIMITS) - ideal_body_weight(Sex.FEMALE, 165, LIMITS) == D("4.5")


@pytest.mark.parametrize(
    ("weight", "height", "factor", "expected"),
    [(95, 165, "0.4", "72.1"), (120, 172, "0.4", "85.9"), (120, 172, "0.5", "91.6")],
)
def test_adjusted_weight(weight, height, factor, expected):
    ideal = ideal_body_weight(Sex.FEMALE, height, LIMITS)
    assert shown(adjusted_body_weight(weight, ideal, D(factor)), "0.1") == D(expected)


def test_adjusted_weight_never_exceeds_the_actual_one():
    assert adjusted_body_weight(60, 60, D("0.4")) == 60
    with pytest.raises(DomainError) as caught:
        adjusted_body_weight(D("59.9"), 60, D("0.4"))
    assert (caught.value.field, caught.value.reason) == ("weight_kg", "below_adjusted")


@pytest.mark.parametrize("factor", [0, 1, D("-0.4"), D("1.4")])
def test_a_factor_is_a_fraction(factor):
    with pytest.raises(DomainError, match="factor: not_a_fraction"):
        adjusted_body_weight(90, 60, factor)


@pytest.mark.parametrize(
    ("g_per_kg", "weight", "percent", "grams", "volume"),
    [("0.4", "62", 10, "24.8", 248), ("1", "72.1", 10, "72.1", 721), ("0.5", "70", 5, "35", 700)],
)
def test_dose_and_volume(g_per_kg, weight, percent, grams, volume):
    assert dose_g(D(g_per_kg), D(weight)) == D(grams)
    assert volume_ml(D(grams), percent) == volume
    assert grams_of(volume, percent) == D(grams)


@pytest.mark.parametrize(
    ("mg_kg_min", "percent", "weight", "ml_kg_h", "ml_h"),
    [("0.5", 10, 70, "0.3", "21.0"), ("8", 10, 70, "4.8", "336.0"), ("3.33", 5, 60, "4.0", "239.8")],
)
def test_rate_conversion(mg_kg_min, percent, weight, ml_kg_h, ml_h):
    assert shown(ml_per_kg_hour(D(mg_kg_min), percent), "0.1") == D(ml_kg_h)
    assert shown(pump_ml_per_hour(ml_per_kg_min(D(mg_kg_min), percent), weight), "0.1") == D(ml_h)


def test_rate_back_to_milligrams():
    assert shown(mg_per_kg_min(5, 10), "0.01") == D("8.33")
    assert mg_per_kg_min(ml_per_kg_hour(D("3.3"), 10), 10) == D("3.3")


def test_the_pump_formula_reproduces_its_table():
    assert pump_ml_per_hour(D("0.01"), 70) == 42  # adm-pump-formula prints 0.01 x 70 x 60 = 42 mL/h


@pytest.mark.parametrize(
    ("volume", "weight", "steps", "final", "expected"),
    [
        (248, 62, OCTAGAM_10, "0.12", "113.8"),
        (560, 70, tuple(RateStep(D(rate), 15) for rate in ("0.01", "0.02", "0.04", "0.06")), "0.08", "135.6"),
        (800, 80, (RateStep(D("0.01"), 30), RateStep(D("0.02"), 30)), "0.033", "335.8"),
        (600, 60, OCTAGAM_10, "0.12", "165.8"),
    ],
    ids=["octagam-10", "gammaplex-5 arithmetic", "panzyga at risk", "octagam-10 to the maximum"],
)
def test_total_duration(volume, weight, steps, final, expected):
    assert shown(infusion_minutes(volume, weight, steps, D(final)), "0.1") == D(expected)


def test_the_steps_of_a_walk_join_and_add_up():
    found = walk_steps(600, 60, OCTAGAM_10, D("0.12"))
    assert [part.volume_ml for part in found] == [18, 36, 72, 144, 330]
    assert [part.start for part in found] == [0, 30, 60, 90, 120]
    assert all(one.end == two.start for one, two in pairwise(found))


def test_a_walk_ends_inside_a_step():
    found = walk_steps(248, 62, OCTAGAM_10, D("0.12"))
    assert [part.ml_kg_min for part in found] == [D("0.01"), D("0.02"), D("0.04"), D("0.08")]
    assert found[-1].volume_ml == D("117.8")


def test_a_walk_that_ends_with_a_step_has_no_empty_last_part():
    assert len(walk_steps(18, 60, OCTAGAM_10, D("0.12"))) == 1


@pytest.mark.parametrize(("check", "low", "high"), [(check_weight, 30, 250), (check_height, 120, 220)])
def test_working_limits_include_their_ends(check, low, high):
    check(low, LIMITS)
    check(high, LIMITS)
    for outside in (low - D("0.1"), high + D("0.1")):
        with pytest.raises(DomainError, match="outside_working_limits") as caught:
            check(outside, LIMITS)
        assert str(outside) not in str(caught.value)


def test_the_ideal_weight_starts_at_152_cm():
    assert ideal_body_weight(Sex.FEMALE, 152, LIMITS) > 45
    with pytest.raises(DomainError, match="height_cm: below_formula"):
        ideal_body_weight(Sex.FEMALE, D("151.9"), LIMITS)


@pytest.mark.parametrize(("weight", "height"), [(29, 165), (251, 165), (60, 119), (60, 221)])
def test_no_body_mass_index_outside_the_working_limits(weight, height):
    with pytest.raises(DomainError):
        body_mass_index(weight, height, LIMITS)


@pytest.mark.parametrize("zero", [0, D("-0.1")])
def test_amounts_are_above_zero(zero):
    for attempt in (
        lambda: dose_g(zero, 60),
        lambda: dose_g(1, zero),
        lambda: volume_ml(zero, 10),
        lambda: volume_ml(1, zero),
        lambda: grams_of(zero, 10),
        lambda: ml_per_kg_min(zero, 10),
        lambda: mg_per_kg_min(zero, 10),
        lambda: pump_ml_per_hour(zero, 60),
        lambda: walk_steps(zero, 60, (), 1),
        lambda: walk_steps(100, zero, (), 1),
        lambda: walk_steps(100, 60, (), zero),
        lambda: walk_steps(100, 60, (RateStep(D(zero), 30),), 1),
    ):
        with pytest.raises(DomainError, match="not_positive"):
            attempt()
