"""The product table against the evidence: what is not printed stays unknown."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from app.clinical.products import Product

NOT_CONFIRMED = {"qivigy", "gamunex-eu", "nanogam"}
UNKNOWN_COMPOSITION = {"gammagard-liquid-erc", "yimmugo", "iqymune", "intratect-10"}
NO_PLAN = {
    "gammaked",
    "gammagard-liquid-erc",
    "gammagard-sd",
    "gammaplex-5",
    "gammaplex-10",
    "yimmugo",
    "alyglo",
    "kiovig",
    "intratect-5",
    "intratect-10",
    "ig-vena",
}
LIKELY = {
    "gammaked",
    "gammagard-liquid-erc",
    "gammagard-sd",
    "gammaplex-5",
    "yimmugo",
    "alyglo",
    "kiovig",
    "intratect-5",
    "intratect-10",
}
# 6.2 and p-iga-spread; averages (Gamunex-C 46, Gammaked 46, Gammagard Liquid 37, Octagam 10 106, Panzyga 100) are no limits.
IGA = {
    "gammagard-sd": 1,
    "gammagard-liquid-erc": 2,
    "gammaplex-5": 10,
    "gammaplex-10": 20,
    "privigen": 25,
    "iqymune": 28,
    "flebogamma-dif-5": 50,
    "ig-vena": 50,
    "flebogamma-dif-10": 100,
    "alyglo": 100,
    "kiovig": 140,
    "octagam-5": 200,
    "bivigam": 200,
    "asceniv": 200,
    "yimmugo": 500,
    "intratect-5": 900,
    "intratect-10": 1800,
}
AT_RISK = {"panzyga": "3.3", "octagam-5": "3.3", "gammagard-liquid": "3.3", "bivigam": "2.0"}


@pytest.fixture(scope="module")
def products(rules) -> dict[str, Product]:
    return {item.id: item for item in rules.knowledge.products}


def having(products, name: str, value: object) -> set[str]:
    return {item.id for item in products.values() if getattr(item, name) is value}


def test_the_confirmed_rows_are_there_and_no_other(products):
    assert len(products) == 22
    assert not NOT_CONFIRMED & products.keys()
    assert {item.id for item in products.values() if item.confidence == "likely"} == LIKELY


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("contains_proline", {"privigen"}),
        ("contains_sorbitol", {"flebogamma-dif-5", "flebogamma-dif-10", "gammaplex-5"}),
        ("contains_maltose", {"octagam-5", "octagam-10", "ig-vena"}),
        ("contains_corn_maltose", {"octagam-5", "octagam-10"}),
        ("contains_sucrose", set()),
        ("contains_glucose", {"gammagard-sd"}),
    ],
)
def test_what_contains_an_excipient(products, name, expected):
    assert having(products, name, True) == expected
    unknown = UNKNOWN_COMPOSITION | ({"ig-vena"} if name == "contains_corn_maltose" else set())
    assert having(products, name, None) == unknown


def test_only_labelled_maxima_of_iga_are_limits(products):
    assert {item.id: item.iga_max_ug_per_ml for item in products.values() if item.iga_max_ug_per_ml} == IGA
    assert {item.id: item.iga_max_at_percent for item in products.values() if item.iga_max_at_percent} == {
        "gammagard-sd": 5
    }


def test_no_rate_no_plan(products):
    assert {item.id for item in products.values() if not item.rate_plan_possible} == NO_PLAN
    without = {item.id for item in products.values() if not (item.initial_rate and item.max_infusion_rate)}
    assert without == NO_PLAN
    assert {item.id for item in products.values() if not item.initial_rate} == NO_PLAN - {"gammaplex-10"}


def test_printed_ceilings_for_patients_at_risk(products):
    found = {item.id: item.at_risk_max_mg_kg_min for item in products.values() if item.at_risk_max_mg_kg_min}
    assert found == {name: Decimal(value) for name, value in AT_RISK.items()}


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("privigen", {("US", "8"), ("US", "4"), ("EU", "8"), ("EU", "12")}),
        ("octagam-5", {("US", "3.33"), ("EU", "4.2")}),
        ("panzyga", {(None, "14"), (None, "8"), (None, "12")}),
        ("gammagard-liquid", {(None, "8"), (None, "9")}),
    ],
)
def test_maximum_rates_by_region(products, product, expected):
    found = products[product].max_infusion_rate
    assert {(item.region, str(item.mg_kg_min)) for item in found} == expected
    assert len(found) == len(expected)


def test_the_one_printed_schedule(products):
    schedules = {item.id: item.schedule for item in products.values() if item.schedule}
    assert set(schedules) == {"octagam-10"}
    found = schedules["octagam-10"]
    assert [(item.mg_kg_min, item.minutes) for item in found.steps] == [(1, 30), (2, 30), (4, 30), (8, 30)]
    assert (found.then_up_to_mg_kg_min, found.cite) == (12, ("adm-octagam10-steps",))


def test_both_units_of_a_rate_agree_but_for_rounding(products):
    """mL/kg/h = mg/kg/min x 60 / (10 x percent) [products.yaml, conventions]; labels round to one decimal."""
    for item in products.values():
        for rate in (*item.initial_rate, *item.max_infusion_rate):
            exact = rate.mg_kg_min * 60 / (10 * item.concentration_percent[0])
            assert abs(exact - rate.ml_kg_h) <= Decimal("0.2"), (item.id, rate)


def test_every_row_leads_to_a_source(rules, products):
    for item in products.values():
        own = rules.statements[f"product-row-{item.id}"]
        assert own.id in item.cite
        assert own.confidence == item.confidence
        source = rules.sources[own.source]
        assert own.seen_at or source.url or source.kind == "reference"


def test_a_plan_without_a_rate_and_an_iga_maximum_at_no_strength_are_refused(products):
    row = products["gammagard-sd"].model_dump()
    with pytest.raises(ValidationError, match="rate plan"):
        Product.model_validate({**row, "rate_plan_possible": True})
    with pytest.raises(ValidationError, match="strength"):
        Product.model_validate({**row, "iga_max_at_percent": 6})
    with pytest.raises(ValidationError, match="contains_proline"):
        Product.model_validate({name: value for name, value in row.items() if name != "contains_proline"})
