"""Made-up patients on and around every threshold, to check a compiled program with."""

from collections.abc import Iterator, Mapping
from random import Random

from app.logic.answers import thresholds
from app.logic.checks import Names
from app.logic.conditions import Compare, Leaf, OneOf, walk
from app.logic.values import Fact, FactSignature, Interval, Known, Number, Reason, Unknown

_UNKNOWN = Unknown(Reason.NOT_RECORDED)


def samples(names: Names, count: int, seed: int = 0) -> Iterator[dict[str, Fact]]:
    """``count`` patients, the same for the same seed."""
    telling = telling_values(names)
    chance = Random(seed)  # noqa: S311 - made-up patients, not secrets
    for _ in range(count):
        yield {fact: chance.choice(values) for fact, values in telling.items()}


def telling_values(names: Names) -> Mapping[str, tuple[Fact, ...]]:
    """For each fact that is read: unknown, and values that fall on every side of its comparisons."""
    leaves: dict[str, list[Leaf]] = {}
    for condition in (*names.conditions.values(), *(i.when for s in names.scores.values() for i in s.items)):
        for node in walk(condition):
            if isinstance(node, Leaf):
                leaves.setdefault(node.fact, []).append(node)
    return {fact: (_UNKNOWN, *_values(names.facts[fact], group)) for fact, group in leaves.items()}


def _values(signature: FactSignature, leaves: list[Leaf]) -> list[Fact]:
    if signature.type == "boolean":
        return [Known(value=True), Known(value=False)]
    if signature.type == "code":
        named = {value for leaf in leaves for value in _codes(leaf)} | (signature.values or {"another"})
        return [Known(value) for value in sorted(named)]
    return [value for threshold in sorted(set(thresholds(leaves))) for value in _around(threshold)]


def _codes(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, OneOf):
        return leaf.values
    return (leaf.value,) if isinstance(leaf, Compare) and isinstance(leaf.value, str) else ()


def _around(threshold: Number) -> Iterator[Known]:
    below, above = threshold - 1, threshold + 1
    yield from map(Known, (below, threshold, above))
    ends = (
        (None, below),
        (below, threshold),
        (below, above),
        (threshold, above),
        (threshold, None),
        (threshold, threshold),
    )
    yield from (Known(Interval(low, high)) for low, high in ends)
