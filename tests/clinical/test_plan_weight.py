"""Which weight a dose is worked out from (CLINICAL_DECISIONS 6.7; calculators.yaml ddw; safety-rule R17)."""

import pytest

from app.clinical.plan_doses import WeightBasis
from tests.clinical.plan_orders import D, planned, refusals

LARGE = {"weight_kg": 95, "height_cm": 165}
GALD = {"indication": "gestational_alloimmune_liver_disease", "jurisdiction": "CA-ON"}
PREGNANT = {"pregnancy_status": "pregnant", "sex": None}


def weight_of(found, places="0.1"):
    assert not found.refused
    return found.weight.basis, found.weight.weight_kg.quantize(D(places))


def because(found) -> list[str]:
    return [item.id for item in found.weight.because]


def test_australia_takes_the_adjusted_weight(rules):
    found = planned(rules, jurisdiction="AU", **LARGE)
    assert weight_of(found) == (WeightBasis.ADJUSTED_0_4, D("72.1"))
    assert found.weight.chosen_by == "rule"
    assert "weight-australia" in because(found)


def test_a_pregnant_woman_is_dosed_by_her_actual_weight(rules):
    found = planned(rules, jurisdiction="AU", **LARGE, **PREGNANT)
    assert weight_of(found) == (WeightBasis.ACTUAL, D("95.0"))
    assert because(found)[0] == "weight-pregnant"
    assert found.weight.chosen_by == "exception"


@pytest.mark.parametrize(
    ("changes", "basis"),
    [
        ({"age_years": 17}, WeightBasis.ACTUAL),
        ({"age_years": 18}, WeightBasis.ADJUSTED_0_4),
        ({"height_cm": 151.9}, WeightBasis.ACTUAL),
        ({"height_cm": 152}, WeightBasis.ADJUSTED_0_4),
        ({"weight_kg": 56.9}, WeightBasis.ACTUAL),  # ideal weight at 165 cm is 56.91 kg
        ({"weight_kg": 57}, WeightBasis.ADJUSTED_0_4),
    ],
)
def test_exceptions_ask_for_actual_weight(rules, changes, basis):
    assert planned(rules, jurisdiction="AU", **{**LARGE, **changes}).weight.basis is basis


@pytest.mark.parametrize(
    ("missing", "field"),
    [("pregnancy_status", "/pregnancy_status"), ("age_years", "/age_years"), ("sex", "/sex")],
)
def test_what_decides_the_weight_is_never_assumed(rules, missing, field):
    found = planned(rules, jurisdiction="AU", **{**LARGE, missing: None})
    assert refusals(found) == ["refuse-weight-undetermined"]
    assert found.refused[0].fields == (field,)
    assert found.weight.weight_kg is None
    assert found.course is None
    assert found.rates == ()


def test_without_a_local_rule_pregnancy_need_not_be_known(rules):
    found = planned(rules, pregnancy_status=None)
    assert weight_of(found) == (WeightBasis.ACTUAL, D("62.0"))
    assert because(found)[0] == "weight-no-rule"


def test_a_known_exception_settles_what_else_is_unknown(rules):
    found = planned(rules, jurisdiction="AU", age_years=None, **LARGE, **PREGNANT)
    assert found.weight.basis is WeightBasis.ACTUAL


@pytest.mark.parametrize("place", ["GB", "GB-ENG"])
def test_england_takes_the_ideal_weight(rules, place):
    found = planned(rules, jurisdiction=place, **LARGE)
    assert weight_of(found, "0.01") == (WeightBasis.IDEAL, D("56.91"))


@pytest.mark.parametrize("place", ["GB-SCT", "DK", "JP", "CA-BC", None])
def test_no_rule_travels_to_another_place(rules, place):
    found = planned(rules, jurisdiction=place, **LARGE)
    assert found.weight.basis is WeightBasis.ACTUAL
    assert because(found)[0] == "weight-no-rule"


def test_ontario_names_no_factor_so_the_sender_does(rules):
    found = planned(rules, jurisdiction="CA-ON", **LARGE)
    assert refusals(found) == ["refuse-weight-factor"]
    assert found.refused[0].fields == ("/weight_basis",)
    chosen = planned(rules, jurisdiction="CA-ON", weight_basis="adjusted_0_5", **LARGE)
    assert weight_of(chosen) == (WeightBasis.ADJUSTED_0_5, D("76.0"))  # 56.91 + 0.5 x 38.09


@pytest.mark.parametrize(
    ("weight", "height", "asked"),
    [
        (81, 165, False),  # 29.75 kg/m2
        (82, 165, True),  # 30.12 kg/m2
        (76.8, 160, True),  # exactly 30: "BMI below 30" no longer holds
        (100, 200, False),
        (100.1, 200, True),
    ],
)
def test_us_experts_adjust_from_a_body_mass_index_of_30_or_above_100_kg(rules, weight, height, asked):
    found = planned(rules, jurisdiction="US", weight_kg=weight, height_cm=height)
    assert refusals(found) == (["refuse-weight-factor"] if asked else [])
    if not asked:
        assert because(found)[0] == "weight-below-threshold"


def test_the_neonatal_entry_of_ontario_adjusts_in_pregnancy(rules):
    order = {**LARGE, **PREGNANT, **GALD, "dose_g_per_kg": 1, "days": 1}
    assert refusals(planned(rules, **order)) == ["refuse-weight-factor"]
    found = planned(rules, weight_basis="adjusted_0_4", **order)
    assert weight_of(found) == (WeightBasis.ADJUSTED_0_4, D("72.1"))
    assert "weight-ontario-alloimmune-liver" in because(found)


def test_the_neonatal_entry_is_for_that_indication_only(rules):
    found = planned(rules, jurisdiction="CA-ON", **LARGE, **PREGNANT)
    assert found.weight.basis is WeightBasis.ACTUAL
    assert "weight-ontario-alloimmune-liver" in because(found)  # shown beside it while the indication is not known
    other = planned(rules, jurisdiction="CA-ON", indication="immune_thrombocytopenia", **LARGE, **PREGNANT)
    assert "weight-ontario-alloimmune-liver" not in because(other)


@pytest.mark.parametrize(("weight", "grams"), [(160, "98.15"), (170, "100")])
def test_the_neonatal_entry_holds_a_dose_at_100_g(rules, weight, grams):
    # Ideal weight at 165 cm is 56.9111 kg: 56.9111 + 0.4 x (160 - 56.9111) = 98.15; at 170 kg it is 102.15.
    order = {**PREGNANT, **GALD, "height_cm": 165, "weight_kg": weight, "weight_basis": "adjusted_0_4"}
    found = planned(rules, **order, dose_g_per_kg=1, days=1)
    assert found.course.daily[0].dose_g.quantize(D("0.01")) == D(grams)
    assert ("plan-dose-capped" in [item.id for item in found.notes]) is (weight == 170)


def test_rounding_never_passes_the_100_g(rules):
    order = {**PREGNANT, **GALD, "height_cm": 165, "weight_kg": 170, "weight_basis": "adjusted_0_4"}
    sizes = {"vial_sizes_g": [30], "rule": "nearest"}
    found = planned(rules, **order, dose_g_per_kg=1, days=1, rounding=sizes)
    assert found.course.daily[0].rounded.dose_g == 90


@pytest.mark.parametrize("changes", [PREGNANT, {"age_years": 17}, {"height_cm": 150}, {"weight_kg": 50}])
def test_an_adjusted_weight_is_not_chosen_against_an_exception(rules, changes):
    found = planned(rules, weight_basis="adjusted_0_4", **{**LARGE, **changes})
    assert refusals(found) == ["refuse-weight-excluded"]


def test_an_adjusted_weight_is_not_chosen_while_pregnancy_is_not_known(rules):
    found = planned(rules, weight_basis="ideal", pregnancy_status=None, **LARGE)
    assert refusals(found) == ["refuse-weight-undetermined"]


def test_the_sender_may_choose_actual_weight_anywhere(rules):
    found = planned(rules, jurisdiction="AU", weight_basis="actual", **LARGE)
    assert weight_of(found) == (WeightBasis.ACTUAL, D("95.0"))
    assert because(found)[:2] == ["weight-chosen", "weight-australia"]


def test_every_alternative_is_shown_with_its_dose_and_source(rules):
    found = planned(rules, jurisdiction="AU", weight_kg=120, height_cm=172, dose_g_per_kg=1, days=1)
    shown = {item.basis.value: item.weight_kg.quantize(D("0.1")) for item in found.weight.alternatives}
    assert shown == {"actual": 120, "ideal": D("63.2"), "adjusted_0_4": D("85.9"), "adjusted_0_5": D("91.6")}
    assert all(item.evidence and item.dose_g_per_day == item.weight_kg for item in found.weight.alternatives)


def test_an_alternative_that_does_not_hold_says_why(rules):
    short = planned(rules, height_cm=150)
    assert {item.not_computed for item in short.weight.alternatives[1:]} == {"below_formula"}
    light = planned(rules, height_cm=172, weight_kg=50)
    assert [item.not_computed for item in light.weight.alternatives] == [None, None, "below_adjusted", "below_adjusted"]
    unknown = planned(rules, sex=None)
    assert {item.not_computed for item in unknown.weight.alternatives[1:]} == {"sex_not_sent"}


def test_the_body_mass_index_is_that_before_pregnancy(rules):
    found = planned(rules, prepregnancy_weight_kg=62, **{**LARGE, "height_cm": 158}, **PREGNANT)
    assert found.weight.body_mass_index.quantize(D("0.1")) == D("24.8")
    assert planned(rules, **PREGNANT).weight.body_mass_index is None
