"""IgA deficiency below 0.05 mg/dL [iga-severe-definition], and antibodies against IgA."""

import pytest

from app.logic.values import Reason
from tests.clinical.safety_facts import diagnosis, lab, value


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"value": 0.049, "unit": "mg/dL"}, True),
        ({"value": 0.05, "unit": "mg/dL"}, False),
        ({"value": 0.0004, "unit": "g/L"}, True),
        ({"value": 0.4, "unit": "ug/mL", "baseline": True}, True),
        ({"value": 4, "unit": "mg/dL", "comparator": "<"}, Reason.NOT_DETERMINABLE),
        ({"value": 0.04, "unit": "mg/dL", "comparator": "<"}, True),
        ({"value": 4, "unit": "mg/dL", "comparator": ">"}, False),
        ({"result": "normal"}, False),
        ({"result": "abnormal"}, Reason.NOT_RECORDED),
    ],
)
def test_iga_deficiency_by_measurement(result, expected):
    assert value("iga.deficiency", laboratory=[lab("iga", **result)]) == expected


def test_iga_deficiency_by_diagnosis():
    low = [lab("iga", value=3, unit="mg/dL")]
    none = [lab("iga", value=0.01, unit="mg/dL")]
    present, absent = [diagnosis("present", "iga_deficiency")], [diagnosis("absent", "iga_deficiency")]
    assert value("iga.deficiency") is Reason.NOT_SENT
    assert value("iga.deficiency", conditions=present) is True
    assert value("iga.deficiency", conditions=present, laboratory=low) is True
    assert value("iga.deficiency", conditions=absent) is False
    assert value("iga.deficiency", conditions=absent, laboratory=none) is Reason.CONFLICTING
    assert value("iga.deficiency", conditions=[], complete_sections=["conditions"], laboratory=none) is True
    assert value("iga.deficiency", conditions=[*present, *absent], laboratory=none) is Reason.CONFLICTING


def test_contradicting_iga_results_are_no_answer():
    results = [lab("iga", value=number, unit="mg/dL", on="2026-11-01") for number in (0.01, 150)]
    absent = [diagnosis("absent", "iga_deficiency")]
    assert value("iga.deficiency", laboratory=results, conditions=absent) is Reason.CONFLICTING


def test_antibodies_against_iga():
    positive, negative = [lab("anti_iga", result="positive")], [lab("anti_iga", result="negative", baseline=True)]
    present = [diagnosis("present", "anti_iga_antibodies")]
    assert value("iga.antibodies") is Reason.NOT_SENT
    assert value("iga.antibodies", laboratory=positive) is True
    assert value("iga.antibodies", laboratory=negative) is False
    assert value("iga.antibodies", conditions=present) is True
    assert value("iga.antibodies", conditions=present, laboratory=negative) is Reason.CONFLICTING
    assert value("iga.antibodies", conditions=[], complete_sections=["conditions"], laboratory=positive) is True


def test_a_complete_list_of_diagnoses_is_no_negative_test_for_antibodies():
    vouched = {"conditions": [], "complete_sections": ["conditions", "laboratory"]}
    assert value("iga.antibodies", **vouched) is Reason.NOT_SENT
    assert value("iga.antibodies", laboratory=[], **vouched) is Reason.NOT_RECORDED
    assert value("iga.antibodies", conditions=[diagnosis("absent", "anti_iga_antibodies")]) is False


def test_a_complete_list_of_diagnoses_is_no_normal_iga():
    silent = {"conditions": [], "complete_sections": ["conditions"]}
    assert value("iga.deficiency", **silent) is Reason.NOT_SENT
    assert value("iga.deficiency", **silent, laboratory=[lab("iga", value=150, unit="mg/dL")]) is False
