"""A calculator's own words: where it holds, why it refuses, what its answer depends on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.clinical.calculation import RemarkFinding
from app.clinical.service_words import Calculator, Limit, Remark
from app.errors import Problem
from app.logic.values import Interval

OUT_OF_VALIDITY = "out_of_validity"


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one calculator, as its code asks for them."""

    calculator: Calculator

    def refusal(self, pointer: str, remark: str, code: str = OUT_OF_VALIDITY) -> Problem:
        """The problem at a field, with the reason and the statements behind it."""
        found = self._remark(remark)
        return Problem(pointer, code, found.text, found.cite)

    def finding(self, remark: str) -> RemarkFinding:
        """A remark as an answer shows it."""
        found = self._remark(remark)
        return RemarkFinding(found.id, found.text, found.cite)

    def outside(self, values: Mapping[str, tuple[Interval, str]]) -> Iterator[Problem]:
        """A problem for each limit that a value, by JSON pointer with its unit, reaches beyond - with either end."""
        for limit in self.calculator.limits:
            if limit.field in values:
                value, unit = values[limit.field]
                if unit == limit.unit and _beyond(value, limit):
                    yield Problem(limit.field, OUT_OF_VALIDITY, limit.text, limit.cite)

    def _remark(self, remark: str) -> Remark:
        return next(item for item in self.calculator.remarks if item.id == remark)


def _beyond(value: Interval, limit: Limit) -> bool:
    assert value.low is not None
    assert value.high is not None
    return (limit.minimum is not None and value.low < limit.minimum) or (
        limit.maximum is not None and value.high > limit.maximum
    )
