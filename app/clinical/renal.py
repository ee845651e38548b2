"""Kidney function from serum creatinine, in adults with stable creatinine and outside pregnancy; exact decimals.

Where the formulas hold is data (app/knowledge/calculators.yaml); these functions are the published arithmetic only.
"""

from decimal import Decimal, localcontext

from app.clinical.laboratory_tests import TESTS
from app.clinical.sections import Sex
from app.logic.values import Number

DIGITS = 34
"""Digits carried through the powers: far beyond those shown, so that what is shown is exact."""

# CKD-EPI 2021, creatinine [f-ckdepi]: kappa, alpha and the last factor by sex.
KAPPA = {Sex.FEMALE: Decimal("0.7"), Sex.MALE: Decimal("0.9")}
ALPHA = {Sex.FEMALE: Decimal("-0.241"), Sex.MALE: Decimal("-0.302")}
FACTOR = {Sex.FEMALE: Decimal("1.012"), Sex.MALE: Decimal(1)}
SCALE = Decimal(142)
ABOVE_KAPPA = Decimal("-1.200")
PER_YEAR = Decimal("0.9938")

# Cockcroft-Gault [f-cg].
YEARS = 140
DIVISOR = 72
WOMEN = Decimal("0.85")


def creatinine_in(value: Decimal, unit: str, wanted: str) -> Decimal:
    """Serum creatinine of ``unit`` in the ``wanted`` unit, mg/dL or umol/L: 1 mg/dL is 88.42 umol/L (113.12 g/mol).

    Raises StopIteration for a wanted unit and KeyError for a unit that is neither: no other unit converts.
    """
    scale = next(item for item in TESTS["creatinine"].scales if item.unit == wanted)
    return scale.convert(value, unit)


def ckd_epi_2021(sex: Sex, age_years: Number, creatinine_mg_dl: Number) -> Decimal:
    """Estimated glomerular filtration rate, mL/min/1.73 m2, by the CKD-EPI creatinine equation of 2021.

    ``age_years`` from 18, ``creatinine_mg_dl`` above 0, standardised. Falls with both. Source: statement f-ckdepi.
    """
    with localcontext(prec=DIGITS):
        ratio = Decimal(creatinine_mg_dl) / KAPPA[sex]
        below, above = min(ratio, Decimal(1)) ** ALPHA[sex], max(ratio, Decimal(1)) ** ABOVE_KAPPA
        return SCALE * below * above * PER_YEAR ** Decimal(age_years) * FACTOR[sex]


def cockcroft_gault(sex: Sex, age_years: Number, weight_kg: Number, creatinine_mg_dl: Number) -> Decimal:
    """Creatinine clearance, mL/min, by Cockcroft and Gault.

    ``age_years`` from 18 and below 140, ``weight_kg`` actual, ideal or adjusted - name it with the result -,
    ``creatinine_mg_dl`` above 0. Falls with age and creatinine, rises with weight. Source: statement f-cg.
    """
    with localcontext(prec=DIGITS):
        clearance = (YEARS - Decimal(age_years)) * Decimal(weight_kg) / (DIVISOR * Decimal(creatinine_mg_dl))
        return clearance * WOMEN if sex is Sex.FEMALE else clearance
