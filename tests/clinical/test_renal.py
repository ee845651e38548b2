"""Kidney formulas: worked examples of evidence/calculators.yaml, and both sides of every kink."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical.renal import ckd_epi_2021, cockcroft_gault, creatinine_in
from app.clinical.sections import Sex

F, M = Sex.FEMALE, Sex.MALE
TENTH = Decimal("0.1")
CREATININE = st.decimals("0.2", "20", places=2)
AGES = st.integers(18, 119)


@pytest.mark.parametrize(
    ("age", "creatinine", "expected"),
    [(32, "0.62", "121.3"), (38, "0.95", "78.6"), (45, "1.6", "40.3"), (55, "0.9", "75.5")],
)
def test_ckd_epi_worked_examples(age, creatinine, expected):
    assert ckd_epi_2021(F, age, Decimal(creatinine)).quantize(TENTH) == Decimal(expected)


@pytest.mark.parametrize(
    ("age", "weight", "creatinine", "expected"),
    [(32, "68", "0.62", "139.8"), (38, "95", "0.95", "120.4"), (45, "60", "1.6", "42.1")],
)
def test_cockcroft_gault_worked_examples(age, weight, creatinine, expected):
    assert cockcroft_gault(F, age, Decimal(weight), Decimal(creatinine)).quantize(TENTH) == Decimal(expected)


@pytest.mark.parametrize(("sex", "kappa", "factor"), [(F, "0.7", "1.012"), (M, "0.9", "1")])
def test_at_kappa_only_age_and_sex_are_left(sex, kappa, factor):
    at_kappa = ckd_epi_2021(sex, 40, Decimal(kappa))
    # 0.9938^40 to 30 digits, by repeated multiplication.
    power = Decimal(1)
    for _ in range(40):
        power *= Decimal("0.9938")
    assert abs(at_kappa - 142 * power * Decimal(factor)) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("sex", "creatinine", "ratio", "exponent"),
    [
        (F, "0.6", Decimal("0.6") / Decimal("0.7"), "-0.241"),
        (F, "0.8", Decimal("0.8") / Decimal("0.7"), "-1.2"),
        (M, "0.8", Decimal("0.8") / Decimal("0.9"), "-0.302"),
        (M, "1.0", Decimal(1) / Decimal("0.9"), "-1.2"),
    ],
)
def test_each_side_of_kappa_has_its_own_power(sex, creatinine, ratio, exponent):
    kappa = {F: "0.7", M: "0.9"}[sex]
    found = ckd_epi_2021(sex, 40, Decimal(creatinine)) / ckd_epi_2021(sex, 40, Decimal(kappa))
    assert abs(found - (ratio.ln() * Decimal(exponent)).exp()) < Decimal("1e-20")


def test_the_result_does_not_depend_on_the_surrounding_precision():
    from decimal import localcontext

    expected = ckd_epi_2021(F, 32, Decimal("0.62"))
    with localcontext(prec=6):
        assert ckd_epi_2021(F, 32, Decimal("0.62")) == expected


@given(AGES, CREATININE)
def test_egfr_falls_with_age_and_creatinine(age, creatinine):
    for sex in Sex:
        here = ckd_epi_2021(sex, age, creatinine)
        assert ckd_epi_2021(sex, age + 1, creatinine) < here
        assert ckd_epi_2021(sex, age, creatinine + Decimal("0.01")) < here


@given(AGES, CREATININE, st.decimals("30", "249", places=1))
def test_clearance_falls_with_age_and_creatinine_and_rises_with_weight(age, creatinine, weight):
    here = cockcroft_gault(F, age, weight, creatinine)
    assert cockcroft_gault(F, age + 1, weight, creatinine) < here
    assert cockcroft_gault(F, age, weight, creatinine + Decimal("0.01")) < here
    assert cockcroft_gault(F, age, weight + 1, creatinine) > here
    assert abs(here - cockcroft_gault(M, age, weight, creatinine) * Decimal("0.85")) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [("62", "umol/L", "mg/dL", "0.701"), ("90", "umol/L", "mg/dL", "1.018"), ("1.6", "mg/dL", "umol/L", "141.472")],
)
def test_creatinine_worked_examples(value, unit, wanted, expected):
    assert creatinine_in(Decimal(value), unit, wanted).quantize(Decimal("0.001")) == Decimal(expected)


def test_a_unit_converts_into_itself_unchanged():
    assert creatinine_in(Decimal("0.62"), "mg/dL", "mg/dL") == Decimal("0.62")


@pytest.mark.parametrize("unit", ["GPL", "MPL", "U", "g/L", "mg/dl"])
def test_no_other_unit_converts(unit):
    with pytest.raises(KeyError):
        creatinine_in(Decimal(40), unit, "mg/dL")
