"""Serology within 4 months of immunoglobulin is flagged, never its value (CLINICAL_DECISIONS 6.6)."""

import json
from datetime import date

import pytest

from app.clinical import facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.clinical.interference import interference, is_serology
from app.clinical.laboratory_tests import TESTS
from app.logic.truth import Truth

assert facts
TRUE, UNKNOWN = Truth.TRUE, Truth.UNKNOWN
COURSE = [{"on": "2026-06-10"}]


@pytest.fixture
def flagged(rules):
    def look(**history):
        case = Case(PatientHistory.model_validate_json(json.dumps(history)), date(2026, 11, 25), rules.parameters)
        return interference(case, {item.id: item for item in rules.knowledge.parameters})

    return look


def anti_hbc(on=None, **more):
    return [{"test": "anti_hbc", "result": "positive", **({"on": on} if on else {}), **more}]


@pytest.mark.parametrize(
    ("on", "certain"),
    [
        ("2026-06-09", None),
        ("2026-06-10", UNKNOWN),
        ("2026-06-11", TRUE),
        ("2026-10-10", TRUE),
        ("2026-10-11", None),
        ("2026-06", UNKNOWN),
        ("2026-10", UNKNOWN),
        ("2026-07", TRUE),
        ("2026-05", None),
        ("2026-11", None),
        (None, UNKNOWN),
    ],
)
def test_the_window(flagged, on, certain):
    found = flagged(previous_ivig=COURSE, laboratory=anti_hbc(on))
    assert [item.certain for item in found] == ([] if certain is None else [certain])


def test_what_a_flag_says(flagged):
    [found] = flagged(previous_ivig=COURSE, laboratory=anti_hbc("2026-07-01"))
    assert (found.pointer, found.flag, found.courses) == (
        "/laboratory/0",
        "passive_antibody_possible",
        ("/previous_ivig/0",),
    )
    assert "4 months" in found.text
    assert {"w-serology-hbc", "w-serology-hbc-product"} <= set(found.evidence)


def test_antiphospholipid_tests_are_serology_too(flagged):
    tests = [
        {"assay": "lupus_anticoagulant", "on": "2026-05-01", "result": "negative"},
        {"assay": "anticardiolipin_igg", "on": "2026-07-01", "value": 55, "unit": "GPL"},
    ]
    found = flagged(previous_ivig=COURSE, antiphospholipid_tests=tests)
    assert [(item.pointer, item.certain) for item in found] == [("/antiphospholipid_tests/1", TRUE)]


def test_any_of_several_courses_and_one_without_a_date(flagged):
    [found] = flagged(previous_ivig=[{"on": "2025-01-01"}, {"on": "2026-08-31"}], laboratory=anti_hbc("2026-11-20"))
    assert (found.certain, found.courses) == (TRUE, ("/previous_ivig/1",))
    [undated] = flagged(previous_ivig=[{}], laboratory=anti_hbc("2026-11-20"))
    assert undated.certain is UNKNOWN


@pytest.mark.parametrize(
    ("past", "flags"),
    [
        ({"ended_on": "2026-08-01", "gestational_age": {"weeks": 8, "days": 0}}, ["/pregnancies/0/treatments"]),
        ({"ended_on": "2026-06-01", "gestational_age": {"weeks": 8, "days": 0}}, []),
        ({"ended_on": "2026-06-01"}, []),
        ({}, ["/pregnancies/0/treatments"]),
    ],
)
def test_immunoglobulin_in_a_past_pregnancy(flagged, past, flags):
    pregnancies = [{"outcome": "miscarriage", "treatments": ["ivig"], **past}]
    found = flagged(pregnancies=pregnancies, laboratory=anti_hbc("2026-11-01"))
    assert [place for item in found for place in item.courses] == flags
    assert all(item.certain is UNKNOWN for item in found)


def test_the_whole_pregnancy_may_hold_the_dose(flagged):
    """Ended on 1 August at 8 weeks: given between 6 June and 1 August; sampled on 1 October it may be 4 months after."""
    past = {"outcome": "miscarriage", "treatments": ["ivig"], "ended_on": "2026-08-01"}
    known = {**past, "gestational_age": {"weeks": 8, "days": 0}}
    assert flagged(pregnancies=[known], laboratory=anti_hbc("2026-06-05")) == ()
    [inside] = flagged(pregnancies=[known], laboratory=anti_hbc("2026-10-01"))
    assert inside.certain is TRUE
    [early] = flagged(pregnancies=[past], laboratory=anti_hbc("2026-06-05"))
    assert early.certain is UNKNOWN


def test_other_results_and_tests_not_done_are_left_alone(flagged):
    entries = [
        {"test": "platelets", "value": 150, "unit": "10*9/L", "on": "2026-07-01"},
        {"test": "hbsag", "result": "positive", "on": "2026-07-01"},
        *anti_hbc("2026-07-01", result="not_done"),
    ]
    assert flagged(previous_ivig=COURSE, laboratory=entries) == ()
    assert flagged(laboratory=anti_hbc("2026-07-01")) == ()


def test_which_tests_are_serology():
    serology = {
        "anti_hbc",
        "anti_iga",
        "direct_antiglobulin_test",
        "red_cell_antibody_screen",
        "rubella_igg",
        "tpo_antibodies",
        "varicella_igg",
    }
    assert serology <= {code for code in TESTS if is_serology(code)}
    assert not {code for code in ("igg", "iga", "hbsag", "platelets", "nk_cells", "haemoglobin") if is_serology(code)}
