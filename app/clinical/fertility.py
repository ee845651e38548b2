"""Implantation failure: its facts and vocabulary; importing this module declares all of them."""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from functools import partial
from math import prod

from app.clinical import transfer_runs
from app.clinical.catalogue import Case, Coding, Entry, declare_entry, fact
from app.clinical.history import Section
from app.clinical.investigations import declare_investigation
from app.clinical.obstetric_sections import EmbryoTransfer, OocyteSource, Ploidy, Stage
from app.clinical.presence import declare_presence, read_presence
from app.clinical.timeline import ANY, interval_of
from app.clinical.transfers import (
    NO_POSITIVE_TEST,
    ONE,
    PLACE,
    Attempt,
    attempts,
    counted,
    embryos,
    equals,
    good_embryos,
    has_good,
    is_blastocyst,
    is_euploid_blastocyst,
    known,
    listed,
    since_success,
    where,
)
from app.logic.truth import Truth, all_of
from app.logic.values import Fact, Interval, Known, Reason, Unknown

__all__ = ["transfer_runs"]

SNOMED = "http://snomed.info/sct"
EQUIVALENT = "untested_transfers_equal_three_euploid"
CELLULAR_TESTS = ("nk_cells", "nk_cytotoxicity", "th1_th2_ratio")
# Keeps the product of 60 chances with three decimals each exact.
DIGITS = 200

ASK = (
    "For each embryo transfer, in order: date, fresh or frozen, how many embryos, stage, quality, ploidy test, result?"
)
_transfers = partial(fact, fact_type="number", question=ASK, read_from=("embryo_transfers",))

declare_presence(
    Section.CONDITIONS,
    "diagnosed_immune_disease",
    "Diagnosed immune disease",
    "Does she have a diagnosed immune disease (not only an abnormal immune test)?",
)
declare_investigation(
    "chronic_endometritis",
    "Chronic endometritis (biopsy)",
    "Was chronic endometritis looked for by biopsy, and what did it show?",
)
declare_entry(
    Entry(
        Section.CONDITIONS,
        EQUIVALENT,
        "Failed transfers of untested embryos equal at least 3 euploid blastocyst transfers, by the clinic's calculation",
    )
)


@_transfers(
    "transfers.count",
    unit="1",
    codes=(
        Coding(SNOMED, "75456002", "Embryo transfer (procedure)"),
        Coding(SNOMED, "236894009", "Frozen embryo transfer (procedure)"),
    ),
)
def count(case: Case) -> Fact:
    """Embryo transfers so far, whatever came of them."""
    found = attempts(case)
    if found is None:
        return case.absent(Section.EMBRYO_TRANSFERS)
    return listed(case, Interval(len(found), len(found)), found)


@_transfers("transfers.failed", unit="1")
def failed(case: Case) -> Fact:
    """Transfers without a clinical pregnancy, at any time."""
    return counted(case, lambda _: ONE, anywhere=True)


@_transfers("transfers.failed_euploid_blastocysts", unit="1")
def failed_euploid_blastocysts(case: Case) -> Fact:
    """Failed transfers of tested, euploid blastocysts [lugano-rif-2023-definition]."""
    return counted(case, lambda item: where(is_euploid_blastocyst(item), ONE))


@_transfers("transfers.failed_good_blastocysts", unit="1")
def failed_good_blastocysts(case: Case) -> Fact:
    """Failed transfers of good-quality blastocysts [peero-2024-severity]."""
    return counted(case, lambda item: where(all_of((is_blastocyst(item), has_good(item))), ONE))


@_transfers("transfers.good_embryos_failed", unit="{embryos}")
def good_embryos_failed(case: Case) -> Fact:
    """Good-quality embryos transferred without a clinical pregnancy [coughlan-2014-definition]."""
    return counted(case, good_embryos)


@_transfers("transfers.failed_good_cycles", unit="1")
def failed_good_cycles(case: Case) -> Fact:
    """Fresh or frozen cycles with a good-quality embryo and no clinical pregnancy [coughlan-2014-definition]."""
    return counted(case, lambda item: where(has_good(item), ONE))


@_transfers("transfers.failed_blastocyst_embryos", unit="{embryos}")
def failed_blastocyst_embryos(case: Case) -> Fact:
    """Blastocysts transferred without a clinical pregnancy [rinehart-2007-definition]."""
    return counted(case, lambda item: where(is_blastocyst(item), embryos(item)))


@_transfers("transfers.failed_eight_cell_embryos", unit="{embryos}")
def failed_eight_cell_embryos(case: Case) -> Fact:
    """Eight-cell embryos transferred without a clinical pregnancy [rinehart-2007-definition].

    Cells are not sent: any number up to all embryos of cleavage stage.
    """
    return counted(case, lambda item: where(equals(item.stage, Stage.CLEAVAGE), Interval(0, embryos(item).high)))


@_transfers(
    "transfers.failed_under_immunomodulation",
    unit="1",
    question="Did any transfer fail although immunomodulation (LMWH, a steroid, or as a uterine immune test advised) was given?",
)
def failed_under_immunomodulation(case: Case) -> Fact:
    """Failed transfers given with immunomodulation, at any time [ca-on-rif]."""
    return counted(case, lambda item: where(equals(item.immunomodulation, wanted=True), ONE), anywhere=True)


@fact(
    "transfers.untested_equivalent",
    "boolean",
    question="By the clinic's own calculation from age and euploidy rate: do her failed transfers of untested embryos equal "
    "at least 3 failed transfers of euploid blastocysts?",
    read_from=("conditions", "embryo_transfers"),
)
def untested_equivalent(case: Case) -> Fact:
    """The clinic's statement that failed transfers of untested embryos equal three euploid ones [lugano-rif-2023-definition].

    Never worked out here, and not denied by a complete list of conditions. Without it FALSE only when no failed transfer
    can have been of untested embryos.
    """
    if any(item.code == EQUIVALENT for item in case.history.conditions or ()):
        return read_presence(case, Section.CONDITIONS, (EQUIVALENT,))
    found = attempts(case)
    if found is None or not case.complete(Section.EMBRYO_TRANSFERS):
        return case.absent(Section.EMBRYO_TRANSFERS)
    untested = tuple(
        item.pointer
        for item in found
        if item.failed is not Truth.FALSE and item.transfer.ploidy in (None, Ploidy.UNTESTED)
    )
    return Unknown(Reason.NOT_RECORDED, untested) if untested else Known(False, (PLACE,))


@_transfers(
    "transfers.cumulative_predicted_chance",
    unit="1",
    question="What chance of implantation, 0 to 1, did the clinic itself predict for each transfer?",
)
def cumulative_predicted_chance(case: Case) -> Fact:
    """Cumulative predicted chance of implantation, 0 to 1, over the transfers without a positive test.

    1 - product(1 - p) with the clinic's own p of each transfer; unknown when any p is, and never inferred from age
    [eshre-rif-2023-60-percent, house-rif-p-input].
    """
    found = attempts(case, NO_POSITIVE_TEST)
    if found is None:
        return case.absent(Section.EMBRYO_TRANSFERS)
    missed = [item for item in found if item.failed is not Truth.FALSE]
    unpredicted = tuple(item.pointer for item in missed if item.transfer.predicted_chance is None)
    if unpredicted:
        return Unknown(Reason.NOT_RECORDED, unpredicted)
    most = _chance(missed) if case.complete(Section.EMBRYO_TRANSFERS) else Decimal(1)
    return known(Interval(_chance(since_success(found)), most), missed)


def _chance(items: Iterable[Attempt]) -> Decimal:
    with localcontext(prec=DIGITS):
        missed = prod((1 - (item.transfer.predicted_chance or 0) for item in items), start=Decimal(1))
        return Decimal(1) - missed


@fact(
    "transfers.max_age_at_retrieval",
    "number",
    unit="a",
    question="At what age were the oocytes of the failed transfers retrieved, and were they her own?",
    read_from=("embryo_transfers", "patient"),
)
def max_age_at_retrieval(case: Case) -> Fact:
    """Highest age at oocyte retrieval over the failed transfers, completed years, own or donor.

    Own oocytes whose age at retrieval was not sent were at most as old as she is now.
    """
    found = attempts(case)
    if not found:
        return case.absent(Section.EMBRYO_TRANSFERS)
    now = interval_of(case.fact("patient.age_years"))
    possible = [item for item in found if item.failed is not Truth.FALSE]
    ages = [_age_at_retrieval(item.transfer, now) for item in possible]
    lows = [age.low for item, age in zip(possible, ages, strict=True) if item.failed is Truth.TRUE]
    highs = [age.high for age in ages]
    low = max((age for age in lows if age is not None), default=None)
    high = None if None in highs else max((age for age in highs if age is not None), default=None)
    if low is None and high is None:
        return Unknown(Reason.NOT_RECORDED, tuple(item.pointer for item in possible))
    return listed(case, Interval(low, high), possible)


def _age_at_retrieval(transfer: EmbryoTransfer, now: Interval) -> Interval:
    if transfer.age_at_retrieval is not None:
        return Interval(transfer.age_at_retrieval, transfer.age_at_retrieval)
    return Interval(None, now.high) if transfer.oocyte_source is OocyteSource.OWN else ANY


@fact(
    "immune.nk_or_th1_abnormal",
    "boolean",
    question="If NK-cell level, NK cytotoxicity or a Th1/Th2 ratio was measured: does the laboratory call any of them abnormal?",
    read_from=("laboratory",),
)
def nk_or_th1_abnormal(case: Case) -> Fact:
    """Whether any cellular immune test done is abnormal by the laboratory's own cut-off [ksri-ivig].

    TRUE when one is; FALSE when at least one was read as normal and none as abnormal; a test not done says nothing, and a
    number without the laboratory's reading is never judged here, because published cut-offs contradict each other.
    """
    read = [case.fact(f"lab.{test}_abnormal") for test in CELLULAR_TESTS]
    said = [item for item in read if isinstance(item, Known)]
    abnormal = [item for item in said if item.value is True]
    if not abnormal and any(isinstance(item, Unknown) and item.reason is Reason.CONFLICTING for item in read):
        return next(item for item in read if isinstance(item, Unknown) and item.reason is Reason.CONFLICTING)
    if not said:
        return case.absent(Section.LABORATORY)
    sources = tuple(place for item in abnormal or said for place in item.sources)
    return Known(bool(abnormal), sources)
