"""Diagnoses that are established, suspected, absent or not known."""

import pytest

from tests.clinical.exposure_facts import value

DEFICIENCY, SUSPECTED = "primary_antibody_deficiency", "primary_antibody_deficiency_suspected"


def conditions(**statuses) -> dict:
    return {"conditions": [{"code": code, "status": status} for code, status in statuses.items()]}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (conditions(primary_antibody_deficiency="present"), True),
        (conditions(primary_antibody_deficiency="absent"), False),
        (conditions(primary_antibody_deficiency_suspected="present"), False),
        (conditions(primary_antibody_deficiency_suspected="absent"), "not_recorded"),
        (conditions(primary_antibody_deficiency="present", primary_antibody_deficiency_suspected="present"), True),
        ({}, "not_sent"),
        ({"conditions": [], "complete_sections": ["conditions"]}, False),
    ],
)
def test_a_suspicion_alone_is_not_established(sent, expected):
    assert value("pid.established", **sent) == expected


def test_contradicting_entries_stay_unknown_beside_a_suspicion():
    sent = [{"code": DEFICIENCY, "status": status} for status in ("present", "absent")]
    sent.append({"code": SUSPECTED, "status": "present"})
    assert value("pid.established", conditions=sent) == "conflicting"


def test_a_trough_is_read_in_both_units():
    def trough(number, unit):
        return {"laboratory": [{"test": "igg_trough", "value": number, "unit": unit}]}

    assert value("lab.igg_trough_g_l", **trough(500, "mg/dL")) == 5
    assert value("lab.igg_trough_g_l", **trough(7, "g/L")) == 7


def test_catastrophic_aps_is_in_question_unless_each_item_is_known_to_be_absent():
    assert value("caps.in_question") == "not_sent"
    assert value("caps.in_question", **conditions(caps_organ_kidney="present")) is True
    assert value("caps.in_question", **conditions(caps_organ_kidney="absent")) == "not_recorded"
    assert value("caps.in_question", conditions=[], complete_sections=["conditions"]) is False
