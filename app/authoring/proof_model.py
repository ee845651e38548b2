"""The conditions of a rule set as formulas for Z3: strong Kleene logic, two formulas for each node.

``certain`` holds where the node is TRUE, ``possible`` where it is not FALSE. A patient is, for each fact, the answers that are
still possible for her: exactly one where she is fully known. The answers are those that conditions can tell apart, less
those that the declared range of the fact rules out; so the formulas are propositional and decided exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from app.authoring.ranges import Ranges, inhabited
from app.errors import AppError
from app.logic.answers import Answer, Region, leaves_of
from app.logic.comparisons import leaf_truth
from app.logic.conditions import All, AnyOf, AtLeast, Condition, Leaf, Not, Operator, RuleRef, ScoreRef, children
from app.logic.evaluator import Program
from app.logic.graph import Node
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known, Number, is_number

try:
    import z3 as z3  # noqa: PLC0414 - the proofs take it from here
except ModuleNotFoundError:  # an extra
    z3 = None

Formula = Any
TIMEOUT_MS = 10_000


class ProverMissingError(AppError):
    """The proofs were asked for where Z3 is not installed."""


@dataclass(frozen=True, slots=True)
class Both:
    """A node: where it is TRUE, and where it is not FALSE."""

    certain: Formula
    possible: Formula


class Patient:
    """A patient in formulas. Where ``whole``, each fact has one value, or none where it is not defined for her.

    ``also`` are comparisons beside those of the rules that formulas will be made of. ``unknown`` facts may be missing in a whole patient too: those that a condition asks no more of than to be known.
    """

    def __init__(
        self,
        program: Program,
        ranges: Ranges,
        *,
        whole: bool,
        name: str = "",
        unknown: Iterable[str] = (),
        also: Iterable[Leaf] = (),
    ) -> None:
        require()
        self.program = program
        self.whole = whole
        self.limits: list[Formula] = []
        self._ranges = ranges
        self._unknown = frozenset(unknown)
        self._leaves = {
            fact: (*leaves, *(leaf for leaf in also if leaf.fact == fact))
            for fact, leaves in leaves_of(program.graph).items()
        }
        self.answers: dict[str, tuple[Answer, ...]] = {}
        self.can: dict[str, tuple[Formula, ...]] = {}
        self.missing: dict[str, Formula] = {}
        for fact, leaves in self._leaves.items():
            self.answers[fact] = inhabited(program.names.facts[fact], leaves, ranges)
            self.can[fact] = tuple(z3.Bool(f"{name}{fact}={index}") for index in range(len(self.answers[fact])))
            self.missing[fact] = z3.Bool(f"{name}{fact}?")
        for fact in self._leaves:
            self.limits += self._limits(fact)
        self.nodes: list[Both] = []
        for node in program.graph.nodes:
            self.nodes.append(self._node(node))

    def rule(self, key: str) -> Both:
        """A condition by its key."""
        return self.nodes[self.program.graph.rules[key]]

    def certainly(self, answers: Mapping[str, bool]) -> Formula:
        """Where each of these facts is known to have this value."""
        others = (
            can
            for fact, value in answers.items()
            for item, can in zip(self.answers[fact], self.can[fact], strict=True)
            if item.says is not value
        )
        return z3.Not(z3.Or(*others))

    def facts(self, model: Any, wanted: Iterable[str]) -> dict[str, Fact]:
        """The patient of a model: what she is known to have, of these facts."""
        found: dict[str, Fact] = {}
        for fact in wanted:
            known = None if self._true(model, self.missing[fact]) else self._known(model, fact)
            if known is not None:
                found[fact] = known
        return found

    def _known(self, model: Any, fact: str) -> Known | None:
        left = [item for item, can in zip(self.answers[fact], self.can[fact], strict=True) if self._true(model, can)]
        if len(left) == 1:
            return left[0].known
        if len(left) == len(self.answers[fact]) or not left:
            return None
        low, high = left[0].known.value, left[-1].known.value
        return Known(Interval(low, high)) if is_number(low) and is_number(high) else None

    @staticmethod
    def _true(model: Any, formula: Formula) -> bool:
        return bool(z3.is_true(model.eval(formula, model_completion=True)))

    def _limits(self, fact: str) -> list[Formula]:
        can, missing = self.can[fact], self.missing[fact]
        limits = [z3.Or(*can), z3.Implies(missing, z3.And(*can))]
        if not self.whole:
            return [*limits, *self._in_one_piece(fact)]
        declared = self._ranges.get(fact)
        needed = declared.only_when if declared else None
        if needed in self.answers:
            limits.append(missing == z3.Not(self._says_yes(needed)))
        elif fact not in self._unknown:
            limits.append(z3.Not(missing))
        one = z3.And(*(z3.Not(z3.And(first, second)) for first, second in combinations(can, 2)))
        return [*limits, z3.Or(missing, one)]

    def _says_yes(self, fact: str) -> Formula:
        return next(can for item, can in zip(self.answers[fact], self.can[fact], strict=True) if item.says is True)

    def _in_one_piece(self, fact: str) -> list[Formula]:
        """What is half known is a stretch of numbers; of a code or a yes-or-no nothing or all is known."""
        can = self.can[fact]
        if self.answers[fact] and isinstance(self.answers[fact][0].says, Region):
            ended = ((a, c) for a in range(len(can) - 2) for c in range(a + 2, len(can)))
            return [z3.Implies(z3.And(can[a], z3.Not(can[a + 1])), z3.Not(can[c])) for a, c in ended]
        two = z3.Or(*(z3.And(first, second) for first, second in combinations(can, 2)))
        return [z3.Implies(two, self.missing[fact])]

    def formula(self, condition: Condition) -> Both:
        """A condition that need not be one of the rule set's; what it refers to is."""
        if isinstance(condition, RuleRef):
            return self.rule(condition.rule)
        return self._of(condition, [self.formula(item) for item in children(condition)])

    def _node(self, node: Node) -> Both:
        return self._of(node.condition, [self.nodes[index] for index in node.args])

    def _of(self, condition: Condition, args: Sequence[Both]) -> Both:
        match condition:
            case All():
                return Both(z3.And(*(arg.certain for arg in args)), z3.And(*(arg.possible for arg in args)))
            case AnyOf():
                return Both(z3.Or(*(arg.certain for arg in args)), z3.Or(*(arg.possible for arg in args)))
            case AtLeast(k):
                certain, possible = ([(getattr(arg, side), 1) for arg in args] for side in ("certain", "possible"))
                return Both(z3.PbGe(certain, k), z3.PbGe(possible, k))
            case RuleRef():
                return args[0]
            case ScoreRef(score, op, value):
                return self._score(score, op, value)
            case Not():
                return Both(z3.Not(args[0].possible), z3.Not(args[0].certain))
            case leaf:
                return self._leaf(leaf)

    def _leaf(self, leaf: Leaf) -> Both:
        fact, signature = leaf.fact, self.program.names.facts[leaf.fact]
        yes: list[Formula] = []
        no: list[Formula] = []
        for item, can in zip(self.answers[fact], self.can[fact], strict=True):
            (yes if leaf_truth(leaf, item.known, signature) is Truth.TRUE else no).append(can)
        missing = self.missing[fact]
        return Both(z3.And(z3.Not(missing), z3.Not(z3.Or(*no))), z3.Or(missing, *yes))

    def _score(self, score: str, op: Operator, value: Number) -> Both:
        low, high = self._end(score, "certain"), self._end(score, "possible")
        table: dict[Operator, tuple[Formula, Formula]] = {
            "ge": (low >= value, high >= value),
            "gt": (low > value, high > value),
            "lt": (high < value, low < value),
            "le": (high <= value, low <= value),
            "eq": (z3.And(low == value, high == value), z3.And(low <= value, high >= value)),
            "ne": (z3.Or(low > value, high < value), z3.Or(low != value, high != value)),
        }
        return Both(*table[op])

    def _end(self, score: str, side: str) -> Formula:
        total = z3.IntVal(0)
        for domain in self.program.graph.scores[score]:
            best = z3.IntVal(0)
            for points, node in sorted(domain):
                best = z3.If(getattr(self.nodes[node], side), z3.IntVal(points), best)
            total = total + best
        return total


def require() -> None:
    """Raises ProverMissingError where Z3 is not installed."""
    if z3 is None:
        raise ProverMissingError("the proofs need the extra `prove`: pip install 'ivig-cds[prove]'")


class Prover:
    """A solver that holds what is true of some patients."""

    def __init__(self, *patients: Patient) -> None:
        require()
        self._solver = z3.SolverFor("QF_LIA")
        self._solver.set("timeout", TIMEOUT_MS)
        for patient in patients:
            self._solver.add(*patient.limits)

    def add(self, *formulas: Formula) -> None:
        """What holds from now on."""
        self._solver.add(*formulas)

    def find(self, *formulas: Formula) -> Any | None:
        """A model in which all of these hold; None where there is none. Raises AppError where that cannot be told in time."""
        self._solver.push()
        try:
            self._solver.add(*formulas)
            answer = self._solver.check()
            if answer == z3.unknown:
                raise AppError(f"a proof was not found within {TIMEOUT_MS // 1000} seconds")
            return self._solver.model() if answer == z3.sat else None
        finally:
            self._solver.pop()


def facts_behind(program: Program, keys: Iterable[str]) -> tuple[str, ...]:
    """The facts that decide these conditions, references followed."""
    nodes, found, seen = program.graph.nodes, dict[str, None](), set[int]()
    waiting = [program.graph.rules[key] for key in keys]
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        if nodes[index].fact:
            found[nodes[index].fact] = None
        waiting += nodes[index].args
    return tuple(found)


def only_asked_to_be_known(program: Program, ranges: Ranges) -> tuple[str, ...]:
    """Facts with a comparison that every value of their range passes: it asks no more than whether there is one."""
    return tuple(
        fact
        for fact, leaves in leaves_of(program.graph).items()
        if _always(program, fact, leaves, inhabited(program.names.facts[fact], leaves, ranges))
    )


def _always(program: Program, fact: str, leaves: Sequence[Leaf], answers: Sequence[Answer]) -> bool:
    signature = program.names.facts[fact]
    return any(all(leaf_truth(leaf, item.known, signature) is Truth.TRUE for item in answers) for leaf in leaves)
