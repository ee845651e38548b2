"""Why a rule came out as it did: its condition with each node's truth and the values it read."""

from dataclasses import dataclass
from typing import Any, Literal

from app.logic.conditions import All, AnyOf, AtLeast, Compare, Condition, Leaf, Literal_, Not, OneOf, RuleRef, ScoreRef
from app.logic.evaluator import Program, Results
from app.logic.scores import Item
from app.logic.truth import TRUTHS, Truth
from app.logic.values import Fact, Interval, Known, Reason, Unknown

Kind = Literal["all", "any", "not", "at_least", "fact", "rule", "score", "item"]

_NOT_SENT = Unknown(Reason.NOT_SENT)
_GROUPS: dict[type[Condition], Kind] = {All: "all", AnyOf: "any", Not: "not", AtLeast: "at_least"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One node. ``subject`` is the fact, rule, score or item it is about, ``read`` what was found there."""

    kind: Kind
    truth: Truth
    subject: str = ""
    op: str = ""
    threshold: Literal_ | tuple[Literal_, ...] | None = None
    read: Fact | Interval | None = None
    number: int | None = None  # k of an at_least, points of an item
    children: tuple["Explanation", ...] = ()


def explain(program: Program, results: Results, key: str, *, full: bool) -> Explanation:
    """Explain a rule.

    Short keeps the inner conditions that decided the node - those of the same truth - and shows references as leaves.
    Full keeps everything and opens each rule and score where it is first met.
    """
    return _Explainer(program, results, full=full).node(program.graph.rules[key])


class _Explainer:
    def __init__(self, program: Program, results: Results, *, full: bool) -> None:
        self._program = program
        self._graph = program.graph
        self._results = results
        self._codes = results.nodes()
        self._full = full
        self._opened: set[str] = set()

    def node(self, index: int) -> Explanation:
        node, truth = self._graph.nodes[index], TRUTHS[self._codes[index]]
        condition = node.condition
        if isinstance(condition, Leaf):
            read = self._results.facts.get(condition.fact, _NOT_SENT)
            return Explanation("fact", truth, condition.fact, *_comparison(condition), read)
        if isinstance(condition, RuleRef):
            return Explanation("rule", truth, condition.rule, children=self._rule(condition.rule, node.args))
        if isinstance(condition, ScoreRef):
            value = self._results.score(condition.score)
            items = self._score(condition.score, node.args)
            return Explanation("score", truth, condition.score, condition.op, condition.value, value, children=items)
        number = condition.k if isinstance(condition, AtLeast) else None
        return Explanation(_GROUPS[type(condition)], truth, number=number, children=self._inner(index, node.args))

    def _inner(self, index: int, args: tuple[int, ...]) -> tuple[Explanation, ...]:
        code, negation = self._codes[index], isinstance(self._graph.nodes[index].condition, Not)
        return tuple(self.node(arg) for arg in args if self._full or negation or self._codes[arg] == code)

    def _rule(self, rule: str, args: tuple[int, ...]) -> tuple[Explanation, ...]:
        return tuple(map(self.node, args)) if self._opens(f"rule {rule}") else ()

    def _score(self, score: str, args: tuple[int, ...]) -> tuple[Explanation, ...]:
        if not self._opens(f"score {score}"):
            return ()
        items = zip(self._program.names.scores[score].items, args, strict=True)
        return tuple(self._item(item, self.node(arg)) for item, arg in items)

    def _item(self, item: Item, when: Explanation) -> Explanation:
        return Explanation("item", when.truth, item.id, number=item.points, children=(when,))

    def _opens(self, reference: str) -> bool:
        """Whether to open a reference: a tree that repeats what it shares could grow without bound."""
        first = self._full and reference not in self._opened
        self._opened.add(reference)
        return first


def _comparison(leaf: Leaf) -> tuple[str, Literal_ | tuple[Literal_, ...]]:
    if isinstance(leaf, Compare):
        return leaf.op, leaf.value
    return ("in", leaf.values) if isinstance(leaf, OneOf) else ("between", (leaf.low, leaf.high))


def to_data(explanation: Explanation) -> dict[str, Any]:
    """The explanation as dicts and lists, ready for JSON; numbers stay int or Decimal."""
    data: dict[str, Any] = {"kind": explanation.kind, "truth": explanation.truth.value}
    if explanation.subject:
        data[explanation.kind] = explanation.subject
    if explanation.number is not None:
        data["points" if explanation.kind == "item" else "k"] = explanation.number
    if explanation.op:
        data |= {"op": explanation.op, "threshold": _plain(explanation.threshold)}
    if explanation.read is not None:
        data |= _read(explanation.read)
    if explanation.children:
        data["children"] = [to_data(child) for child in explanation.children]
    return data


def _read(read: Fact | Interval) -> dict[str, Any]:
    if isinstance(read, Interval):
        return {"value": _plain(read)}
    found = {"value": _plain(read.value)} if isinstance(read, Known) else {"unknown": read.reason.value}
    return {**found, "sources": list(read.sources)}


def _plain(value: object) -> object:
    if isinstance(value, Interval):
        return {"minimum": value.low, "maximum": value.high}
    return list(value) if isinstance(value, tuple) else value
