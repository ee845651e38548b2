"""Embryo transfers: which failed, in which order, with which embryos.

Failed means no clinical pregnancy, unless a fact says that any positive test ends it. Definitions that speak of failure "after"
so many embryos do not say whether failures before a pregnancy still count: their counts run from the transfers since the last
one that may have succeeded to all failed transfers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.clinical.catalogue import Case
from app.clinical.history import Section
from app.clinical.intervals import at_least, at_least_so_many
from app.clinical.obstetric_sections import EmbryoTransfer, Ploidy, Quality, Stage, TransferOutcome
from app.logic.truth import Truth, all_of, of
from app.logic.values import Fact, Interval, Known, Number

Amount = Callable[[EmbryoTransfer], Interval]

PLACE = "/embryo_transfers"
ONE = Interval(1, 1)
NO_POSITIVE_TEST = frozenset({TransferOutcome.NOT_PREGNANT})
NO_CLINICAL_PREGNANCY = NO_POSITIVE_TEST | {TransferOutcome.BIOCHEMICAL}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One transfer, where it stands in the request, and whether it failed."""

    index: int
    transfer: EmbryoTransfer
    failed: Truth

    @property
    def pointer(self) -> str:
        return f"{PLACE}/{self.index}"


def attempts(case: Case, outcomes: frozenset[TransferOutcome] = NO_CLINICAL_PREGNANCY) -> tuple[Attempt, ...] | None:
    """All transfers in order, those with one of ``outcomes`` failed; None when the section says nothing."""
    sent = case.history.embryo_transfers
    if sent is None:
        return () if case.complete(Section.EMBRYO_TRANSFERS) else None
    return tuple(
        Attempt(index, item, Truth.UNKNOWN if item.outcome is None else of(item.outcome in outcomes))
        for index, item in enumerate(sent)
    )


def equals(value: object, wanted: object) -> Truth:
    return Truth.UNKNOWN if value is None else of(value is wanted)


def where(holds: Truth, amount: Interval) -> Interval:
    """The amount, where something holds; nothing, where it does not."""
    if holds is Truth.TRUE:
        return amount
    return Interval(0, 0) if holds is Truth.FALSE else Interval(0, amount.high)


def embryos(transfer: EmbryoTransfer) -> Interval:
    """Embryos transferred: at least one."""
    return Interval(transfer.embryos or 1, transfer.embryos)


def good_embryos(transfer: EmbryoTransfer) -> Interval:
    """Embryos of good quality. ``other`` says that not all of them were."""
    number = embryos(transfer)
    if transfer.quality is Quality.GOOD:
        return number
    spared = 0 if transfer.quality is None else 1
    return Interval(0, None if number.high is None else number.high - spared)


def has_good(transfer: EmbryoTransfer) -> Truth:
    return at_least(good_embryos(transfer), 1)


def is_blastocyst(transfer: EmbryoTransfer) -> Truth:
    return equals(transfer.stage, Stage.BLASTOCYST)


def is_euploid_blastocyst(transfer: EmbryoTransfer) -> Truth:
    return all_of((is_blastocyst(transfer), equals(transfer.ploidy, Ploidy.EUPLOID)))


def lowest(items: Iterable[Interval]) -> Number:
    return sum(item.low or 0 for item in items)


def highest(items: Iterable[Interval]) -> Number | None:
    ends = [item.high for item in items]
    return None if None in ends else sum(end for end in ends if end is not None)


def since_success(found: Sequence[Attempt]) -> list[Attempt]:
    """The transfers after the last one that may have succeeded, newest first."""
    return list(takewhile(lambda item: item.failed is Truth.TRUE, reversed(found)))


def known(value: Interval, found: Iterable[Attempt]) -> Known:
    """The number, or the interval, with the transfers it was read from."""
    sources = tuple(item.pointer for item in found) or (PLACE,)
    return Known(value.low if value.exact and value.low is not None else value, sources)


def listed(case: Case, value: Interval, found: Iterable[Attempt]) -> Known:
    """A count from the list; its upper end is open while the list may not be complete."""
    return known(value if case.complete(Section.EMBRYO_TRANSFERS) else at_least_so_many(value), found)


def counted(case: Case, amount: Amount, *, anywhere: bool = False) -> Fact:
    """An amount summed over failed transfers: since the last success up to all, or ``anywhere`` in the list."""
    found = attempts(case)
    if found is None:
        return case.absent(Section.EMBRYO_TRANSFERS)
    failed = [item for item in found if item.failed is not Truth.FALSE]
    certain = [item for item in found if item.failed is Truth.TRUE] if anywhere else since_success(found)
    low = lowest(amount(item.transfer) for item in certain)
    return listed(case, Interval(low, highest(amount(item.transfer) for item in failed)), failed)
