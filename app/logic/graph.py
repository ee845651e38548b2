"""Conditions as one graph: equal conditions are one node, and references point at what they refer to."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.logic.checks import Names, Vertex
from app.logic.conditions import AtLeast, Condition, Leaf, RuleRef, ScoreRef, children
from app.logic.labels import Label, label_of

ScoreItems = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A distinct condition. ``args`` are the nodes that decide it: inner conditions, or what a reference names."""

    condition: Condition
    args: tuple[int, ...]
    label: Label
    fact: str = ""
    score: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, each after its args; the node of each rule; each score's (points, node) by domain.

    ``ends`` is where an answer, after a code for each node, holds a score's low end; the high end follows.
    """

    nodes: tuple[Node, ...]
    rules: Mapping[str, int]
    scores: Mapping[str, ScoreItems]
    ends: Mapping[str, int]


def build(names: Names, order: tuple[Vertex, ...]) -> Graph:
    """The graph of checked conditions; ``order`` puts what is referred to first."""
    builder = _Builder()
    for kind, key in order:
        if kind == "rule":
            builder.rules[key] = builder.add(names.conditions[key])
        else:
            domains = names.scores[key].domains
            builder.scores[key] = tuple(
                tuple((item.points, builder.add(item.when)) for item in domain.items) for domain in domains
            )
    rules = {key: builder.rules[key] for key in names.conditions}
    scores = {key: builder.scores[key] for key in names.scores}
    ends = {key: len(builder.nodes) + 2 * place for place, key in enumerate(scores)}
    return Graph(tuple(builder.nodes), rules, scores, ends)


class _Builder:
    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.rules: dict[str, int] = {}
        self.scores: dict[str, ScoreItems] = {}
        self._seen: dict[object, int] = {}

    def add(self, condition: Condition) -> int:
        args = self._args(condition)
        identity = _identity(condition, args)
        if identity not in self._seen:
            self._seen[identity] = len(self.nodes)
            self.nodes.append(_node(condition, args))
        return self._seen[identity]

    def _args(self, condition: Condition) -> tuple[int, ...]:
        match condition:
            case RuleRef(rule):
                return (self.rules[rule],)
            case ScoreRef(score):
                return tuple(node for domain in self.scores[score] for _, node in domain)
            case _:
                return tuple(map(self.add, children(condition)))


def _node(condition: Condition, args: tuple[int, ...]) -> Node:
    fact = condition.fact if isinstance(condition, Leaf) else ""
    score = condition.score if isinstance(condition, ScoreRef) else ""
    return Node(condition, args, label_of(condition), fact, score)


def _identity(condition: Condition, args: tuple[int, ...]) -> object:
    """Two conditions with equal identities are one node: a group by its nodes, anything else by itself."""
    if not children(condition):
        return condition
    return type(condition), condition.k if isinstance(condition, AtLeast) else None, args
