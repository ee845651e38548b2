"""Kleene's strong three-valued logic."""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """TRUE, FALSE or UNKNOWN. It has no truth value for Python, so no ``if`` can turn unknown into no."""

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    __hash__ = object.__hash__  # each member exists once; Enum's own hash is slow and Truth is looked up everywhere

    def __bool__(self) -> bool:
        raise TypeError("a Truth is not a bool: compare it with `is`")

    def __invert__(self) -> "Truth":
        return _NOT[self]

    def __and__(self, other: "Truth") -> "Truth":
        return all_of((self, other))

    def __or__(self, other: "Truth") -> "Truth":
        return any_of((self, other))


# Small ints for generated code. Bit 0 says "possibly true", bit 4 "certainly true", so that AND is `&`, OR is `|`,
# and the sum of up to 15 of them holds the number possible in its low four bits and the number certain above.
CODES = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 17}
TRUTHS = {code: truth for truth, code in CODES.items()}

_T, _U, _F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
_NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def of(value: bool) -> Truth:
    """The Truth of a decided bool."""
    return Truth.TRUE if value else Truth.FALSE


def all_of(items: Iterable[Truth]) -> Truth:
    """FALSE if any is false, else UNKNOWN if any is unknown, else TRUE."""
    found = _T
    for item in items:
        if item is _F:
            return item
        if item is _U:
            found = item
    return found


def any_of(items: Iterable[Truth]) -> Truth:
    """TRUE if any is true, else UNKNOWN if any is unknown, else FALSE."""
    found = _F
    for item in items:
        if item is _T:
            return item
        if item is _U:
            found = item
    return found


def at_least(k: int, items: Iterable[Truth]) -> Truth:
    """TRUE when k are true; FALSE when the true and the unknown together cannot reach k."""
    seen = list(items)
    certain = sum(item is Truth.TRUE for item in seen)
    possible = sum(item is not Truth.FALSE for item in seen)
    if certain >= k:
        return Truth.TRUE
    return Truth.UNKNOWN if possible >= k else Truth.FALSE
