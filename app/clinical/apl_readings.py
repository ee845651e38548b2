"""What one antiphospholipid result says, by each way of reading it (CLINICAL_DECISIONS 2a, 2b).

A reading is TRUE, FALSE, UNKNOWN, or None where the entry says nothing (an invalid run, or a date without a result).

* Lupus anticoagulant drawn on an anticoagulant is UNKNOWN whatever the laboratory wrote; where the sender does not say
  that she took one, the laboratory's reading stands.
* A number counts for Sydney and for the ACR/EULAR bands when it comes from an ELISA, in the units of the isotype. The
  laboratory's own "negative", or "not above the 99th percentile", is evidence whatever the method.
* A number over a limit that the laboratory calls negative contradicts itself: UNKNOWN.
"""

from collections.abc import Callable
from decimal import Decimal

from app.clinical.catalogue import Case
from app.clinical.result_sections import AntiphospholipidTest, AplAssay, AplMethod, AplResult, AplUnit
from app.logic.truth import Truth, of

Reading = Callable[[Case, AntiphospholipidTest], Truth | None]

LUPUS = AplAssay.LUPUS_ANTICOAGULANT
ACL_IGG, ACL_IGM = AplAssay.ANTICARDIOLIPIN_IGG, AplAssay.ANTICARDIOLIPIN_IGM
B2GPI_IGG, B2GPI_IGM = AplAssay.ANTI_BETA2_GLYCOPROTEIN_I_IGG, AplAssay.ANTI_BETA2_GLYCOPROTEIN_I_IGM
SOLID_PHASE = (ACL_IGG, ACL_IGM, B2GPI_IGG, B2GPI_IGM)
CRITERIA_ASSAYS = (LUPUS, *SOLID_PHASE)

_UNITS = {
    ACL_IGG: (AplUnit.GPL, AplUnit.U),
    ACL_IGM: (AplUnit.MPL, AplUnit.U),
    B2GPI_IGG: (AplUnit.GPL, AplUnit.U),
    B2GPI_IGM: (AplUnit.MPL, AplUnit.U),
}


def unit_allowed(test: AntiphospholipidTest) -> bool:
    """Whether a number is in units of this antibody: GPL for IgG, MPL for IgM, or the kit's own (U)."""
    return test.value is None or test.unit in _UNITS.get(test.assay, ())


def titre(test: AntiphospholipidTest) -> Decimal | None:
    """The number, in units of the antibody; None without one that can be read."""
    return test.value if unit_allowed(test) else None


def says_something(test: AntiphospholipidTest) -> bool:
    """Whether the entry holds a result at all."""
    stated = (test.value, test.result, test.above_99th_percentile)
    return test.result is not AplResult.INVALID and any(item is not None for item in stated)


def _called_negative(test: AntiphospholipidTest) -> bool:
    """Negative in the laboratory's own words, or within its normal range."""
    normal = test.above_99th_percentile is False and test.result is not AplResult.POSITIVE
    return test.result is AplResult.NEGATIVE or normal


def lupus_anticoagulant(_: Case, test: AntiphospholipidTest) -> Truth | None:
    """Positive or negative by the stepwise method [sydney-lab-la, profile-high-moderate-low]."""
    if test.result not in (AplResult.POSITIVE, AplResult.NEGATIVE):
        return None
    return Truth.UNKNOWN if test.on_anticoagulant else of(test.result is AplResult.POSITIVE)


def _counted(test: AntiphospholipidTest) -> Truth:
    """A result over the limit: it counts from an ELISA, unless the laboratory calls it negative."""
    sure = test.method is AplMethod.ELISA and test.result is not AplResult.NEGATIVE
    return Truth.TRUE if sure else Truth.UNKNOWN


def sydney_anticardiolipin(case: Case, test: AntiphospholipidTest) -> Truth | None:
    """Over 40 units or over the 99th percentile [sydney-lab-acl].

    40 units or less by ELISA decides without a percentile, unless the laboratory calls the result positive: its limit
    may be the percentile.
    """
    if not says_something(test):
        return None
    value = titre(test)
    if test.above_99th_percentile or (value is not None and value > case.number("apl.sydney_units")):
        return _counted(test)
    if test.result is AplResult.NEGATIVE or test.above_99th_percentile is False:
        return Truth.FALSE
    low = value is not None and test.method is AplMethod.ELISA and test.result is None
    return Truth.FALSE if low else Truth.UNKNOWN


def sydney_anti_beta2_glycoprotein(_: Case, test: AntiphospholipidTest) -> Truth | None:
    """Over the 99th percentile; a number alone does not tell [sydney-lab-ab2gpi]."""
    if not says_something(test):
        return None
    if test.above_99th_percentile:
        return _counted(test)
    normal = test.above_99th_percentile is False or test.result is AplResult.NEGATIVE
    return Truth.FALSE if normal else Truth.UNKNOWN


def _reaches(test: AntiphospholipidTest, units: Decimal | int) -> Truth | None:
    """Whether the titre is ``units`` or more, whatever the method; a negative result without a number is below."""
    if not says_something(test):
        return None
    value = titre(test)
    if value is None:
        return Truth.FALSE if _called_negative(test) else Truth.UNKNOWN
    if value >= units and test.result is AplResult.NEGATIVE:
        return Truth.UNKNOWN
    return of(value >= units)


def reaching(parameter: str) -> Reading:
    """Reading: a titre of so many units or more, whatever the method."""
    return lambda case, test: _reaches(test, case.number(parameter))


def reaching_by_elisa(parameter: str) -> Reading:
    """Reading: a titre of so many units or more by ELISA [acreular-cutoffs]; another method leaves it UNKNOWN."""

    def read(case: Case, test: AntiphospholipidTest) -> Truth | None:
        found = _reaches(test, case.number(parameter))
        negative = found is Truth.FALSE and _called_negative(test)
        return found if found is None or negative or test.method is AplMethod.ELISA else Truth.UNKNOWN

    return read


def as_reported(case: Case, test: AntiphospholipidTest) -> Truth | None:
    """Positive by the laboratory's words, the 99th percentile or, without either, the titre, whatever the method.

    A bare number of moderate height is positive, one below the low band negative, one between depends on the
    laboratory's cut-off [profile-high-moderate-low].
    """
    if test.assay is LUPUS:
        return lupus_anticoagulant(case, test)
    if not says_something(test):
        return None
    if test.result is AplResult.POSITIVE or test.above_99th_percentile:
        return Truth.UNKNOWN if test.result is AplResult.NEGATIVE else Truth.TRUE
    moderate = _reaches(test, case.number("apl.moderate_units"))
    if moderate is not Truth.FALSE or _called_negative(test):
        return moderate
    return Truth.UNKNOWN if _reaches(test, case.number("apl.low_units")) is Truth.TRUE else Truth.FALSE


def as_raised(case: Case, test: AntiphospholipidTest) -> Truth | None:
    """As reported; what may be positive raises the question too.

    That is a lupus anticoagulant called positive on an anticoagulant, and a bare number in the low band.
    """
    found = as_reported(case, test)
    if found is not Truth.UNKNOWN:
        return found
    called = test.assay is LUPUS and test.result is AplResult.POSITIVE
    low = _reaches(test, case.number("apl.low_units")) is Truth.TRUE
    return Truth.TRUE if called or low else Truth.UNKNOWN
