"""The products for one patient (CLINICAL_DECISIONS 6.2): nothing unknown ever makes one suitable."""

import json
import random

import pytest
from pydantic import TypeAdapter

from app.clinical.catalogue import Case
from app.clinical.facts import derive
from app.clinical.product_choice import ProductChoice, choose
from app.clinical.ruleset import RuleSet
from app.services.intake import read_history
from tests.clinical.safety_facts import AS_OF, diagnosis
from tests.knowledge.test_never_say import history as made_up

UNKNOWN_COMPOSITION = {"gammagard-liquid-erc", "yimmugo", "iqymune", "intratect-10"}
MALTOSE = {"octagam-5", "octagam-10", "ig-vena"}
SORBITOL = {"flebogamma-dif-5", "flebogamma-dif-10", "gammaplex-5"}
PRODUCTS = 22
# What must be known for a patient about whom no product needs a warning.
HEALTHY = {
    "patient": {"age_years": 34, "weight_kg": 60, "height_cm": 168, "prepregnancy_weight_kg": 60},
    "pregnancy_status": "not_pregnant",
    "conditions": [],
    "medications": [],
    "allergies": [],
    "previous_ivig": [],
    "laboratory": [
        {"test": "iga", "value": 150, "unit": "mg/dL", "on": "2026-11-20"},
        {"test": "creatinine", "value": 60, "unit": "umol/L", "on": "2026-11-20"},
    ],
    "complete_sections": ["conditions", "medications", "allergies", "previous_ivig", "laboratory"],
}


@pytest.fixture(scope="module")
def products(rules):
    def ask(jurisdiction=None, rules=rules, **history) -> ProductChoice:
        body = json.dumps({"as_of": "2026-11-25", "jurisdiction": jurisdiction, **history}).encode()
        case = Case(read_history(body, AS_OF), AS_OF, rules.parameters)
        return choose(rules, rules.program.evaluate(derive(case)), jurisdiction)

    return ask


def having(choice: ProductChoice, suitability: str) -> set[str]:
    return {item.id for item in choice.products if item.suitability == suitability}


def reasons(choice: ProductChoice, product: str) -> dict:
    return {item.id: item for item in choice.of(product).reasons}


def test_a_patient_of_whom_all_is_known_is_warned_of_unknown_composition_only(products):
    choice = products(**HEALTHY)
    assert having(choice, "suitable_with_warning") == UNKNOWN_COMPOSITION
    assert len(having(choice, "suitable")) == PRODUCTS - len(UNKNOWN_COMPOSITION)
    assert set(reasons(choice, "yimmugo")) == {"product-composition-unknown"}
    assert (choice.provisos, choice.ranked_by, choice.missing) == ((), (), ())


@pytest.mark.parametrize(
    ("condition", "excluded"),
    [("hyperprolinaemia", {"privigen"}), ("hereditary_fructose_intolerance", SORBITOL)],
)
def test_a_condition_excludes_what_contains_and_warns_of_what_may_contain(products, condition, excluded):
    choice = products(**{**HEALTHY, "conditions": [diagnosis("present", condition)]})
    assert having(choice, "excluded") == excluded
    assert having(choice, "suitable_with_warning") == UNKNOWN_COMPOSITION
    for product in UNKNOWN_COMPOSITION:
        assert len(reasons(choice, product)) == 2


def test_the_reason_names_the_rule_the_truth_and_the_evidence(products):
    choice = products(conditions=[diagnosis("present", "hyperprolinaemia")])
    found = reasons(choice, "privigen")["product-hyperprolinaemia"]
    assert (found.level, found.patient, found.product, found.missing) == ("exclude", "true", "true", ())
    assert found.evidence == ("ci-hyperprolinaemia",)
    assert "L-proline" in found.text
    unknown = reasons(choice, "iqymune")["product-hyperprolinaemia"]
    assert (unknown.level, unknown.patient, unknown.product) == ("warn", "true", "unknown")
    assert "read its label" in unknown.text


def test_gammaplex_is_excluded_although_its_row_is_to_be_checked(products):
    choice = products(conditions=[diagnosis("present", "hereditary_fructose_intolerance")])
    assert {item.id: item.to_be_checked for item in choice.products if item.suitability == "excluded"} == {
        "flebogamma-dif-5": False,
        "flebogamma-dif-10": False,
        "gammaplex-5": True,
    }


def test_corn_allergy_excludes_octagam_and_leaves_the_other_maltose_open(products):
    choice = products(**{**HEALTHY, "allergies": [{"code": "corn", "status": "present"}]})
    assert having(choice, "excluded") == {"octagam-5", "octagam-10"}
    assert having(choice, "suitable_with_warning") == UNKNOWN_COMPOSITION | {"ig-vena"}
    assert "ask the manufacturer" in reasons(choice, "ig-vena")["product-corn-allergy"].text


@pytest.mark.parametrize(
    ("section", "code", "rule", "concerned"),
    [
        ("allergies", "corn", "product-corn-allergy", MALTOSE),
        ("conditions", "hyperprolinaemia", "product-hyperprolinaemia", {"privigen"}),
        ("conditions", "hereditary_fructose_intolerance", "product-fructose-intolerance", SORBITOL),
    ],
)
def test_a_fact_not_known_is_named_and_warns(products, section, code, rule, concerned):
    sections = ("conditions", "allergies")
    known = [{"code": "migraine", "status": "absent"}]
    choice = products(**{**HEALTHY, "complete_sections": [], **dict.fromkeys(sections, known)})
    fact = f"{'allergy' if section == 'allergies' else 'condition'}.{code}"
    assert fact in choice.missing
    for product in concerned | UNKNOWN_COMPOSITION:
        found = reasons(choice, product)[rule]
        assert (found.level, found.patient, found.missing) == ("warn", "unknown", (fact,))
        assert found.text.startswith("Not known whether she")
        assert choice.of(product).suitability == "suitable_with_warning"
    assert all(
        rule not in reasons(choice, item.id)
        for item in choice.products
        if item.id not in concerned | UNKNOWN_COMPOSITION
    )


@pytest.mark.parametrize("code", ["diabetes", "gestational_diabetes", "glucose_monitoring"])
def test_maltose_and_glucose_meters(products, code):
    choice = products(**{**HEALTHY, "conditions": [diagnosis("present", code)]})
    assert having(choice, "excluded") == set()
    assert having(choice, "suitable_with_warning") == MALTOSE | UNKNOWN_COMPOSITION
    assert "15 hours" in reasons(choice, "ig-vena")["product-maltose-glucose-meter"].text


def test_kidney_risk_warns_only_where_sucrose_is_not_known_to_be_absent(products):
    choice = products(**{**HEALTHY, "conditions": [diagnosis("present", "renal_impairment")]})
    concerned = {item.id for item in choice.products if "product-sucrose-kidney" in reasons(choice, item.id)}
    assert concerned == UNKNOWN_COMPOSITION


def test_low_iga_ranks_by_the_labelled_maximum_and_the_unknown_last(products):
    low = [{"test": "iga", "value": 3, "unit": "mg/dL", "on": "2026-11-20"}, HEALTHY["laboratory"][1]]
    choice = products(**{**HEALTHY, "laboratory": low})
    ranked = [item for item in choice.products if item.suitability == "suitable"]
    limits = [item.iga_max_ug_per_ml for item in ranked]
    known = [item for item in limits if item is not None]
    assert known == sorted(known)
    assert limits == [*known, *[None] * (len(limits) - len(known))]
    assert [item.id for item in ranked[:3]] == ["gammaplex-5", "gammaplex-10", "privigen"]
    assert {item.id for item in ranked if item.iga_max_ug_per_ml is None} == {
        "gamunex-c",
        "gammaked",
        "gammagard-liquid",
        "octagam-10",
        "panzyga",
    }
    assert [item.id for item in choice.ranked_by] == ["product-iga-ranking"]
    assert "ranked last" in reasons(choice, "panzyga")["product-iga-ranking"].text
    warned = [item.id for item in choice.products if item.suitability == "suitable_with_warning"]
    assert warned == ["gammagard-sd", "gammagard-liquid-erc", "iqymune", "yimmugo", "intratect-5", "intratect-10"]
    assert "5% and no stronger" in reasons(choice, "gammagard-sd")["product-low-iga-strength"].text


def test_iga_not_measured_ranks_too_and_asks(products):
    choice = products()
    assert choice.ranked_by[0].patient == "unknown"
    assert "iga.deficiency" in choice.missing


def test_nothing_known_makes_nothing_suitable_that_contains_anything(products):
    choice = products()
    assert having(choice, "excluded") == set()
    assert not having(choice, "suitable") & (MALTOSE | SORBITOL | UNKNOWN_COMPOSITION | {"privigen"})
    assert {item.id for item in choice.provisos} == {
        "contraindication-immunoglobulin-reaction",
        "contraindication-iga-antibodies",
    }


def test_an_absolute_contraindication_leaves_no_product(products):
    choice = products(previous_ivig=[{"reaction": "anaphylaxis"}])
    assert having(choice, "excluded") == {item.id for item in choice.products}
    assert "contraindication-immunoglobulin-reaction" in reasons(choice, "bivigam")


def test_iga_antibodies_exclude_by_the_wording_of_the_place(products):
    history = {
        **HEALTHY,
        "conditions": [diagnosis("present", "iga_deficiency"), diagnosis("present", "anti_iga_antibodies")],
        "laboratory": HEALTHY["laboratory"][1:],
    }
    assert len(having(products("DE", **history), "excluded")) == len(products("DE", **history).products)
    assert having(products("US", **history), "excluded") == set()


def test_pregnancy_bars_no_product(products):
    pregnant = {name: value for name, value in HEALTHY.items() if name != "pregnancy_status"}
    choice = products(**pregnant, current_pregnancy={"gestational_age": {"weeks": 10}})
    assert choice.of("privigen").suitability == "suitable"
    found = reasons(choice, "privigen")["product-proline-pregnancy"]
    assert (found.level, found.evidence) == ("inform", ("preg-smpc", "preg-proline"))


@pytest.mark.parametrize(
    ("place", "region", "here"),
    [
        (None, "none_chosen", PRODUCTS),
        ("CA-ON", "chosen", {"panzyga"}),
        ("CA", "chosen", {"panzyga"}),
        ("CH", "chosen", {"privigen"}),
        ("AU", "chosen", {"privigen", "flebogamma-dif-5"}),
        ("KR", "not_known", PRODUCTS),
        ("NO", "not_known", PRODUCTS),
    ],
)
def test_products_of_the_region(products, place, region, here):
    choice = products(place, **HEALTHY)
    assert choice.region == region
    assert len(choice.products) + len(choice.elsewhere) == PRODUCTS
    if isinstance(here, set):
        assert {item.id for item in choice.products} == here
        assert {item.in_region for item in choice.elsewhere} == {"unknown"}
    else:
        assert len(choice.products) == here
        assert {item.in_region for item in choice.products} == {"unknown"}


@pytest.mark.parametrize("place", ["DE", "FR", "DK", "AT", "ES", "PL", "EU"])
def test_a_member_state_has_the_products_of_the_union(products, place):
    found = {item.id for item in products(place).products}
    assert {"privigen", "octagam-5", "kiovig", "iqymune", "intratect-10", "ig-vena"} <= found
    assert not {"gamunex-c", "gammagard-liquid", "bivigam", "alyglo"} & found


def test_great_britain_is_not_supplied_as_the_union_is(products):
    found = {item.id for item in products("GB-ENG").products}
    assert "gammaplex-10" in found
    assert not {"panzyga", "ig-vena"} & found


def test_a_product_is_found_wherever_it_is_supplied(products):
    choice = products("GB-ENG", conditions=[diagnosis("present", "hereditary_fructose_intolerance")])
    assert choice.of("flebogamma-dif-10").suitability == "excluded"
    assert choice.of("gamunex-c").in_region == "unknown"
    assert choice.of("qivigy") is None


def test_a_restriction_of_another_place_does_not_reach(products, rules):
    only_us = tuple(
        item.model_copy(update={"jurisdictions": ("US",)}) if item.id == "product-hyperprolinaemia" else item
        for item in rules.knowledge.rules
    )
    changed = RuleSet(rules.knowledge.model_copy(update={"rules": only_us}), rules.document, "x", "x")
    history = {**HEALTHY, "conditions": [diagnosis("present", "hyperprolinaemia")]}
    assert products("US", changed, **history).of("privigen").suitability == "excluded"
    assert products("DE", changed, **history).of("privigen").suitability == "suitable"


def more(chance: random.Random) -> dict:
    codes = ("hyperprolinaemia", "hereditary_fructose_intolerance", "diabetes", "iga_deficiency", "renal_impairment")
    drawn = {
        "conditions": [diagnosis(chance.choice(("present", "absent")), code) for code in chance.sample(codes, 3)],
        "allergies": [{"code": "corn", "status": chance.choice(("present", "absent"))}],
    }
    return {name: value for name, value in drawn.items() if chance.random() < 0.7}


def test_every_product_has_one_suitability_for_everybody(products):
    for seed in range(150):
        given = {**made_up(seed), **more(random.Random(seed))}
        place = given.pop("jurisdiction", None)
        choice = products(place, **given)
        everything = (*choice.products, *choice.elsewhere)
        assert len({item.id for item in everything}) == len(everything) == PRODUCTS
        for item in everything:
            levels = {reason.level for reason in item.reasons}
            expected = (
                "excluded" if "exclude" in levels else "suitable_with_warning" if "warn" in levels else "suitable"
            )
            assert item.suitability == expected
            assert item.id not in UNKNOWN_COMPOSITION or item.suitability != "suitable"
            assert all(reason.evidence and reason.text for reason in item.reasons)
            for reason in item.reasons:
                assert reason.level != "exclude" or (reason.patient, reason.product) == ("true", "true")
        order = [("suitable", "suitable_with_warning", "excluded").index(item.suitability) for item in choice.products]
        assert order == sorted(order)


def test_what_is_called_suitable_stays_so_when_more_is_known(products):
    sparse = products()
    for fact in ("hyperprolinaemia", "hereditary_fructose_intolerance", "diabetes"):
        for status in ("present", "absent"):
            known = products(conditions=[diagnosis(status, fact)])
            for item in sparse.products:
                if item.suitability == "suitable":
                    assert known.of(item.id).suitability == "suitable"


def test_the_answer_is_json_with_numbers(products):
    found = json.loads(TypeAdapter(ProductChoice).dump_json(products(**HEALTHY)))
    limits = {item["id"]: item["iga_max_ug_per_ml"] for item in found["products"]}
    assert (limits["privigen"], limits["gamunex-c"]) == (25, None)
    assert isinstance(limits["privigen"], int)
