"""Everything that can be wrong with a set of conditions: all of it collected, each fault with its place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from app.errors import Diagnostic
from app.logic.conditions import (
    All,
    AnyOf,
    AtLeast,
    Between,
    Compare,
    Condition,
    Leaf,
    OneOf,
    Path,
    RuleRef,
    ScoreRef,
    located,
)
from app.logic.scores import Item, Score
from app.logic.values import FactSignature, is_number

UNKNOWN_FACT = "L001"
UNKNOWN_RULE = "L002"
UNKNOWN_SCORE = "L003"
WRONG_OPERATOR = "L004"
WRONG_LITERAL = "L005"
UNKNOWN_CODE = "L006"
EMPTY_RANGE = "L007"
CYCLE = "L008"
BAD_SCORE = "L009"
BAD_GROUP = "L010"

Vertex = tuple[Literal["rule", "score"], str]
Finding = tuple[Path, str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the rule or score ``owner``; ``path`` leads from its condition, or from the score, to the place."""

    owner: str
    path: Path
    code: str
    message: str

    def diagnostic(self) -> Diagnostic:
        """The fault as the house's errors carry it, with its place at the start of the message."""
        place = ".".join(map(str, (self.owner, *self.path)))
        return Diagnostic(self.code, f"{place}: {self.message}")


@dataclass(frozen=True, slots=True)
class Names:
    """All that conditions may refer to."""

    conditions: Mapping[str, Condition]
    scores: Mapping[str, Score]
    facts: Mapping[str, FactSignature]


def faults(names: Names) -> tuple[Fault, ...]:
    """Every fault: those of the conditions as written, then those of the scores themselves, then the cycles."""
    found = [
        Fault(owner, (*path, *rest), code, message)
        for (_, owner), path, node in _nodes(names)
        for rest, code, message in _node(node, names)
    ]
    for key, score in names.scores.items():
        found += (Fault(key, path, code, message) for path, code, message in _score(score))
    _, cycles = evaluation_order(names)
    return (*found, *(_cycle(cycle, names) for cycle in cycles))


def evaluation_order(names: Names) -> tuple[tuple[Vertex, ...], tuple[list[Vertex], ...]]:
    """Rules and scores, each after those it refers to; and the cycles that had to be broken for that."""
    needs: dict[Vertex, list[Vertex]] = {("rule", key): [] for key in names.conditions}
    needs |= {("score", key): [] for key in names.scores}
    for owner, _, node in _nodes(names):
        target = _target(node)
        if target in needs:
            needs[owner].append(target)
    cycles: list[list[Vertex]] = []
    while True:
        try:
            return tuple(TopologicalSorter(needs).static_order()), tuple(cycles)
        except CycleError as error:
            cycle: list[Vertex] = error.args[1][::-1]
            cycles.append(cycle)
            needs[cycle[0]] = [vertex for vertex in needs[cycle[0]] if vertex != cycle[1]]


def _nodes(names: Names) -> Iterator[tuple[Vertex, Path, Condition]]:
    for key, condition in names.conditions.items():
        for path, node in located(condition):
            yield ("rule", key), path, node
    for key, score in names.scores.items():
        for place, item in _items(score):
            for path, node in located(item.when, (*place, "when")):
                yield ("score", key), path, node


def _items(score: Score) -> Iterator[tuple[Path, Item]]:
    for d, domain in enumerate(score.domains):
        for i, item in enumerate(domain.items):
            yield ("domains", d, "items", i), item


def _target(node: Condition) -> Vertex | None:
    match node:
        case RuleRef(rule):
            return ("rule", rule)
        case ScoreRef(score):
            return ("score", score)
        case _:
            return None


def _node(node: Condition, names: Names) -> Iterator[Finding]:
    match node:
        case Compare() | Between() | OneOf():
            if node.fact in names.facts:
                yield from _leaf(node, names.facts[node.fact])
            else:
                yield ("fact",), UNKNOWN_FACT, _no_such("fact", node.fact, names.facts)
        case RuleRef(rule) if rule not in names.conditions:
            yield ("rule",), UNKNOWN_RULE, _no_such("rule", rule, names.conditions)
        case ScoreRef(score) if score not in names.scores:
            yield ("score",), UNKNOWN_SCORE, _no_such("score", score, names.scores)
        case ScoreRef(_, op, value) if not is_number(value):
            yield (op,), WRONG_LITERAL, "a score is compared with a number"
        case All(items) | AnyOf(items) if not items:
            yield (), BAD_GROUP, "a group needs at least one condition"
        case AtLeast(k, items) if not 1 <= k <= len(items):
            yield ("at_least",), BAD_GROUP, f"at_least {k} of {len(items)} conditions can never be asked"


def _no_such(kind: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"there is no {kind} `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _leaf(leaf: Leaf, fact: FactSignature) -> Iterator[Finding]:
    if fact.type == "number":
        return _number(leaf)
    return _boolean(leaf) if fact.type == "boolean" else _code(leaf, fact)


def _number(leaf: Leaf) -> Iterator[Finding]:
    match leaf:
        case OneOf():
            yield ("in",), WRONG_OPERATOR, f"`{leaf.fact}` is a number; `in` lists codes"
        case Between(_, low, high) if not (is_number(low) and is_number(high)):
            yield ("between",), WRONG_LITERAL, "the ends of a range are numbers"
        case Between(_, low, high) if low > high:
            yield ("between",), EMPTY_RANGE, f"no number lies between {low} and {high}"
        case Compare(_, op, value) if not is_number(value):
            yield (op,), WRONG_LITERAL, f"`{leaf.fact}` is a number; compare it with a number"


def _boolean(leaf: Leaf) -> Iterator[Finding]:
    op = _operator(leaf)
    if op not in {"eq", "ne"}:
        yield (op,), WRONG_OPERATOR, f"`{leaf.fact}` is yes or no; `{op}` does not fit"
    elif isinstance(leaf, Compare) and not isinstance(leaf.value, bool):
        yield (op,), WRONG_LITERAL, f"`{leaf.fact}` is yes or no; compare it with true or false"


def _code(leaf: Leaf, fact: FactSignature) -> Iterator[Finding]:
    op = _operator(leaf)
    if isinstance(leaf, Between) or op not in {"eq", "ne", "in"}:
        yield (op,), WRONG_OPERATOR, f"`{leaf.fact}` is a code; `{op}` does not fit"
        return
    for place, value in _codes(leaf):
        if not isinstance(value, str):
            yield place, WRONG_LITERAL, f"`{leaf.fact}` is a code; compare it with text"
        elif fact.values is not None and value not in fact.values:
            yield place, UNKNOWN_CODE, _no_such(f"value of `{leaf.fact}` called", value, sorted(fact.values))


def _codes(leaf: Compare | OneOf) -> tuple[tuple[Path, object], ...]:
    if isinstance(leaf, OneOf):
        return tuple((("in", index), value) for index, value in enumerate(leaf.values))
    return (((leaf.op,), leaf.value),)


def _operator(leaf: Leaf) -> str:
    if isinstance(leaf, Compare):
        return leaf.op
    return "between" if isinstance(leaf, Between) else "in"


def _score(score: Score) -> Iterator[Finding]:
    if not score.domains:
        yield ("domains",), BAD_SCORE, "a score needs at least one domain"
    for d, domain in enumerate(score.domains):
        if not domain.items:
            yield ("domains", d, "items"), BAD_SCORE, f"domain `{domain.id}` needs at least one item"
        for item_id in _repeated(item.id for item in domain.items):
            yield ("domains", d, "items"), BAD_SCORE, f"item `{item_id}` is written twice in domain `{domain.id}`"
    for domain_id in _repeated(domain.id for domain in score.domains):
        yield ("domains",), BAD_SCORE, f"domain `{domain_id}` is written twice"
    for place, item in _items(score):
        if item.points < 0:
            yield (*place, "points"), BAD_SCORE, "points below zero are not supported"


def _repeated(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, count in Counter(names).items() if count > 1)


def _cycle(cycle: list[Vertex], names: Names) -> Fault:
    """Placed at the first reference of the cycle."""
    owner, target = cycle[0], cycle[1]
    path = next(path for vertex, path, node in _nodes(names) if vertex == owner and _target(node) == target)
    return Fault(
        owner[1],
        (*path, target[0]),
        CYCLE,
        "refers to itself: " + " -> ".join(f"{kind} `{key}`" for kind, key in cycle),
    )
