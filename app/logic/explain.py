"""Why a rule came out as it did: its condition with each node's truth and the values it read."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from app.logic.conditions import Not, RuleRef
from app.logic.evaluator import Program, Results
from app.logic.graph import Node
from app.logic.labels import Label, json_number, label
from app.logic.truth import TRUTHS, Truth
from app.logic.values import Fact, Interval, Known, Reason, Unknown

Read = Fact | Interval | None
T = TypeVar("T")

_NOT_SENT = Unknown(Reason.NOT_SENT)
_WORDS = {truth: truth.value for truth in Truth}


class Explanation(NamedTuple):
    """One node: what it is, how it came out, what it read there, and the nodes that made it so."""

    label: Label
    truth: Truth
    read: Read = None
    children: tuple["Explanation", ...] = ()


def explain(program: Program, results: Results, key: str, *, full: bool) -> Explanation:
    """Explain a rule.

    Short keeps the inner conditions that decided the node - those of the same truth - and shows references as leaves.
    Full keeps everything and opens each rule and score where it is first met.
    """
    return _Walk(program, results, _tree, full=full).rule(key)


def to_data(explanation: Explanation) -> dict[str, Any]:
    """The explanation as dicts and lists, ready for JSON."""
    return _data(explanation.label, explanation.truth, explanation.read, list(map(to_data, explanation.children)))


def data_explainer(program: Program, results: Results, *, full: bool) -> Callable[[str], dict[str, Any]]:
    """``to_data(explain(...))`` for many rules of one patient, faster: what they share is built once. Read, do not write."""
    return _Walk(program, results, _data, full=full).rule


class _Walk(Generic[T]):
    """One walk for every form of explanation: ``make`` builds a node from its label, truth, value read and children."""

    def __init__(
        self, program: Program, results: Results, make: Callable[[Label, Truth, Read, Sequence[T]], T], *, full: bool
    ) -> None:
        self._program = program
        self._nodes = program.graph.nodes
        self._results = results
        self._facts = results.facts
        self._codes = results.codes
        self._make = make
        self._full = full
        self._made: dict[int, T] = {}
        self._opened: set[tuple[str, str]] = set()

    def rule(self, key: str) -> T:
        self._opened.clear()
        return self._node(self._program.graph.rules[key])

    def _node(self, index: int) -> T:
        made = self._made.get(index)
        if made is not None:
            return made
        node, truth = self._nodes[index], TRUTHS[self._codes[index]]
        if node.fact:
            made = self._make(node.label, truth, self._facts.get(node.fact, _NOT_SENT), ())
        elif node.score:
            made = self._make(node.label, truth, self._results.score(node.score), self._items(node))
        else:
            made = self._make(node.label, truth, None, [self._node(arg) for arg in self._shown(node, index)])
        if node.fact or not self._full:  # full trees differ by which references are open already
            self._made[index] = made
        return made

    def _shown(self, node: Node, index: int) -> Sequence[int]:
        if isinstance(node.condition, RuleRef):
            return node.args if self._opens(node.label) else ()
        if self._full or isinstance(node.condition, Not):
            return node.args
        codes = self._codes
        code = codes[index]
        return [arg for arg in node.args if codes[arg] == code]

    def _items(self, node: Node) -> Sequence[T]:
        if not self._opens(node.label):
            return ()
        items = zip(self._program.names.scores[node.score].items, node.args, strict=True)
        return [
            self._make(label("item", item.id, number=item.points), TRUTHS[self._codes[arg]], None, (self._node(arg),))
            for item, arg in items
        ]

    def _opens(self, reference: Label) -> bool:
        """Whether to open a reference: a tree that repeats what it shares could grow without bound."""
        name = (reference.kind, reference.subject)
        if not self._full or name in self._opened:
            return False
        self._opened.add(name)
        return True


def _tree(about: Label, truth: Truth, read: Read, children: Sequence[Explanation]) -> Explanation:
    return Explanation(about, truth, read, tuple(children))


def _data(about: Label, truth: Truth, read: Read, children: Sequence[dict[str, Any]]) -> dict[str, Any]:
    data = {**about.data, "truth": _WORDS[truth]}
    if children:
        data["children"] = list(children)
    if read is None:
        return data
    if isinstance(read, Unknown):
        data["unknown"] = read.reason.value
    else:
        data["value"] = _plain(read.value if isinstance(read, Known) else read)
    if not isinstance(read, Interval):
        data["sources"] = list(read.sources)
    return data


def _plain(value: object) -> object:
    if isinstance(value, Interval):
        return {"minimum": json_number(value.low), "maximum": json_number(value.high)}
    return json_number(value)
