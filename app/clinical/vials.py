"""Whole vials: what a set of vial sizes can make up, shown beside the exact dose and never instead of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.clinical.dosing import DomainError

TENTHS = 10
"""Vial sizes are whole tenths of a gram."""


class Rounding(StrEnum):
    """How a dose becomes whole vials; a tie between two amounts goes to the lower one."""

    NEAREST = "nearest"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Vials:
    """A dose in whole vials: ``counts`` of each size in g, largest first."""

    dose_g: Decimal
    counts: tuple[tuple[Decimal, int], ...]


def round_to_vials(dose_g: Decimal, sizes_g: Sequence[Decimal], rule: Rounding) -> Vials:
    """The dose, g, in whole vials of the sizes at hand, with as few vials as possible.

    Raises DomainError where no size is given, a size is not a whole tenth of a gram, or rounding down leaves nothing.
    """
    tenths = _tenths(sizes_g)
    unit = math.gcd(*tenths)
    wanted = dose_g * TENTHS / unit
    sizes = [size // unit for size in tenths]
    fewest = _fewest(int(wanted) + max(sizes), sizes)
    reached = [amount for amount, last in enumerate(fewest) if last]
    if rule is Rounding.DOWN:
        reached = [amount for amount in reached if amount <= wanted]
    if not reached:
        raise DomainError("vial_sizes_g", "below_smallest_vial")
    best = min(reached, key=lambda amount: (abs(amount - wanted), amount))
    return Vials(Decimal(best * unit) / TENTHS, _counts(best, fewest, unit))


def _tenths(sizes_g: Sequence[Decimal]) -> list[int]:
    if not sizes_g:
        raise DomainError("vial_sizes_g", "none_given")
    if any(size <= 0 or size * TENTHS % 1 for size in sizes_g):
        raise DomainError("vial_sizes_g", "not_tenths")
    return [int(size * TENTHS) for size in sizes_g]


def _fewest(top: int, sizes: Sequence[int]) -> list[int]:
    """For each amount up to ``top`` the last vial of a shortest way to make it up; 0 where there is none."""
    count = [0] + [top + 1] * top
    last = [0] * (top + 1)
    for amount in range(1, top + 1):
        for size in sizes:
            if size <= amount and count[amount - size] + 1 < count[amount]:
                count[amount], last[amount] = count[amount - size] + 1, size
    return last


def _counts(amount: int, last: Sequence[int], unit: int) -> tuple[tuple[Decimal, int], ...]:
    counts: dict[int, int] = {}
    while amount:
        counts[last[amount]] = counts.get(last[amount], 0) + 1
        amount -= last[amount]
    return tuple((Decimal(size * unit) / TENTHS, counts[size]) for size in sorted(counts, reverse=True))
