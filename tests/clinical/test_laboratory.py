"""Units, working limits and the newest result. Factors: CLINICAL_DECISIONS 0.2, calculator creatinine-units."""

from datetime import date
from decimal import Decimal

import pytest

from app.clinical.catalogue import Case, entries, specifications
from app.clinical.history import PatientHistory, Section
from app.clinical.laboratory import check
from app.clinical.laboratory_tests import TESTS
from app.logic.values import Interval, Known, Reason, Unknown

AS_OF = date(2026, 11, 25)


def history(*results, **more):
    return PatientHistory.model_validate({"laboratory": list(results), **more}, strict=False)


def derive(fact_id, *results, **more):
    return Case(history(*results, **more), AS_OF, {}).fact(fact_id)


def lab(test, value=None, unit=None, **more):
    return {
        "test": test,
        **({} if value is None else {"value": value}),
        **({} if unit is None else {"unit": unit}),
        **more,
    }


@pytest.mark.parametrize(
    ("fact_id", "test", "value", "unit", "expected"),
    [
        ("lab.creatinine_umol_l", "creatinine", 1.6, "mg/dL", "141.472"),
        ("lab.creatinine_umol_l", "creatinine", 62, "umol/L", "62"),
        ("lab.creatinine_mg_dl", "creatinine", 1.1, "mg/dL", "1.1"),
        ("lab.creatinine_mg_dl", "creatinine", 97.262, "umol/L", "1.1"),
        ("lab.platelets", "platelets", 88000, "/uL", "88"),
        ("lab.platelets", "platelets", 88, "10*3/uL", "88"),
        ("lab.urine_pcr_mg_mmol", "urine_protein_creatinine_ratio", 0.3, "mg/mg", "33.9"),
        ("lab.urine_pcr_mg_mmol", "urine_protein_creatinine_ratio", 300, "mg/g", "33.9"),
        ("lab.urine_pcr_mg_mg", "urine_protein_creatinine_ratio", 33.9, "mg/mmol", "0.3"),
        ("lab.urine_pcr_mg_mg", "urine_protein_creatinine_ratio", 0.29, "g/g", "0.29"),
        ("lab.urine_acr_mg_mmol", "urine_albumin_creatinine_ratio", 8, "g/mol", "8"),
        ("lab.urine_protein_24h_mg", "urine_protein_24h", 0.3, "g/d", "300"),
        ("lab.urine_dipstick_g_l", "urine_protein_dipstick", 100, "mg/dL", "1"),
        ("lab.iga_mg_dl", "iga", 0.07, "g/L", "7"),
        ("lab.iga_mg_dl", "iga", 2, "ug/mL", "0.2"),
        ("lab.igg_g_l", "igg", 700, "mg/dL", "7"),
        ("lab.haemoglobin", "haemoglobin", 11.2, "g/dL", "112"),
        ("lab.ast", "ast", 1.5, "ukat/L", "90"),
        ("lab.tpo_antibodies", "tpo_antibodies", 35, "[IU]/mL", "35"),
    ],
)
def test_conversions_are_exact(fact_id, test, value, unit, expected):
    assert derive(fact_id, lab(test, value, unit)) == Known(Decimal(expected), ("/laboratory/0",))


@pytest.mark.parametrize(
    ("value", "unit", "refused"),
    [
        (18, "umol/L", False),
        (17.9, "umol/L", True),
        (1768, "umol/L", False),
        (1769, "umol/L", True),
        (0.2, "mg/dL", False),
        (0.19, "mg/dL", True),
        (20, "mg/dL", False),
        (20.1, "mg/dL", True),
    ],
)
def test_creatinine_is_refused_outside_its_printed_range(value, unit, refused):
    found = check(history(lab("creatinine", value, unit)))
    assert [(item.pointer, item.code) for item in found] == (
        [("/laboratory/0/value", "implausible_value")] if refused else []
    )


@pytest.mark.parametrize(
    ("test", "value", "unit"),
    [
        ("platelets", 150000, "10*9/L"),
        ("platelets", 150, "/uL"),
        ("iga", 7, "g/L"),
        ("haemoglobin", 12, "g/L"),
        ("urine_protein_creatinine_ratio", 180, "mg/mg"),
        ("igg", 800, "g/L"),
    ],
)
def test_a_slipped_unit_is_refused(test, value, unit):
    assert [item.code for item in check(history(lab(test, value, unit)))] == ["implausible_value"]


def test_problems_name_the_place_and_the_accepted_units_and_no_value():
    found = check(history(lab("albumin_serum", 4, "g"), lab("platelets", 88, "K/uL"), lab("platelets", 88)))
    assert [(item.pointer, item.code) for item in found] == [
        ("/laboratory/1/unit", "unit_not_allowed"),
        ("/laboratory/2/unit", "unit_not_allowed"),
    ]
    assert all("10*9/L, 10*3/uL, /uL" in item.detail and "88" not in item.detail for item in found)


def test_an_upper_limit_of_normal_is_checked_like_a_value():
    found = check(history(lab("ast", 80, "U/L", upper_limit_of_normal=0.5)))
    assert [item.pointer for item in found] == ["/laboratory/0/upper_limit_of_normal"]


def test_a_finding_takes_no_number_and_not_done_takes_no_value():
    number, contradiction = check(history(lab("blood_smear", 3, "%"), lab("ast", 30, "U/L", result="not_done")))
    assert (number.pointer, number.code) == ("/laboratory/0/unit", "unit_not_allowed")
    assert (contradiction.pointer, contradiction.code) == ("/laboratory/1/result", "inconsistent")


def test_readings_without_a_number_need_no_unit():
    assert check(history(lab("blood_smear", result="abnormal"), lab("ast", result="normal"))) == ()


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([("2026-11-20", 150), ("2026-11-24", 88)], Known(Decimal(88), ("/laboratory/1",))),
        ([("2026-11-24", 88), ("2026-11-20", 150)], Known(Decimal(88), ("/laboratory/0",))),
        ([("2026-11-24", 88), ("2026-11-24", 88)], Known(Decimal(88), ("/laboratory/0", "/laboratory/1"))),
        ([("2026-11-24", 88), ("2026-11-24", 120)], Unknown(Reason.CONFLICTING, ("/laboratory/0", "/laboratory/1"))),
        ([("2026-11", 88), ("2026-11-24", 120)], Unknown(Reason.CONFLICTING, ("/laboratory/0", "/laboratory/1"))),
        ([("2026-10", 120), ("2026-11-24", 88)], Known(Decimal(88), ("/laboratory/1",))),
        ([(None, 120), ("2026-11-24", 88)], Unknown(Reason.CONFLICTING, ("/laboratory/0", "/laboratory/1"))),
        ([(None, 88)], Known(Decimal(88), ("/laboratory/0",))),
    ],
)
def test_the_newest_result_counts_and_a_tie_that_differs_is_unknown(results, expected):
    sent = [lab("platelets", value, "10*9/L", **({"on": on} if on else {})) for on, value in results]
    assert derive("lab.platelets", *sent) == expected


def test_a_bound_is_an_interval():
    assert derive("lab.iga_mg_dl", lab("iga", 0.05, "g/L", comparator="<")) == Known(
        Interval(Decimal(0), Decimal(5)), ("/laboratory/0",)
    )
    assert derive("lab.ast", lab("ast", 70, "U/L", comparator=">")).value == Interval(Decimal(70), None)


def test_baseline_values_are_kept_apart():
    sent = (
        lab("creatinine", 50, "umol/L", on="2026-11-24", baseline=True),
        lab("creatinine", 110, "umol/L", on="2026-11-20"),
    )
    assert derive("lab.creatinine_umol_l", *sent) == Known(Decimal(110), ("/laboratory/1",))


def test_absence_says_why():
    assert Case(PatientHistory(), AS_OF, {}).fact("lab.ast") == Unknown(Reason.NOT_SENT, ("/laboratory",))
    assert derive("lab.ast", lab("alt", 30, "U/L")) == Unknown(Reason.NOT_RECORDED, ("/laboratory",))
    assert derive("lab.ast", lab("ast", result="not_done")) == Unknown(Reason.NOT_RECORDED, ("/laboratory",))


def test_a_number_that_slipped_past_the_door_is_unknown_with_its_reason():
    assert derive("lab.ast", lab("ast", 30, "mg/dL")) == Unknown(Reason.UNIT_NOT_ALLOWED, ("/laboratory/0",))
    assert derive("lab.creatinine_umol_l", lab("creatinine", 5, "umol/L")) == Unknown(
        Reason.IMPLAUSIBLE, ("/laboratory/0",)
    )


def test_bilirubin_units_are_not_converted_into_each_other():
    sent = lab("bilirubin", 30, "umol/L")
    assert derive("lab.bilirubin_umol_l", sent) == Known(Decimal(30), ("/laboratory/0",))
    assert derive("lab.bilirubin_mg_dl", sent) == Unknown(Reason.UNIT_NOT_ALLOWED, ("/laboratory/0",))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([("abnormal", "2026-11-20")], Known(True, ("/laboratory/0",))),
        ([("normal", "2026-11-20")], Known(False, ("/laboratory/0",))),
        ([("abnormal", "2026-11-20"), ("normal", "2026-11-23")], Known(False, ("/laboratory/1",))),
        (
            [("abnormal", "2026-11-20"), ("normal", "2026-11-20")],
            Unknown(Reason.CONFLICTING, ("/laboratory/0", "/laboratory/1")),
        ),
        ([("not_done", "2026-11-20")], Unknown(Reason.NOT_RECORDED, ("/laboratory",))),
    ],
)
def test_findings(results, expected):
    sent = [lab("blood_smear", result=result, on=on) for result, on in results]
    assert derive("lab.blood_smear_abnormal", *sent) == expected


def test_every_test_is_in_the_catalogue_with_its_units():
    listed = {entry.code: entry for entry in entries(Section.LABORATORY)}
    assert listed.keys() == TESTS.keys()
    assert listed["platelets"].units == ("10*9/L", "10*3/uL", "/uL")
    assert [code.code for code in specifications()["lab.platelets"].codes] == ["777-3", "26515-7"]


def test_limits_of_a_test_hold_their_own_ends_in_every_unit():
    for test in TESTS.values():
        for scale in test.scales:
            assert test.plausible(scale.lowest, scale.unit), scale.fact
            assert test.plausible(scale.highest, scale.unit), scale.fact
