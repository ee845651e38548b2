"""A compiled set of rules, and what it finds for one patient."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from app.errors import RuleSetError
from app.logic.checks import Names, evaluation_order
from app.logic.codegen import Run
from app.logic.graph import Graph
from app.logic.reference import reference_evaluate
from app.logic.truth import CODES, TRUTHS, Truth
from app.logic.values import Fact, Interval, Known

_YES, _MAYBE = CODES[Truth.TRUE], CODES[Truth.UNKNOWN]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Checked conditions and scores, and the function generated from them. Immutable, so threads may share it."""

    names: Names
    graph: Graph
    run: Run

    def evaluate(self, facts: Mapping[str, Fact]) -> "Results":
        """All rules and scores for one patient; a fact left out is unknown.

        Raises TypeError if a known value is not of its fact's declared type: a derivation is at fault.
        """
        return Results(self.graph, facts, self.run(facts.get))

    def reader(self, keys: Iterable[str]) -> Callable[["Results"], Hashable]:
        """How these rules came out, all at once, as one value to compare or to look things up by."""
        places = [self.graph.rules[key] for key in keys]
        if not places:
            return lambda _results: ()
        read = itemgetter(*places)
        return lambda results: read(results.codes)

    def self_check(self, samples: Iterable[Mapping[str, Fact]]) -> None:
        """Compare the generated function with the reference walk; raises RuleSetError where they differ."""
        order, _ = evaluation_order(self.names)
        for facts in samples:
            results, expected = self.evaluate(facts), reference_evaluate(self.names, order, facts)
            wrong = [key for key, truth in expected.rules.items() if results.truth(key) is not truth]
            wrong += [key for key, value in expected.scores.items() if results.score(key) != value]
            if wrong:
                raise RuleSetError(f"the compiled rules differ from their conditions: {', '.join(wrong)}")


class Results:
    """What one evaluation found. ``codes`` are the nodes' values in the order of the graph, then the ends of the scores."""

    __slots__ = ("_graph", "codes", "facts")

    def __init__(self, graph: Graph, facts: Mapping[str, Fact], codes: Sequence[int]) -> None:
        self._graph = graph
        self.facts = facts
        self.codes = codes

    def truth(self, key: str) -> Truth:
        """The truth of a rule."""
        return TRUTHS[self.codes[self._graph.rules[key]]]

    def score(self, score: str) -> Interval:
        """The points that are certain, to the points still possible."""
        place = self._graph.ends[score]
        return Interval(self.codes[place], self.codes[place + 1])

    def undecided(self) -> tuple[str, ...]:
        """The rules that are UNKNOWN, in the order given to the compiler."""
        return tuple(key for key, node in self._graph.rules.items() if self.codes[node] == _MAYBE)

    def missing(self, key: str) -> tuple[str, ...]:
        """The facts that keep a rule UNKNOWN, half-known ones included, each once, as they first appear."""
        nodes, codes = self._graph.nodes, self.codes
        found: dict[str, None] = {}
        seen: set[int] = set()
        stack = [self._graph.rules[key]]
        while stack:
            index = stack.pop()
            if codes[index] != _MAYBE or index in seen:
                continue
            seen.add(index)
            node = nodes[index]
            if node.fact:
                found[node.fact] = None
            else:
                stack += reversed(self._open_items(node.score) if node.score else node.args)
        return tuple(found)

    def read_at(self, key: str) -> tuple[str, ...]:
        """The places of the known facts that made a rule come out as it did, each once.

        A settled group rests on its members that came out as it did; one that is open on all that were looked at.
        """
        nodes, codes = self._graph.nodes, self.codes
        found: dict[str, None] = {}
        seen: set[int] = set()
        stack = [self._graph.rules[key]]
        while stack:
            index = stack.pop()
            if index in seen:
                continue
            seen.add(index)
            node, code = nodes[index], codes[index]
            read = self.facts.get(node.fact) if node.fact else None
            if isinstance(read, Known):
                found.update(dict.fromkeys(read.sources))
            one = len(node.args) == 1 or bool(node.score) or code == _MAYBE
            stack += reversed(node.args if one else [arg for arg in node.args if codes[arg] == code])
        return tuple(found)

    def _open_items(self, score: str) -> tuple[int, ...]:
        """Items worth more than what their domain has for certain: no other can move the score."""
        found: list[int] = []
        for domain in self._graph.scores[score]:
            certain = max((points for points, node in domain if self.codes[node] == _YES), default=0)
            found += (node for points, node in domain if points > certain)
        return tuple(found)
