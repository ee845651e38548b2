"""Numbers in conditions that no patient can have, and units that nobody measures in."""

from collections.abc import Iterator

from app.authoring.loader import Loaded
from app.authoring.logic_faults import condition_places
from app.authoring.ranges import FactRange, Ranges
from app.clinical.catalogue import specifications
from app.clinical.conditions_of import conditions_of
from app.errors import Diagnostic
from app.logic.conditions import Between, Compare, Condition, Path, located
from app.logic.values import Number, is_number

MORE_UNITS = frozenset({"mo", "min", "mg/kg", "GPL, MPL or kit units"})
"""Units of parameters beside those of facts."""


def limit_faults(loaded: Loaded, ranges: Ranges) -> Iterator[Diagnostic]:
    """Thresholds outside the declared range of their fact: such a condition holds for everybody or for nobody."""
    places = {key: place for piece in loaded.of("rules") for key, place in condition_places(piece)}
    for owner, condition in conditions_of(loaded.knowledge.rules).items():
        if owner.endswith("/@satisfied"):  # "is it on file" is meant to hold for every number
            continue
        piece, start = places[owner]
        for path, fact, value in _numbers(condition):
            if fact in ranges and not _possible(value, ranges[fact]):
                least, most = ranges[fact].minimum, ranges[fact].maximum
                message = f"{owner}: `{fact}` is compared with {value}, and lies between {least} and {most}"
                yield piece.fault("outside-range", message, *start, *path)


def unit_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Parameters in a unit that no fact has: a slip of the pen there moves a threshold by orders of magnitude."""
    known = MORE_UNITS | {item.unit for item in specifications().values()}
    for piece in loaded.of("parameters"):
        if piece.data["unit"] not in known:
            yield piece.fault("unknown-unit", f"{piece.data['id']}: there is no unit `{piece.data['unit']}`", "unit")


def _numbers(condition: Condition) -> Iterator[tuple[Path, str, Number]]:
    for path, node in located(condition):
        match node:
            case Compare(fact, op, value) if is_number(value):
                yield (*path, op), fact, value
            case Between(fact, low, high):
                yield (*path, "between"), fact, low
                yield (*path, "between"), fact, high
            case _:
                pass


def _possible(value: Number, found: FactRange) -> bool:
    return (found.minimum is None or value >= found.minimum) and (found.maximum is None or value <= found.maximum)
