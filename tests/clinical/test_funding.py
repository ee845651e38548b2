"""Funding per place and indication, CLINICAL_DECISIONS 7.2 and 7.4: apart from candidacy, never a decision."""

from datetime import date

import pytest

from app.clinical.candidacy_rules import Funding
from app.clinical.catalogue import Case
from app.clinical.facts import derive
from app.clinical.funding import funding
from app.clinical.history import Indication, PatientHistory
from app.clinical.jurisdictions import reach, reaches
from app.clinical.rules import Contraindication, Criterion
from app.clinical.ruleset import RuleSet
from app.clinical.stances import FundingStatus
from app.logic.conditions import rules_of
from tests.places import EU_MEMBERS, NOT_LISTED

TODAY = date(2026, 11, 25)
RPL, RIF = Indication.RECURRENT_PREGNANCY_LOSS, Indication.RECURRENT_IMPLANTATION_FAILURE
APS = Indication.ANTIPHOSPHOLIPID_SYNDROME
FNAIT = Indication.FETAL_NEONATAL_ALLOIMMUNE_THROMBOCYTOPENIA
PLACES = (
    None,
    "US",
    "GB",
    "GB-ENG",
    "GB-SCT",
    "GB-WLS",
    "AU",
    "CA",
    "CA-ON",
    "CA-QC",
    "KR",
    "JP",
    "BR",
    "CH",
    "NO",
    "EU",
)
LOST = {"outcome": "miscarriage", "gestational_age": {"weeks": 8, "days": 0}, "confirmed_by": "ultrasound"}
UNDER_HEPARIN = {**LOST, "treatments": ["heparin_prophylactic"]}
WELL = {"age_years": 36, "height_cm": 165, "weight_kg": 62, "smoker": False}
MET = {
    "patient": WELL,
    "pregnancy_status": "trying",
    "complete_sections": ["pregnancies"],
    "pregnancies": [LOST, LOST, LOST, UNDER_HEPARIN],
}


def find(rules, place, indication=RPL, **sent):
    history = PatientHistory.model_validate(sent, strict=False)
    results = rules.program.evaluate(derive(Case(history, TODAY, rules.parameters)))
    return funding(rules, results, place, indication)


def met(found) -> dict[str, str]:
    return {item.id: item.met for item in found.criteria}


@pytest.mark.parametrize("place", [*PLACES, *EU_MEMBERS, *NOT_LISTED])
def test_no_place_and_no_indication_is_met_with_silence(rules, place):
    history = PatientHistory()
    results = rules.program.evaluate(derive(Case(history, TODAY, rules.parameters)))
    for indication in Indication:
        found = funding(rules, results, place, indication)
        assert found is not None
        assert found.text
        assert found.evidence
        assert (found.indication, found.jurisdiction) == (indication, place)


@pytest.mark.parametrize(
    "place", [*EU_MEMBERS, *NOT_LISTED, "KR", "JP", "BR", "CH", "NO", "EU", "CA", "CA-QC", "GB", "GB-NIR"]
)
def test_where_no_rule_is_held_the_status_says_so(rules, place):
    for indication in Indication:
        assert find(rules, place, indication).status is FundingStatus.NOT_AVAILABLE_HERE


def test_no_place_chosen_decides_nothing(rules):
    assert {find(rules, None, indication).status for indication in Indication} == {FundingStatus.UNDETERMINED}


def test_payment_never_crosses_a_border(rules):
    """US societies reach Ontario and European ones Australia; their payers do not."""
    assert find(rules, "CA-ON").ids == ("funding-ontario-rpl",)
    assert find(rules, "CA-QC").ids == ("funding-canada",)
    assert find(rules, "AU", RIF).ids == ("funding-australia-others",)
    assert find(rules, "CH").ids == ("funding-elsewhere",)
    assert find(rules, "DE-BY").ids == ("funding-eu",)
    assert find(rules, "US-NY").ids == ("funding-us-rpl",)


def test_a_status_on_statements_to_be_checked_says_so(rules):
    england = find(rules, "GB-ENG")
    assert england.status is FundingStatus.NOT_COMMISSIONED
    assert england.evidence_to_be_checked
    assert not find(rules, "US").evidence_to_be_checked
    assert not find(rules, "AU").evidence_to_be_checked


@pytest.mark.parametrize("indication", [RPL, RIF, APS, FNAIT])
def test_every_english_answer_names_the_panel(rules, indication):
    route = find(rules, "GB-ENG", indication).route
    assert "panel" in route.text
    assert "nhse-panels" in route.evidence


@pytest.mark.parametrize("place", [place for place in PLACES if place])
def test_no_route_is_named_for_what_nobody_advises(rules, place):
    found = find(rules, place, Indication.PREECLAMPSIA)
    assert (found.ids, found.route) == (("funding-preeclampsia",), None)


def test_an_unknown_population_leaves_the_status_open(rules):
    found = find(rules, "US", APS)
    assert found.status is FundingStatus.UNDETERMINED
    assert found.possible == (FundingStatus.CASE_BY_CASE, FundingStatus.NOT_AVAILABLE_HERE)
    assert found.applies == "unknown"
    assert found.ids == ("funding-us-refractory-aps", "funding-us-others")
    known = find(rules, "US", APS, conditions=[{"code": "refractory_obstetric_aps", "status": "present"}])
    assert (known.status, known.applies, known.ids) == (
        FundingStatus.CASE_BY_CASE,
        "true",
        ("funding-us-refractory-aps",),
    )


def test_ontario_shows_each_criterion_and_the_one_it_lacks(rules):
    found = find(rules, "CA-ON", **MET)
    assert met(found) == {
        "ontario-bmi": "true",
        "ontario-age": "true",
        "ontario-non-smoking": "true",
        "ontario-no-contraindication": "unknown",
        "ontario-rpl-losses": "true",
        "ontario-criterion-4": "unknown",
    }
    assert [item.id for item in found.criteria if not item.included] == ["ontario-criterion-4"]
    assert found.status is FundingStatus.UNDETERMINED
    assert "criterion 4" in found.text
    assert "O2-RPL" in found.route.text
    assert "O3-RIF" in find(rules, "CA-ON", RIF).route.text


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({"patient": {**WELL, "smoker": True}}, "ontario-non-smoking"),
        ({"patient": {**WELL, "height_cm": 130}}, "ontario-bmi"),
        ({"patient": {**WELL, "age_years": 46}}, "ontario-age"),
        ({"previous_ivig": [{"reaction": "anaphylaxis"}]}, "ontario-no-contraindication"),
        ({"pregnancies": [LOST, LOST]}, "ontario-rpl-losses"),
    ],
)
def test_one_item_certainly_false_is_enough(rules, changed, failed):
    found = find(rules, "CA-ON", **{**MET, **changed})
    assert found.status is FundingStatus.CRITERIA_NOT_MET
    assert [name for name, truth in met(found).items() if truth == "false"] == [failed]
    assert found.text == "At least one required item of the Ontario list is certainly not met."


def test_even_with_all_known_criteria_met_nothing_is_decided(rules):
    cleared = {
        "previous_ivig": [{"reaction": "none"}],
        "complete_sections": ["pregnancies", "previous_ivig", "conditions", "allergies"],
        "laboratory": [{"test": "iga", "value": 150, "unit": "mg/dL", "on": "2026-10-01"}],
    }
    found = find(rules, "CA-ON", **{**MET, **cleared})
    assert met(found)["ontario-no-contraindication"] == "true"
    assert found.status is FundingStatus.UNDETERMINED


def test_the_contraindications_of_ontario_are_all_those_that_are_absolute_there(rules):
    chain = reach("CA-ON", rules.jurisdictions)
    absolute = {
        rule.id
        for rule in rules.of(Contraindication)
        if rule.level == "absolute" and reaches(rule.jurisdictions, chain)
    }
    (criterion,) = [rule for rule in rules.of(Criterion) if rule.id == "ontario-no-contraindication"]
    assert set(rules_of(criterion.when)) == absolute


@pytest.mark.parametrize("word", ["eligible", "qualif", "will be paid", "will be funded", "she is approved"])
def test_no_text_states_a_decision(rules, word):
    for rule in rules.of(Funding):
        said = [rule.text, *(part.text for part in (rule.route, rule.not_met) if part)]
        assert not [text for text in said if word in text.lower()], rule.id


def test_funding_does_not_change_with_candidacy(rules):
    assert find(rules, "US", **MET).status is find(rules, "US").status is FundingStatus.NOT_FUNDED


def test_a_rule_set_without_funding_rules_has_none(rules):
    others = tuple(rule for rule in rules.knowledge.rules if not isinstance(rule, Funding))
    bare = RuleSet(rules.knowledge.model_copy(update={"rules": others}), rules.document, "bare", "")
    assert find(bare, "US") is None
