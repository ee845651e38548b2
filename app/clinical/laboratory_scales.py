"""What a laboratory test is made of: scales with exact conversions and working limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.clinical.catalogue import Coding


@dataclass(frozen=True, slots=True)
class Scale:
    """One way of measuring a test: the fact's unit, and how much of it one of each accepted unit is."""

    fact: str
    unit: str
    lowest: Decimal
    highest: Decimal
    per: Mapping[str, Fraction]

    def convert(self, value: Decimal, unit: str) -> Decimal:
        """``value`` of ``unit`` in this scale's own unit."""
        exact = Fraction(value) * self.per[unit]
        return Decimal(exact.numerator) / Decimal(exact.denominator)


@dataclass(frozen=True, slots=True)
class LabTest:
    """A test: what it is called, what to ask for, the scales it is measured on and, where it has one, its finding."""

    code: str
    title: str
    question: str
    scales: tuple[Scale, ...] = ()
    finding: Literal["positive", "abnormal"] | None = None
    codes: tuple[Coding, ...] = ()
    units: tuple[str, ...] = field(init=False)
    """Every accepted unit, once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(dict.fromkeys(unit for scale in self.scales for unit in scale.per)))

    def plausible(self, value: Decimal, unit: str) -> bool:
        """Whether a number can be meant in this unit; a unit with limits of its own is judged by those."""
        for own in self.scales:
            if own.unit == unit:
                return own.lowest <= value <= own.highest
        scale = next(item for item in self.scales if unit in item.per)
        return scale.lowest <= scale.convert(value, unit) <= scale.highest
