"""What can be answered for a fact: yes or no, its codes, or the stretches of numbers that no comparison tells apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.logic.comparisons import as_interval, leaf_truth
from app.logic.conditions import Between, Compare, Leaf, OneOf
from app.logic.graph import Graph
from app.logic.truth import Truth
from app.logic.values import Fact, FactSignature, Interval, Known, Number, is_number

OTHER = "another-code"
"""Stands for every code that no condition names, where the list of codes is open."""


@dataclass(frozen=True, slots=True)
class Region:
    """The numbers between two ends, None for no end; all of them get the same truth from every comparison."""

    low: Number | None
    high: Number | None
    low_included: bool
    high_included: bool

    def sample(self) -> Number:
        """One number of the region, exact."""
        if self.low is None:
            return 0 if self.high is None else self.high if self.high_included else self.high - 1
        if self.low_included or self.high is None:
            return self.low if self.low_included else self.low + 1
        return self.high if self.high_included else Decimal(self.low + self.high) / 2

    def meets(self, known: Interval) -> bool:
        """Whether a number of the region lies in what is already known."""
        return not (_beyond(self.low, known.high, included=self.low_included)) and not (
            _beyond(known.low, self.high, included=self.high_included)
        )


def _beyond(low: Number | None, high: Number | None, *, included: bool) -> bool:
    if low is None or high is None:
        return False
    return low > high or (low == high and not included)


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer: what it says, and a fact that stands for it."""

    says: bool | str | Region
    known: Known


def leaves_of(graph: Graph) -> Mapping[str, tuple[Leaf, ...]]:
    """The distinct comparisons of each fact, in the order of the graph."""
    found: dict[str, list[Leaf]] = {}
    for node in graph.nodes:
        if isinstance(node.condition, Leaf):
            found.setdefault(node.condition.fact, []).append(node.condition)
    return {fact: tuple(leaves) for fact, leaves in found.items()}


def possible_answers(signature: FactSignature, leaves: Sequence[Leaf], fact: Fact | None = None) -> tuple[Answer, ...]:
    """The answers that conditions can tell apart. What ``fact`` already rules out is left out."""
    if signature.type == "boolean":
        return tuple(Answer(value, Known(value)) for value in (True, False))
    if signature.type == "code":
        named = {value for leaf in leaves for value in _codes(leaf)}
        return tuple(Answer(value, Known(value)) for value in sorted(signature.values or {*named, OTHER}))
    known = as_interval(signature.id, fact.value) if isinstance(fact, Known) else Interval()
    met = (region for region in regions(signature, leaves) if region.meets(known))
    return tuple(Answer(region, Known(region.sample())) for region in met)


def regions(signature: FactSignature, leaves: Sequence[Leaf]) -> tuple[Region, ...]:
    """The number line cut where a comparison changes its truth, from low to high."""
    atoms = _atoms(sorted(set(thresholds(leaves))))
    merged: list[tuple[tuple[Truth, ...], Region]] = []
    for atom in atoms:
        told = tuple(leaf_truth(leaf, Known(atom.sample()), signature) for leaf in leaves)
        if merged and merged[-1][0] == told:
            before = merged[-1][1]
            merged[-1] = told, Region(before.low, atom.high, before.low_included, atom.high_included)
        else:
            merged.append((told, atom))
    return tuple(region for _, region in merged)


def thresholds(leaves: Iterable[Leaf]) -> Iterable[Number]:
    """The numbers that these comparisons compare with."""
    for leaf in leaves:
        if isinstance(leaf, Between):
            yield from (leaf.low, leaf.high)
        elif isinstance(leaf, Compare) and is_number(leaf.value):
            yield leaf.value


def _atoms(cuts: Sequence[Number]) -> list[Region]:
    atoms: list[Region] = []
    for below, cut in zip((None, *cuts), cuts, strict=False):
        atoms += [
            Region(below, cut, low_included=False, high_included=False),
            Region(cut, cut, low_included=True, high_included=True),
        ]
    return [*atoms, Region(cuts[-1] if cuts else None, None, low_included=False, high_included=False)]


def _codes(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, OneOf):
        return leaf.values
    return (leaf.value,) if isinstance(leaf, Compare) and isinstance(leaf.value, str) else ()
