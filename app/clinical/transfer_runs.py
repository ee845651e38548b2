"""Consecutive failed embryo transfers."""

from collections.abc import Callable, Iterable, Sequence

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import at_least, below, longest_run
from app.clinical.obstetric_sections import EmbryoTransfer
from app.clinical.transfers import (
    Attempt,
    attempts,
    good_embryos,
    has_good,
    highest,
    is_euploid_blastocyst,
    listed,
    lowest,
    where,
)
from app.logic.truth import Truth, all_of
from app.logic.values import Fact, Interval, Number


def _of_few_high_grade(case: Case, item: Attempt) -> Truth:
    number = good_embryos(item.transfer)
    few = below(number, case.number("transfers.high_grade_most") + 1)
    return all_of((item.failed, at_least(number, 1), few))


@fact(
    "transfers.longest_high_grade_run",
    "number",
    unit="1",
    question="How many consecutive transfers of one or two high-grade embryos each failed?",
    read_from=("embryo_transfers",),
)
def longest_high_grade_run(case: Case) -> Fact:
    """Longest run of consecutive failed transfers, each of one or two high-grade embryos [simon-laufer-2012-definition]."""
    found = attempts(case)
    if found is None:
        return case.absent(Section.EMBRYO_TRANSFERS)
    return listed(case, longest_run(_of_few_high_grade(case, item) for item in found), found)


@fact(
    "transfers.good_run_euploid_blastocysts",
    "number",
    unit="{embryos}",
    question="Did more than 3 consecutive transfers of good-quality embryos fail, and how many of those embryos were "
    "good-quality euploid blastocysts?",
    read_from=("embryo_transfers",),
)
def good_run_euploid_blastocysts(case: Case) -> Fact:
    """Good-quality euploid blastocysts within one run of consecutive failed transfers of good-quality embryos [ca-on-rif].

    Only a run longer than the parameter ``transfers.good_run_above`` counts; without one the number is 0. Whether a failed
    transfer of lesser quality breaks a run is not printed: the lower end says that it does, the upper end that it does not.
    """
    found = attempts(case)
    if found is None:
        return case.absent(Section.EMBRYO_TRANSFERS)
    above = case.number("transfers.good_run_above")
    certain = _runs(found, lambda item: all_of((item.failed, has_good(item.transfer))) is Truth.TRUE)
    judged = [item for item in found if item.failed is Truth.FALSE or has_good(item.transfer) is not Truth.FALSE]
    possible = _runs(judged, lambda item: item.failed is not Truth.FALSE)
    low = max((lowest(map(_good_euploid, run)) for run in certain if len(run) > above), default=0)
    return listed(case, Interval(low, _most(run for run in possible if len(run) > above)), found)


def _runs(found: Iterable[Attempt], holds: Callable[[Attempt], bool]) -> list[list[Attempt]]:
    """The unbroken runs of transfers for which something holds."""
    runs: list[list[Attempt]] = [[]]
    for item in found:
        if holds(item):
            runs[-1].append(item)
        else:
            runs.append([])
    return runs


def _good_euploid(item: Attempt) -> Interval:
    """Good-quality euploid blastocysts of one transfer."""
    transfer: EmbryoTransfer = item.transfer
    return where(is_euploid_blastocyst(transfer), good_embryos(transfer))


def _most(runs: Iterable[Sequence[Attempt]]) -> Number | None:
    """The largest number that any of the runs can hold; None for no bound."""
    ends = [highest(map(_good_euploid, run)) for run in runs]
    return None if None in ends else max((end for end in ends if end is not None), default=0)
