"""What facts can be: declared bounds, steps, and the fact without which one is not defined."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path as FilePath

from pydantic import Field, ValidationError

from app.authoring.yaml_source import read_yaml
from app.clinical.content import Content, FactId, Id, Text
from app.errors import ContentError, Diagnostic
from app.logic.answers import Answer, Region, possible_answers
from app.logic.conditions import Leaf
from app.logic.values import FactSignature, Known, Number

FILE = "ranges.yaml"


class FactRange(Content):
    """Bounds of facts, both included; ``step`` is the distance between neighbouring values.

    ``only_when`` names a boolean fact without which these are not defined, and so unknown for good.
    """

    facts: tuple[FactId, ...] = Field(min_length=1)
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    step: int | Decimal = Field(gt=0)
    only_when: FactId | None = None

    def a_value(self, region: Region) -> Number | None:
        """A value of the region that the fact can have; None where it holds none."""
        low = self._first(region)
        if not _within(low, self.maximum, included=True) or not _within(
            low, region.high, included=region.high_included
        ):
            return None
        return low

    def _first(self, region: Region) -> Number:
        """The least multiple of the step that lies above the lower ends."""
        if region.low is None and self.minimum is None:
            return region.sample() // self.step * self.step
        low = max(end for end in (region.low, self.minimum) if end is not None)
        first = -(-low // self.step) * self.step
        if first == region.low and not region.low_included:
            first += self.step
        return first if isinstance(first, int) or first != int(first) else int(first)


def _within(value: Number, end: Number | None, *, included: bool) -> bool:
    return end is None or value < end or (included and value == end)


Ranges = Mapping[str, FactRange]


class Waiver(Content):
    """Patients for whom one proof of one rule is known not to hold, told by what is certain of them, and why."""

    proof: Id
    rule: Id
    patients: Mapping[FactId, bool] = Field(min_length=1)
    reason: Text


class RangeFile(Content):
    """What the file holds."""

    ranges: tuple[FactRange, ...] = ()
    waived: tuple[Waiver, ...] = ()

    @property
    def by_fact(self) -> Ranges:
        """The range of each fact."""
        return {fact: item for item in self.ranges for fact in item.facts}


def load_ranges(directory: FilePath) -> RangeFile:
    """The ranges and waivers of a knowledge folder; none where it holds none. Raises ContentError."""
    path = directory / FILE
    if not path.exists():
        return RangeFile()
    file, faults = read_yaml(path, FILE)
    if faults:
        raise ContentError(faults)
    try:
        return RangeFile.model_validate(file.data or {})
    except ValidationError as error:
        found = (file.fault("bad-range", item["msg"], item["loc"]) for item in error.errors())
        raise ContentError(tuple(found)) from None


def range_faults(
    ranges: Ranges, facts: Mapping[str, FactSignature], read: Mapping[str, Sequence[Leaf]]
) -> list[Diagnostic]:
    """Ranges of no number, and numbers that a condition compares without a range."""
    found = [
        Diagnostic("range-unknown-fact", f"`{fact}` is no fact with numbers", FILE)
        for fact in ranges
        if fact not in facts or facts[fact].type != "number"
    ]
    found += [
        Diagnostic("range-missing", f"`{fact}` is compared with a number and has no range", FILE)
        for fact in read
        if facts[fact].type == "number" and fact not in ranges
    ]
    return found


def inhabited(signature: FactSignature, leaves: Sequence[Leaf], ranges: Ranges) -> tuple[Answer, ...]:
    """The answers that rules can tell apart and that the fact can have, each with a value it can have."""
    answers = possible_answers(signature, leaves)
    declared = ranges.get(signature.id)
    if declared is None:
        return answers
    valued = ((item.says, declared.a_value(item.says)) for item in answers if isinstance(item.says, Region))
    return tuple(Answer(says, Known(value)) for says, value in valued if value is not None)
