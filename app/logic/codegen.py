"""The graph as one Python function, built from validated nodes through ``ast`` and never from text.

The function takes ``get``, the lookup of facts. It answers the code of every node, as in ``truth.CODES``, then the low
and the high end of each score.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FunctionType
from typing import cast

from app.logic.conditions import All, AnyOf, AtLeast, Condition, Leaf, Operator, RuleRef, ScoreRef
from app.logic.graph import Graph
from app.logic.readers import COMPARISONS, MAYBE, NAMES, NO, YES, read_fact
from app.logic.syntax import assign, compare, constant, fold, item, load, pick
from app.logic.values import Fact, FactSignature, Number

Run = Callable[[Callable[[str], Fact | None]], tuple[int, ...]]

_NOT = tuple(YES if code == NO else NO if code == YES else MAYBE for code in range(YES + 1))
_TABLE_LIMIT = 15
_ENDS: dict[Operator, tuple[tuple[str, Operator], tuple[str, Operator]]] = {
    "ge": (("low", "ge"), ("high", "lt")),
    "gt": (("low", "gt"), ("high", "le")),
    "lt": (("high", "lt"), ("low", "ge")),
    "le": (("high", "le"), ("low", "gt")),
}


def generate(graph: Graph, facts: Mapping[str, FactSignature]) -> Run:
    """Compile the graph. The function reaches the facts it is given and ``readers.NAMES``, and nothing else."""
    emitter = _Emitter(graph)
    body = [*emitter.facts(facts), *emitter.groups(), emitter.answer()]
    parameters = ast.arguments([], [ast.arg("get")], None, [], [], None, [])
    function = ast.FunctionDef("evaluate", parameters, body, [])
    module = ast.fix_missing_locations(ast.Module([function], []))
    code = next(item for item in compile(module, "<rule set>", "exec").co_consts if isinstance(item, CodeType))
    return cast("Run", FunctionType(code, {"__builtins__": {}, **NAMES, **emitter.kept}))


class _Emitter:
    """Statements for one graph. Each node has a local name; a node that only repeats another shares its name."""

    def __init__(self, graph: Graph) -> None:
        self.kept: dict[str, object] = {}
        self._graph = graph
        self._numbers = {score: number for number, score in enumerate(graph.scores)}
        self._names: list[str] = []
        for index, node in enumerate(graph.nodes):
            repeats = len(node.args) == 1 and isinstance(node.condition, RuleRef | All | AnyOf | AtLeast)
            self._names.append(self._names[node.args[0]] if repeats else f"n{index}")

    def keep(self, value: object) -> ast.expr:
        name = f"k{len(self.kept)}"
        self.kept[name] = value
        return load(name)

    def facts(self, signatures: Mapping[str, FactSignature]) -> list[ast.stmt]:
        tests: dict[str, list[tuple[str, Leaf]]] = {}
        for name, node in zip(self._names, self._graph.nodes, strict=True):
            if isinstance(node.condition, Leaf):
                tests.setdefault(node.condition.fact, []).append((name, node.condition))
        return [line for fact, group in tests.items() for line in read_fact(signatures[fact], group, self.keep)]

    def groups(self) -> list[ast.stmt]:
        lines: list[ast.stmt] = []
        done: set[str] = set()
        for index, (name, node) in enumerate(zip(self._names, self._graph.nodes, strict=True)):
            if isinstance(node.condition, ScoreRef) and node.condition.score not in done:
                done.add(node.condition.score)
                lines += self._score(node.condition.score)
            if name == f"n{index}" and not isinstance(node.condition, Leaf):
                lines.append(assign((name,), self._group(node.condition, self._loads(node.args))))
        return lines + [line for score in self._graph.scores if score not in done for line in self._score(score)]

    def answer(self) -> ast.stmt:
        ends = [load(self._end(score, end)) for score in self._graph.scores for end in ("low", "high")]
        return ast.Return(ast.Tuple([*map(load, self._names), *ends], ast.Load()))

    def _loads(self, nodes: Iterable[int]) -> list[ast.expr]:
        return [load(self._names[node]) for node in nodes]

    def _group(self, condition: Condition, args: list[ast.expr]) -> ast.expr:
        match condition:
            case All():
                return fold(ast.BitAnd(), args)
            case AnyOf():
                return fold(ast.BitOr(), args)
            case AtLeast(k):
                return _count(k, args)
            case ScoreRef(score, op, value):
                return self._threshold(score, op, value)
            case _:
                return item(_NOT, args[0])

    def _score(self, score: str) -> list[ast.stmt]:
        domains = self._graph.scores[score]
        low = [self._best(domain, certain=True) for domain in domains]
        high = [self._best(domain, certain=False) for domain in domains]
        return [
            assign((self._end(score, "low"),), fold(ast.Add(), low)),
            assign((self._end(score, "high"),), fold(ast.Add(), high)),
        ]

    def _best(self, domain: tuple[tuple[int, int], ...], *, certain: bool) -> ast.expr:
        best = constant(0)
        for points in sorted({points for points, _ in domain}):
            earned = fold(ast.BitOr(), self._loads(node for worth, node in domain if worth == points))
            test = compare(earned, (ast.Eq(), constant(YES))) if certain else earned
            best = pick(test, constant(points), best)
        return best

    def _end(self, score: str, end: str) -> str:
        return f"{end}{self._numbers[score]}"

    def _threshold(self, score: str, op: Operator, value: Number) -> ast.expr:
        if op == "ne":
            return item(_NOT, self._threshold(score, "eq", value))
        if op == "eq":
            return fold(ast.BitAnd(), [self._threshold(score, "ge", value), self._threshold(score, "le", value)])
        always, never = (
            compare(load(self._end(score, end)), (COMPARISONS[test](), self.keep(value))) for end, test in _ENDS[op]
        )
        return pick(always, constant(YES), pick(never, constant(NO), constant(MAYBE)))


def _count(k: int, args: list[ast.expr]) -> ast.expr:
    if len(args) <= _TABLE_LIMIT:
        return item(_count_table(k, len(args)), fold(ast.Add(), args))
    certain = fold(ast.Add(), [ast.BinOp(arg, ast.RShift(), constant(4)) for arg in args])
    possible = fold(ast.Add(), [ast.BinOp(arg, ast.BitAnd(), constant(1)) for arg in args])
    enough, reachable = (compare(number, (ast.GtE(), constant(k))) for number in (certain, possible))
    return pick(enough, constant(YES), pick(reachable, constant(MAYBE), constant(NO)))


def _count_table(k: int, n: int) -> tuple[int, ...]:
    """What the sum of the codes of ``n`` conditions says of "at least ``k``"."""
    found = [(total >> 4, total & 15) for total in range(YES * n + 1)]
    return tuple(YES if certain >= k else MAYBE if possible >= k else NO for certain, possible in found)
