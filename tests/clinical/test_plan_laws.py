"""What must hold of every plan, whatever is ordered for whom."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.clinical.plan_shapes import PlanKind
from app.services.active import bundled
from tests.clinical.plan_orders import planned

RULES = bundled()
PRODUCTS = {item.id: item for item in RULES.knowledge.products}


def maybe(strategy):
    return st.none() | strategy


ORDERS = st.fixed_dictionaries(
    {
        "product": maybe(st.sampled_from(sorted(PRODUCTS))),
        "jurisdiction": maybe(st.sampled_from(["US", "GB-ENG", "EU", "DE", "AU", "CA-ON", "JP"])),
        "indication": maybe(st.sampled_from(["primary_immunodeficiency", "gestational_alloimmune_liver_disease"])),
        "weight_kg": maybe(st.integers(20, 260)),
        "height_cm": maybe(st.integers(110, 230)),
        "sex": maybe(st.just("female")),
        "age_years": maybe(st.integers(10, 70)),
        "pregnancy_status": maybe(st.sampled_from(["pregnant", "not_pregnant", "postpartum"])),
        "dose_g_per_kg": maybe(st.integers(1, 15).map(lambda tenths: tenths / 10)),
        "days": maybe(st.integers(1, 10)),
        "weight_basis": maybe(st.sampled_from(["actual", "ideal", "adjusted_0_4", "adjusted_0_5"])),
        "override_daily_limit": st.booleans(),
        "rounding": maybe(
            st.sampled_from([{"vial_sizes_g": [2.5, 10], "rule": "nearest"}, {"vial_sizes_g": [5], "rule": "down"}])
        ),
        "risk_factors_complete": st.booleans(),
    }
)


@settings(max_examples=250, deadline=None)
@given(ORDERS)
def test_a_plan_is_whole_or_refused(order):
    found = planned(RULES, **order)
    refused = bool(found.refused)
    assert (found.course is None) is refused
    assert (not found.rates) is refused
    if not refused:
        assert found.weight.weight_kg <= order["weight_kg"]
        assert order["dose_g_per_kg"] <= 1 or order["override_daily_limit"]
        check_rates(found, PRODUCTS[order["product"]])


def check_rates(found, product):
    printed = [rate.mg_kg_min for rate in product.max_infusion_rate]
    whom = {"true": ["at_risk"], "false": ["no_listed_factor"], "unknown": ["at_risk", "no_listed_factor"]}
    assert [rate.holds_for for rate in found.rates] == whom[found.at_risk.present]
    for rate in found.rates:
        check_rate(rate, product, printed)


def check_rate(rate, product, printed):
    if rate.holds_for == "at_risk":
        assert (rate.maximum is None) is (product.at_risk_max_mg_kg_min is None)
        printed = [product.at_risk_max_mg_kg_min or 0, *printed]
    if rate.maximum is None:
        assert rate.kind is PlanKind.MINIMUM_PRACTICABLE
        assert (rate.steps, rate.total_minutes, rate.shortest_minutes) == ((), None, None)
        return
    assert rate.initial.mg_kg_min <= rate.maximum.mg_kg_min
    assert any(abs(rate.maximum.mg_kg_min - limit) < limit / 20 for limit in printed)
    if rate.holds_for == "at_risk":
        assert rate.maximum.mg_kg_min <= product.at_risk_max_mg_kg_min
    assert (rate.total_minutes is None) is (product.schedule is None)
    assert (rate.shortest_minutes is None) is (product.schedule is not None)
    if rate.steps:
        assert sum(step.volume_ml for step in rate.steps) == rate.volume_ml
        assert all(step.rate.ml_h <= rate.maximum.ml_h for step in rate.steps)


@settings(max_examples=150, deadline=None)
@given(
    ORDERS,
    st.sampled_from(["pregnancy_status", "age_years", "sex", "weight_kg", "height_cm", "product", "dose_g_per_kg"]),
)
def test_saying_less_never_gives_another_weight(order, name):
    whole, less = planned(RULES, **order), planned(RULES, **{**order, name: None})
    if not less.refused and not whole.refused:
        assert less.weight.weight_kg == whole.weight.weight_kg
        slowest = {rate.holds_for: rate.maximum for rate in less.rates}
        assert {rate.holds_for for rate in whole.rates} <= slowest.keys()
