"""Filters over products: only what is known matches, and what is not known is said."""

from decimal import Decimal
from itertools import product as combinations

import pytest

from app.clinical.jurisdictions import markets
from app.clinical.product_filter import Selection, Wanted, select

UNKNOWN_COMPOSITION = {"gammagard-liquid-erc", "yimmugo", "iqymune", "intratect-10"}
UNKNOWN_IGA = {"gamunex-c", "gammaked", "gammagard-liquid", "octagam-10", "panzyga"}
WITH_SUGAR = {
    "octagam-5",
    "octagam-10",
    "ig-vena",
    "flebogamma-dif-5",
    "flebogamma-dif-10",
    "gammaplex-5",
    "gammagard-sd",
}


@pytest.fixture(scope="module")
def found(rules):
    def ask(**wanted) -> Selection:
        return select(rules.knowledge.products, Wanted(**wanted))

    return ask


def matching(selection: Selection) -> set[str]:
    return {item.id for item in selection.matching}


def not_known(selection: Selection) -> dict[str, tuple[str, ...]]:
    return {item.product.id: item.filters for item in selection.not_known}


def test_nothing_asked_is_everything(found):
    assert len(found().matching) == 22
    assert found().not_known == ()


def test_sugar_free_means_known_to_be_free_of_all_four(found, rules):
    everything = {item.id for item in rules.knowledge.products}
    assert matching(found(sugar_free=True)) == everything - WITH_SUGAR - UNKNOWN_COMPOSITION
    assert not_known(found(sugar_free=True)) == dict.fromkeys(UNKNOWN_COMPOSITION, ("sugar_free",))
    assert matching(found(sugar_free=False)) == WITH_SUGAR
    assert not_known(found(sugar_free=False)).keys() == UNKNOWN_COMPOSITION


def test_proline_free(found, rules):
    everything = {item.id for item in rules.knowledge.products}
    assert matching(found(proline_free=True)) == everything - {"privigen"} - UNKNOWN_COMPOSITION
    assert not_known(found(proline_free=True)).keys() == UNKNOWN_COMPOSITION
    assert matching(found(proline_free=False)) == {"privigen"}


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("0.9", set()),
        ("1", {"gammagard-sd"}),
        ("2", {"gammagard-sd", "gammagard-liquid-erc"}),
        ("24.9", {"gammagard-sd", "gammagard-liquid-erc", "gammaplex-5", "gammaplex-10"}),
        ("25", {"gammagard-sd", "gammagard-liquid-erc", "gammaplex-5", "gammaplex-10", "privigen"}),
    ],
)
def test_iga_is_the_labelled_maximum_and_no_average(found, limit, expected):
    selection = found(iga_at_most=Decimal(limit))
    assert matching(selection) == expected
    assert not_known(selection) == dict.fromkeys(UNKNOWN_IGA, ("iga_at_most",))


def test_a_maximum_printed_for_one_strength_says_nothing_about_another(found):
    assert matching(found(iga_at_most=Decimal(5), concentration=5)) == {"gammagard-sd"}
    strong = found(iga_at_most=Decimal(5), concentration=10)
    assert matching(strong) == {"gammagard-liquid-erc"}
    assert not_known(strong).keys() == UNKNOWN_IGA | {"gammagard-sd"}


def test_filters_combine_and_a_known_no_outweighs_the_unknown(found):
    selection = found(regions=frozenset({"US"}), sugar_free=True, iga_at_most=Decimal(100))
    assert matching(selection) == {"privigen", "gammaplex-10", "alyglo"}
    # Yimmugo's composition is not known, but its IgA (500) is; Octagam 10%'s IgA is not known, but its maltose is.
    assert not_known(selection) == {
        "gammagard-liquid-erc": ("sugar_free",),
        **dict.fromkeys(("gamunex-c", "gammaked", "gammagard-liquid", "panzyga"), ("iga_at_most",)),
    }


def test_a_place_has_the_products_of_its_country_and_its_union(found, rules):
    def at(place: str) -> set[str]:
        return matching(found(regions=markets(place, rules.jurisdictions)))

    assert at("GB-ENG") == at("GB")
    assert at("AT") == at("EU") == at("DE")
    assert "panzyga" in at("CA-ON")
    assert at("CH") == {"privigen"}
    assert at("NO") == at("KR") == set()


def test_every_product_matches_is_left_out_as_unknown_or_is_known_not_to_match(found, rules):
    choices = (True, False, None)
    for sugar, proline, iga, strength in combinations(
        choices, choices, (Decimal(1), Decimal(200), None), (5, 10, None)
    ):
        selection = found(sugar_free=sugar, proline_free=proline, iga_at_most=iga, concentration=strength)
        assert not matching(selection) & not_known(selection).keys()
        for item in selection.matching:
            if sugar:
                assert item.contains_maltose is item.contains_sucrose is item.contains_sorbitol is False
            if proline:
                assert item.contains_proline is False
            if iga:
                assert item.iga_max_ug_per_ml is not None
                assert item.iga_max_ug_per_ml <= iga
            if strength:
                assert strength in item.concentration_percent
