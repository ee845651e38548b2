"""Facts as the logic sees them: known, half known (an interval) or unknown with a reason."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeGuard

Number = int | Decimal


class Reason(StrEnum):
    """Why a fact is not known."""

    NOT_SENT = "not_sent"
    NOT_RECORDED = "not_recorded"
    UNIT_NOT_ALLOWED = "unit_not_allowed"
    IMPLAUSIBLE = "implausible"
    CONFLICTING = "conflicting"
    FETCH_FAILED = "fetch_failed"
    NOT_DETERMINABLE = "not_determinable"


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from ``low`` to ``high``, both included; None means unbounded on that side."""

    low: Number | None = None
    high: Number | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("an interval's low end lies above its high end")

    @property
    def exact(self) -> bool:
        """Whether one number is left."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class Known:
    """A value, and the request locations (JSON pointers) it was read from."""

    value: bool | str | Number | Interval
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value, and why; ``sources`` are the request locations that stand in the way, if any."""

    reason: Reason
    sources: tuple[str, ...] = ()


Fact = Known | Unknown


@dataclass(frozen=True, slots=True)
class FactSignature:
    """What the catalogue promises of a fact. ``values`` closes the list of codes; None leaves it open."""

    id: str
    type: Literal["boolean", "number", "code"]
    values: frozenset[str] | None = None


def is_number(value: object) -> TypeGuard[Number]:
    """Whether this is a number that can be ordered: no bool, no float, no NaN."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)
