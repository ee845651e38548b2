"""How fast (CLINICAL_DECISIONS 6.7, steps 1 to 5; products.yaml; calculators.yaml total-duration)."""

from decimal import Decimal

import pytest

from app.clinical.plan_shapes import PlanKind
from tests.clinical.plan_orders import AT_RISK, D, planned, refusals

UNKNOWN = {"risk_factors_complete": None}
WITH_RATES = (
    "gamunex-c",
    "privigen",
    "octagam-5",
    "octagam-10",
    "gammagard-liquid",
    "bivigam",
    "flebogamma-dif-5",
    "flebogamma-dif-10",
    "panzyga",
    "asceniv",
    "iqymune",
)
PRINTED_CEILING = {"panzyga": "3.3", "octagam-5": "3.3", "gammagard-liquid": "3.3", "bivigam": "2.0"}


def only(found):
    assert not found.refused
    assert len(found.rates) == 1
    return found.rates[0]


def shown(value: Decimal, places: str = "0.1") -> Decimal:
    return value.quantize(D(places))


def test_octagam_10_follows_the_printed_steps(rules):
    rate = only(planned(rules))
    assert rate.kind is PlanKind.SCHEDULE
    assert [step.volume_ml for step in rate.steps] == [D("18.6"), D("37.2"), D("74.4"), D("117.8")]
    assert [step.end_minute for step in rate.steps[:3]] == [30, 60, 90]
    assert shown(rate.total_minutes) == D("113.8")
    assert rate.shortest_minutes is None
    assert rate.schedule_for


def test_octagam_10_goes_on_at_the_maximum_after_its_steps(rules):
    rate = only(planned(rules, weight_kg=60, dose_g_per_kg=1, days=1))
    assert [step.printed for step in rate.steps] == [True, True, True, True, False]
    assert rate.steps[-1].volume_ml == 330
    assert shown(rate.steps[-1].rate.ml_h) == D("432.0")  # 7.2 mL/min
    assert shown(rate.total_minutes) == D("165.8")


def test_the_first_pump_rate(rules):
    rate = only(
        planned(
            rules,
            weight_kg=70,
            height_cm=172,
            product="privigen",
            jurisdiction="US",
            indication="primary_immunodeficiency",
        )
    )
    assert (rate.initial.ml_h, rate.maximum.ml_h) == (21, 336)  # worked examples of rate-conversion


@pytest.mark.parametrize("product", sorted(set(WITH_RATES) - {"octagam-10"}))
def test_without_printed_steps_there_are_bounds_and_no_time(rules, product):
    rate = only(planned(rules, product=product))
    assert rate.kind is PlanKind.BOUNDS
    assert rate.steps == ()
    assert rate.total_minutes is None
    assert shown(rate.shortest_minutes) == shown(rate.volume_ml * 60 / rate.maximum.ml_h)
    assert rate.notes[0].id == "plan-bounds"


def test_every_other_product_is_refused(rules):
    for product in rules.knowledge.products:
        found = planned(rules, product=product.id)
        if product.id not in WITH_RATES:
            assert "refuse-rate-unknown" in refusals(found), product.id
            assert found.rates == ()
            assert found.course is None


@pytest.mark.parametrize(
    ("place", "indication", "mg_kg_min"),
    [
        ("US", "primary_immunodeficiency", 8),
        ("US", "chronic_immune_thrombocytopenia", 4),
        ("US", "recurrent_pregnancy_loss", 4),
        ("US", None, 4),
        ("DE", None, 8),
        ("EU", "primary_immunodeficiency", 8),  # 12 only if tolerated
        ("JP", None, 4),
        (None, None, 4),
    ],
)
def test_privigen_by_place_and_indication(rules, place, indication, mg_kg_min):
    rate = only(planned(rules, product="privigen", jurisdiction=place, indication=indication))
    assert rate.maximum.mg_kg_min == mg_kg_min


def test_the_lowest_maximum_says_that_it_is_a_choice(rules):
    several = only(planned(rules, product="privigen"))
    assert "plan-lowest-maximum" in [note.id for note in several.notes]
    single = only(planned(rules, product="bivigam"))
    assert "plan-lowest-maximum" not in [note.id for note in single.notes]


def test_of_two_printed_figures_the_lower_is_used(rules):
    # Gammagard Liquid prints 8 mg/kg/min and 5.0 mL/kg/h, which is 8.33.
    rate = only(planned(rules, product="gammagard-liquid"))
    assert (rate.maximum.mg_kg_min, shown(rate.maximum.ml_kg_h)) == (8, D("4.8"))
    # Octagam 5% in the EU prints 4.2 mg/kg/min (5.04 mL/kg/h) and 5 mL/kg/h.
    rate = only(planned(rules, product="octagam-5", jurisdiction="EU"))
    assert shown(rate.maximum.ml_kg_h, "0.001") == 5


@pytest.mark.parametrize("product", PRINTED_CEILING)
def test_a_patient_at_risk_is_held_to_the_printed_ceiling(rules, product):
    rate = only(planned(rules, product=product, **AT_RISK))
    assert rate.holds_for == "at_risk"
    assert shown(rate.maximum.mg_kg_min) == D(PRINTED_CEILING[product])
    assert rate.capped
    assert rate.label_words


def test_panzyga_at_risk_by_the_pump(rules):
    found = planned(rules, product="panzyga", weight_kg=80, height_cm=165, dose_g_per_kg=1, days=1, **AT_RISK)
    rate = only(found)
    assert rate.volume_ml == 800
    assert shown(rate.maximum.ml_h) == D("158.4")  # 2.64 mL/min
    assert shown(rate.shortest_minutes) == D("303.0")  # 800 / 2.64


@pytest.mark.parametrize("product", sorted(set(WITH_RATES) - set(PRINTED_CEILING)))
def test_at_risk_without_a_printed_figure_nothing_is_computed(rules, product):
    rate = only(planned(rules, product=product, **AT_RISK))
    assert rate.kind is PlanKind.MINIMUM_PRACTICABLE
    assert rate.maximum is None
    assert rate.steps == ()
    assert rate.total_minutes is None
    assert rate.shortest_minutes is None
    assert rate.label_words
    assert rate.initial.ml_h > 0


def test_an_unknown_risk_shows_both_and_names_what_is_not_known(rules):
    found = planned(rules, product="panzyga", **UNKNOWN)
    assert [rate.holds_for for rate in found.rates] == ["at_risk", "no_listed_factor"]
    assert found.rates[0].maximum.ml_h < found.rates[1].maximum.ml_h
    assert found.rates[1].condition.id == "plan-no-factor"
    assert found.at_risk.present == "unknown"
    assert "thrombosis-risk/central-line" in [item.id for item in found.at_risk.factors_unknown]


def test_the_unknown_factors_are_those_that_nothing_answers(rules):
    said = [{"id": "thrombosis-risk/central-line", "present": "no"}]
    unknown = [item.id for item in planned(rules, risk_factors=said, **UNKNOWN).at_risk.factors_unknown]
    assert "thrombosis-risk/central-line" not in unknown
    assert "thrombosis-risk/pregnancy" not in unknown  # sent as not pregnant
    assert "renal-failure-risk/overweight" not in unknown  # 24.8 kg/m2
    assert "thrombosis-risk/oestrogen" in unknown


def test_an_answer_unknown_is_no_answer(rules):
    said = [{"id": "thrombosis-risk/central-line", "present": "unknown"}]
    found = planned(rules, risk_factors=said, **UNKNOWN)
    assert "thrombosis-risk/central-line" in [item.id for item in found.at_risk.factors_unknown]


@pytest.mark.parametrize(
    "changes",
    [
        {"pregnancy_status": "pregnant"},
        {"pregnancy_status": None, "postpartum_days": 42},
        {"age_years": 45},
        {"weight_kg": 62.5},  # 25.04 kg/m2
    ],
)
def test_factors_of_the_order_itself_count(rules, changes):
    found = planned(rules, product="panzyga", **changes)
    assert found.at_risk.present == "true"
    assert [rate.holds_for for rate in found.rates] == ["at_risk"]


@pytest.mark.parametrize("changes", [{"age_years": 44}, {"weight_kg": 62.4}])  # 24.996 kg/m2
def test_just_below_a_factor_there_is_none(rules, changes):
    assert planned(rules, **changes).at_risk.present == "false"


def test_a_no_does_not_unsay_a_factor_that_is_known(rules):
    said = [{"id": "thrombosis-risk/pregnancy", "present": "no"}]
    assert planned(rules, pregnancy_status="pregnant", risk_factors=said).at_risk.present == "true"


def test_no_factor_never_clears_a_patient(rules):
    found = planned(rules)
    assert found.at_risk.present == "false"
    assert found.at_risk.evidence == ("box-thrombosis-no-factor",)
    assert only(found).condition.id == "plan-no-factor"


def test_a_place_that_the_product_table_does_not_list_is_said(rules):
    assert "plan-product-place" in [note.id for note in planned(rules, product="bivigam", jurisdiction="JP").notes]
    assert "plan-product-place" not in [note.id for note in planned(rules, product="bivigam", jurisdiction="US").notes]
