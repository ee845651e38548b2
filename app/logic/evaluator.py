"""A compiled set of rules, and what it finds for one patient."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.errors import RuleSetError
from app.logic.checks import Names
from app.logic.codegen import Run
from app.logic.conditions import Leaf, ScoreRef
from app.logic.graph import Graph
from app.logic.reference import reference_evaluate
from app.logic.truth import CODES, TRUTHS, Truth
from app.logic.values import Fact, Interval

_YES, _MAYBE = CODES[Truth.TRUE], CODES[Truth.UNKNOWN]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Checked conditions and scores, and the function generated from them. Immutable, so threads may share it.

    ``rules`` and ``scores`` say where in the function's answer each of them stands; a score takes two places.
    """

    names: Names
    graph: Graph
    run: Run
    rules: Mapping[str, int]
    scores: Mapping[str, int]

    def evaluate(self, facts: Mapping[str, Fact]) -> "Results":
        """All rules and scores for one patient; a fact left out is unknown. The mapping must not change afterwards.

        Raises TypeError if a known value is not of its fact's declared type: a derivation is at fault.
        """
        return Results(self, facts, self.run(facts.get, False))

    def self_check(self, samples: Iterable[Mapping[str, Fact]]) -> None:
        """Compare the generated function with the reference walk; raises RuleSetError where they differ."""
        for facts in samples:
            results, expected = self.evaluate(facts), reference_evaluate(self.names, facts)
            wrong = [key for key, truth in expected.rules.items() if results.truth(key) is not truth]
            wrong += [key for key, value in expected.scores.items() if results.score(key) != value]
            if wrong:
                raise RuleSetError(f"the compiled rules differ from their conditions: {', '.join(wrong)}")


class Results:
    """What one evaluation found. Node values are computed when first asked for; most callers never do."""

    __slots__ = ("_nodes", "_outcome", "_program", "facts")

    def __init__(self, program: Program, facts: Mapping[str, Fact], outcome: tuple[int, ...]) -> None:
        self.facts = facts
        self._program = program
        self._outcome = outcome
        self._nodes: tuple[int, ...] | None = None

    def truth(self, key: str) -> Truth:
        """The truth of a rule."""
        return TRUTHS[self._outcome[self._program.rules[key]]]

    def score(self, score: str) -> Interval:
        """The points that are certain, to the points still possible."""
        low = self._program.scores[score]
        return Interval(self._outcome[low], self._outcome[low + 1])

    def undecided(self) -> tuple[str, ...]:
        """The rules that are UNKNOWN, in the order given to the compiler."""
        return tuple(key for key, code in zip(self._program.graph.rules, self._outcome, strict=False) if code == _MAYBE)

    def nodes(self) -> tuple[int, ...]:
        """The code of every node of the program's graph."""
        if self._nodes is None:
            self._nodes = self._program.run(self.facts.get, True)
        return self._nodes

    def missing(self, key: str) -> tuple[str, ...]:
        """The facts that keep a rule UNKNOWN, half-known ones included, each once, as they first appear."""
        graph, codes = self._program.graph, self.nodes()
        found: dict[str, None] = {}
        seen: set[int] = set()
        stack = [graph.rules[key]]
        while stack:
            index = stack.pop()
            if codes[index] != _MAYBE or index in seen:
                continue
            seen.add(index)
            node = graph.nodes[index]
            if isinstance(node.condition, Leaf):
                found[node.condition.fact] = None
            elif isinstance(node.condition, ScoreRef):
                stack.extend(reversed(tuple(self._open_items(node.condition.score))))
            else:
                stack.extend(reversed(node.args))
        return tuple(found)

    def _open_items(self, score: str) -> Iterator[int]:
        """Items worth more than what their domain has for certain."""
        codes = self.nodes()
        for domain in self._program.graph.scores[score]:
            certain = max((points for points, node in domain if codes[node] == _YES), default=0)
            yield from (node for points, node in domain if points > certain)
