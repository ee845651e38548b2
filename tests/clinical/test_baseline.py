"""Facts taken from the empty history equal the facts derived anew, whatever is sent."""

from datetime import date

import pytest

from app.authoring.cases import PatientCase, history_of, load_cases
from app.clinical.baseline import baseline
from app.clinical.catalogue import Case, specifications
from app.clinical.facts import derive
from app.clinical.history import PatientHistory
from app.clinical.ruleset import RuleSet
from app.errors import RuleSetError
from app.services.active import bundled
from app.services.publish import BUNDLED

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return bundled()


def patients() -> list[PatientCase]:
    return [piece.model for piece in load_cases(BUNDLED).patients]


@pytest.mark.parametrize("patient", patients(), ids=lambda item: item.id)
def test_settled_facts_are_what_the_history_would_give(patient: PatientCase, rules: RuleSet) -> None:
    history = history_of(patient)
    as_of = history.as_of or TODAY
    assert derive(rules.baseline.case(history, as_of, rules.parameters)) == derive(
        Case(history, as_of, rules.parameters)
    )


def test_one_field_leaves_most_facts_settled(rules: RuleSet) -> None:
    history = PatientHistory.model_validate({"patient": {"smoker": True}})
    before = set(rules.baseline.facts)
    settled = set(rules.baseline.case(history, TODAY, rules.parameters).settled)
    assert "patient.smoker" in before - settled
    assert len(settled) > len(specifications()) * 9 // 10


def test_a_fact_that_reads_another_is_derived_anew_when_that_one_changes(rules: RuleSet) -> None:
    read = rules.baseline.readers
    assert "patient.bmi" in read["patient", "height_cm"] & read["patient", "weight_kg"]


def test_a_rule_set_without_a_threshold_the_code_needs_is_refused_when_it_is_loaded(rules: RuleSet) -> None:
    poor = dict(rules.parameters)
    del poor["apl.persistence_days"]
    with pytest.raises(RuleSetError, match=r"apl\.persistence_days"):
        baseline(poor)
