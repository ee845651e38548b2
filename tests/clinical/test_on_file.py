"""What is already on file for each check, and how old it is (CLINICAL_DECISIONS 6.4)."""

import json
from datetime import date

import pytest

from app.clinical import facts
from app.clinical.catalogue import Case, specifications
from app.clinical.history import PatientHistory
from app.clinical.on_file import OnFile, on_file
from app.clinical.rules import Workup
from app.logic.truth import Truth

assert facts
AS_OF = date(2026, 11, 25)


@pytest.fixture
def filed(rules):
    def look(rule, **history):
        case = Case(PatientHistory.model_validate_json(json.dumps(history)), AS_OF, rules.parameters)
        return on_file(rules.of(Workup), case)[rule]

    return look


def lab(test, on=None, **more):
    return {"test": test, **({"on": on} if on else {}), **(more or {"result": "negative"})}


def hb(on=None, **more):
    return lab("haemoglobin", on, value=120, unit="g/L", **more)


def entry(pointer, on, youngest, oldest):
    return OnFile(pointer, on, youngest, oldest, undated=False)


def undated(pointer):
    return OnFile(pointer, None, None, None, undated=True)


def test_nothing_sent_is_nothing_on_file(filed):
    assert filed("baseline-haemoglobin") == ()
    assert filed("baseline-blood-group") == ()


def test_a_result_with_its_age(filed):
    assert filed("baseline-haemoglobin", laboratory=[hb("2026-11-20")]) == (entry("/laboratory/0", "2026-11-20", 5, 5),)


@pytest.mark.parametrize(("on", "ages"), [("2026-11", (0, 24)), ("2026-10", (25, 55)), ("2025", (329, 693))])
def test_a_partial_date_gives_the_youngest_and_the_oldest(filed, on, ages):
    assert filed("baseline-haemoglobin", laboratory=[hb(on)]) == (entry("/laboratory/0", on, *ages),)


def test_without_a_date_it_is_said_so(filed):
    assert filed("baseline-haemoglobin", laboratory=[hb()]) == (undated("/laboratory/0"),)
    assert filed("baseline-blood-group", patient={"blood_group": "A"}) == (undated("/patient/blood_group"),)


def test_the_newest_counts_and_what_is_not_done_does_not(filed):
    entries = [hb("2026-09-01"), hb("2026-11-20"), {"test": "haemoglobin", "result": "not_done", "on": "2026-11-24"}]
    assert [item.pointer for item in filed("baseline-haemoglobin", laboratory=entries)] == ["/laboratory/1"]


def test_a_baseline_value_is_on_file_beside_the_newest(filed):
    entries = [hb("2026-03-01", baseline=True), hb("2026-11-20")]
    found = filed("baseline-haemoglobin", laboratory=entries)
    assert [item.pointer for item in found] == ["/laboratory/1", "/laboratory/0"]


def test_each_part_of_a_check_is_named(filed):
    entries = [lab("hbsag", "2026-11-01"), lab("anti_hbc", "2026-10-01"), lab("rubella_igg", "2026-10-01")]
    found = filed("baseline-hepatitis-b", laboratory=entries)
    assert [item.pointer for item in found] == ["/laboratory/0", "/laboratory/1"]


def test_contradicting_results_are_both_named(filed):
    entries = [lab("anti_iga", "2026-11-01", result=result) for result in ("positive", "negative")]
    found = filed("baseline-anti-iga", laboratory=entries)
    assert [item.pointer for item in found] == ["/laboratory/0", "/laboratory/1"]


def test_a_condition_is_on_file_and_a_vouched_section_is_not(filed):
    stated = [{"code": "iga_deficiency", "status": "present", "on": "2020"}]
    assert [item.pointer for item in filed("baseline-iga", conditions=stated)] == ["/conditions/0"]
    assert filed("baseline-iga", conditions=[], complete_sections=["conditions"]) == ()


def test_values_are_never_repeated(filed):
    found = filed("baseline-haemoglobin", laboratory=[lab("haemoglobin", "2026-11-20", value=87, unit="g/L")])
    assert "87" not in repr(found)


def test_the_search_for_a_cause(filed):
    tested = [{"assay": "lupus_anticoagulant", "on": "2026-10-01", "result": "negative"}]
    assert filed("rpl-workup-antiphospholipid", antiphospholipid_tests=tested) == (
        entry("/antiphospholipid_tests/0", "2026-10-01", 55, 55),
    )
    lost = [{"outcome": "miscarriage", "karyotype": "normal", "ended_on": "2026-11-24"}]
    assert filed("rpl-workup-chromosomes", pregnancies=lost) == (entry("/pregnancies/0", "2026-11-24", 1, 1),)
    seen = [{"code": "uterine_anatomy", "result": "normal", "on": "2026-11-25"}]
    assert filed("rpl-workup-uterus", investigations=seen) == (entry("/investigations/0", "2026-11-25", 0, 0),)
    unseen = [{"code": "uterine_anatomy", "result": "not_examined", "on": "2026-11-25"}]
    assert filed("rpl-workup-uterus", investigations=unseen) == ()


EVERYTHING = {
    "patient": {"blood_group": "O", "weight_kg": 60, "height_cm": 170},
    "laboratory": [
        hb("2026-11-01"),
        lab("iga", "2026-11-01", value=150, unit="mg/dL"),
        lab("creatinine", "2026-11-01", value=60, unit="umol/L"),
        lab("urea", "2026-11-01", value=4, unit="mmol/L"),
        lab("alt", "2026-11-01", value=20, unit="U/L"),
        lab("blood_viscosity", "2026-11-01", value=4, unit="mPa.s"),
        *(
            lab(test, "2026-11-01")
            for test in ("anti_iga", "hbsag", "anti_hbc", "rubella_igg", "varicella_igg", "red_cell_antibody_screen")
        ),
    ],
}


def test_whatever_settles_a_check_is_on_file(rules):
    case = Case(PatientHistory.model_validate_json(json.dumps(EVERYTHING)), AS_OF, rules.parameters)
    results = rules.program.evaluate({name: case.fact(name) for name in specifications()})
    found = on_file(rules.of(Workup), case)
    settled = [
        rule.id
        for rule in rules.of(Workup)
        if rule.satisfied_by is not None and results.truth(f"{rule.id}/@satisfied") is Truth.TRUE
    ]
    assert len([name for name in settled if name.startswith("baseline-")]) == 11
    assert [name for name in settled if name.startswith("baseline-") and not found[name]] == []


def test_what_a_check_lacks_can_be_asked_for(rules):
    """With nothing known every check names the facts it waits for, and a listed question holds each of them."""
    asked = {fact for asks in rules.asks for question in asks.questions for fact in question.facts}
    results = rules.program.evaluate({})
    checks = [rule for rule in rules.of(Workup) if rule.satisfied_by is not None and not rule.applies_to]
    lacking = {rule.id: results.missing(f"{rule.id}/@satisfied") for rule in checks}
    assert len(lacking) == 11
    assert [name for name, wanted in lacking.items() if not wanted] == []
    assert {fact for wanted in lacking.values() for fact in wanted} - asked == set()
