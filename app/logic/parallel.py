"""Many what-ifs of one patient in one pass: each node of the graph is two big integers, with one bit for each world.

Bit i of the first says that the node is certainly true in world i, bit i of the second that it is possibly true. World 0
is the patient as she is known; each further world changes some facts. AND, OR and NOT are Kleene's on all worlds at once.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import cast

from app.logic.comparisons import leaf_truth
from app.logic.conditions import All, AnyOf, AtLeast, Leaf, Operator, RuleRef, ScoreRef
from app.logic.evaluator import Program, Results
from app.logic.graph import Node, ScoreItems
from app.logic.truth import CODES, Truth
from app.logic.values import Fact, Number, Reason, Unknown

Bits = tuple[int, int]
"""Worlds where it is certainly true, worlds where it is possibly true."""
Sums = dict[int, int]
"""For each number of points the worlds that have exactly that many."""
_NO, _MAYBE, _YES = (CODES[truth] for truth in (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE))
_NOT_SENT = Unknown(Reason.NOT_SENT)


class Worlds:
    """One patient as she is known, and as she would be after each of the changes. Only what is asked for is worked out."""

    def __init__(self, program: Program, facts: Mapping[str, Fact], changes: Sequence[Mapping[str, Fact]]) -> None:
        self.count = len(changes) + 1
        self._program = program
        self._facts = facts
        self._changes = changes
        self._full = (1 << self.count) - 1
        self.known: dict[int, Bits] = {}
        self._sums: dict[str, tuple[Sums, Sums]] = {}
        self._changed: dict[str, list[tuple[int, Fact]]] = {}
        for world, change in enumerate(changes, 1):
            for fact_id, fact in change.items():
                self._changed.setdefault(fact_id, []).append((1 << world, fact))

    def at(self, world: int) -> Results:
        """One world, as the evaluator would have answered it; 0 is the patient as she is known."""
        facts = ChainMap(*self._layers(world)) if world else self._facts
        return Results(self._program.graph, facts, _Codes(self, world))

    def _layers(self, world: int) -> tuple[MutableMapping[str, Fact], MutableMapping[str, Fact]]:
        # Nobody writes to a patient: a ChainMap only asks for types that could be written to.
        return cast("MutableMapping[str, Fact]", self._changes[world - 1]), cast(
            "MutableMapping[str, Fact]", self._facts
        )

    def __len__(self) -> int:
        return len(self._program.graph.nodes)

    @property
    def ends(self) -> int:
        """The low and the high end of every score."""
        return 2 * len(self._program.graph.scores)

    def bits(self, index: int) -> Bits:
        """A node in all worlds at once."""
        found = self.known.get(index)
        if found is None:
            found = self.known[index] = self._node(self._program.graph.nodes[index])
        return found

    def end(self, place: int, world: int) -> int:
        """An end of a score, counted from the first: its low end at an even place, its high end after it."""
        score = list(self._program.graph.scores)[place // 2]
        return next(points for points, worlds in self._sums_of(score)[place % 2].items() if worlds >> world & 1)

    def _node(self, node: Node) -> Bits:
        condition = node.condition
        if isinstance(condition, Leaf):
            fact = self._facts.get(condition.fact, _NOT_SENT)
            return self._leaf(condition, fact, self._changed.get(condition.fact, ()))
        if isinstance(condition, ScoreRef):
            return self._threshold(condition.score, condition.op, condition.value)
        return self._group(node)

    def _leaf(self, leaf: Leaf, fact: Fact, changed: Sequence[tuple[int, Fact]]) -> Bits:
        signature = self._program.names.facts[leaf.fact]
        base = leaf_truth(leaf, fact, signature)
        certain = self._full if base is Truth.TRUE else 0
        possible = 0 if base is Truth.FALSE else self._full
        for bit, other in changed:
            truth = leaf_truth(leaf, other, signature)
            certain = certain | bit if truth is Truth.TRUE else certain & ~bit
            possible = possible & ~bit if truth is Truth.FALSE else possible | bit
        return certain, possible

    def _group(self, node: Node) -> Bits:
        args = [self.bits(index) for index in node.args]
        match node.condition:
            case All():
                return self._every(args)
            case AnyOf() | RuleRef():
                return _some(args)
            case AtLeast(k):
                return _count(k, [bits for bits, _ in args], self._full), _count(k, [b for _, b in args], self._full)
            case _:
                certain, possible = args[0]
                return self._full ^ possible, self._full ^ certain

    def _every(self, args: Sequence[Bits]) -> Bits:
        certain = possible = self._full
        for yes, maybe in args:
            certain &= yes
            possible &= maybe
        return certain, possible

    def _threshold(self, score: str, op: Operator, value: Number) -> Bits:
        low, high = self._sums_of(score)
        reached, passed = _where(low, value, strict=False), _where(low, value, strict=True)
        reachable, passable = _where(high, value, strict=False), _where(high, value, strict=True)
        full = self._full
        table: dict[Operator, Bits] = {
            "ge": (reached, reachable),
            "gt": (passed, passable),
            "lt": (full ^ reachable, full ^ reached),
            "le": (full ^ passable, full ^ passed),
            "eq": (reached & ~passable, reachable & ~passed),
            "ne": (full ^ (reachable & ~passed), full ^ (reached & ~passable)),
        }
        return table[op]

    def _sums_of(self, score: str) -> tuple[Sums, Sums]:
        if score not in self._sums:
            domains = self._program.graph.scores[score]
            self._sums[score] = self._total(domains, 0), self._total(domains, 1)
        return self._sums[score]

    def _total(self, domains: ScoreItems, side: int) -> Sums:
        sums: Sums = {0: self._full}
        for domain in domains:
            best = self._best(domain, side)
            added: Sums = {}
            for before, here in sums.items():
                for points, worlds in best.items():
                    if here & worlds:
                        added[before + points] = added.get(before + points, 0) | here & worlds
            sums = added
        return sums

    def _best(self, domain: Sequence[tuple[int, int]], side: int) -> Sums:
        found: Sums = {}
        left = self._full
        for points, node in sorted(domain, reverse=True):
            here = self.bits(node)[side] & left
            left ^= here
            found[points] = found.get(points, 0) | here
        found[0] = found.get(0, 0) | left
        return found


class _Codes(Sequence[int]):
    """The codes of one world, worked out one by one as they are looked at."""

    def __init__(self, worlds: Worlds, world: int) -> None:
        self._worlds = worlds
        self._world = world
        self._bit = 1 << world
        self._known = worlds.known

    def __len__(self) -> int:
        return len(self._worlds) + self._worlds.ends

    def __getitem__(self, index: int) -> int:  # type: ignore[override]  # nobody slices the codes of a world
        found = self._known.get(index)
        if found is None:
            if index >= len(self._worlds):
                return self._worlds.end(index - len(self._worlds), self._world)
            found = self._worlds.bits(index)
        return _YES if found[0] & self._bit else _MAYBE if found[1] & self._bit else _NO


def _some(args: Sequence[Bits]) -> Bits:
    certain = possible = 0
    for yes, maybe in args:
        certain |= yes
        possible |= maybe
    return certain, possible


def _count(k: int, items: Sequence[int], full: int) -> int:
    """Worlds in which at least ``k`` of the items hold: entry j holds the worlds with at least j so far."""
    reached = [full] + [0] * k
    for item in items:
        for j in range(k, 0, -1):
            reached[j] |= reached[j - 1] & item
    return reached[k]


def _where(sums: Sums, value: Number, *, strict: bool) -> int:
    """Worlds whose points reach the value, or pass it."""
    found = 0
    for points, worlds in sums.items():
        if points > value or (points == value and not strict):
            found |= worlds
    return found
