import pytest

from tests.clinical.fetal_cases import condition, platelets, value

ITP, EXCLUDED = "immune_thrombocytopenia", "thrombocytopenia_other_causes_excluded"
VOUCHED = {"complete_sections": ["conditions"], "conditions": []}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({}, "not_sent"),
        ({"conditions": [condition(ITP)]}, True),
        ({"conditions": [condition(ITP, "absent")]}, False),
        ({"conditions": [condition(ITP, "absent")], "laboratory": platelets(8)}, False),
        ({"conditions": [condition(ITP), condition(ITP, "absent")], "laboratory": platelets(8)}, "conflicting"),
        ({"laboratory": platelets(69)}, True),
        ({"laboratory": platelets(70)}, "not_sent"),
        (VOUCHED, False),
        ({**VOUCHED, "laboratory": platelets(69)}, True),
        ({**VOUCHED, "laboratory": platelets(70)}, False),
    ],
)
def test_when_the_question_arises(history, expected):
    assert value("itp.raised", **history) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([condition(ITP)], False),
        ([], "not_determinable"),
        ([condition(ITP, "absent")], "not_determinable"),
        ([condition("preeclampsia")], True),
        ([condition(ITP), condition("hellp")], True),
        ([condition(ITP), condition("drug_induced_thrombocytopenia")], True),
        ([condition(ITP), condition("antiphospholipid_syndrome")], True),
        ([condition(ITP), condition("hellp"), condition(EXCLUDED)], False),
        ([condition(EXCLUDED)], False),
        ([condition(ITP), condition(EXCLUDED, "absent")], True),
    ],
)
def test_whether_another_cause_is_open(conditions, expected):
    assert value("itp.other_cause_open", conditions=conditions) == expected


def test_vouching_for_the_diagnoses_is_no_word_on_other_causes_or_on_need():
    assert value("itp.other_cause_open", **VOUCHED) == "not_determinable"
    assert value("itp.clinician_holds_need", **VOUCHED) == "not_recorded"


@pytest.mark.parametrize(("status", "expected"), [("present", True), ("absent", False)])
def test_the_clinicians_word_on_need(status, expected):
    assert value("itp.clinician_holds_need", conditions=[condition("itp_treatment_needed", status)]) is expected


def test_the_birth_planned():
    assert value("plans.birth_within_two_weeks") == "not_sent"
    assert value("plans.birth_within_two_weeks", plans={}) == "not_recorded"
    assert value("plans.birth_within_two_weeks", plans={"birth_within_two_weeks": False}) is False


STEROID = ("steroid.tried", "steroid.failed", "steroid.harmed", "steroid.contraindicated")


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        (None, ("not_sent",) * 4),
        ({}, ("not_recorded",) * 4),
        ({"given": False}, (False, False, False, "not_recorded")),
        ({"given": False, "contraindicated": True}, (False, False, False, True)),
        ({"given": True}, (True, "not_recorded", "not_recorded", "not_recorded")),
        ({"given": True, "response": "inadequate"}, (True, True, "not_recorded", "not_recorded")),
        ({"given": True, "response": "adequate", "harmed": True}, (True, False, True, "not_recorded")),
        ({"days": 5}, (True, "not_recorded", "not_recorded", "not_recorded")),
        ({"harmed": True}, (True, "not_recorded", True, "not_recorded")),
    ],
)
def test_the_corticosteroid_tried(trial, expected):
    sent = {} if trial is None else {"corticosteroid_trial": trial}
    assert tuple(value(name, **sent) for name in STEROID) == expected
