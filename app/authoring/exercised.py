"""How far the reviewed cases exercise the conditions: MC/DC, boundary values, and mutants killed.

The tool may propose a patient for what is not covered; it never says what the answer is. That is read from the evidence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.authoring import proof_model
from app.authoring.cases import Cases, RuleCase, facts_of, truth_of
from app.authoring.mutants import Mutant, mutants, put
from app.authoring.proof_model import Both, Patient, Prover, facts_behind
from app.authoring.ranges import Ranges
from app.clinical.ruleset import RuleSet
from app.logic.answers import thresholds
from app.logic.conditions import All, AnyOf, Condition, Leaf, RuleRef, ScoreRef, located, walk
from app.logic.conditions import facts_of as facts_in
from app.logic.evaluator import Results
from app.logic.reference import Reference, truth_in
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Number, is_number

MEASURES = ("mc-dc", "boundaries", "mutants")


@dataclass(frozen=True, slots=True)
class Gap:
    """What no reviewed case shows, and a patient on whom it would show; her answer is for the reviewer to find."""

    measure: str
    key: str
    what: str
    patient: Mapping[str, Fact] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table."""

    name: str
    covered: int
    proved: int
    gaps: tuple[Gap, ...]

    @property
    def total(self) -> int:
        return self.covered + self.proved + len(self.gaps)

    @property
    def percent(self) -> float:
        """Covered or proved needless, of all."""
        return 100 * (self.covered + self.proved) / self.total if self.total else 100.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A reviewed case: the truth it expects, and what its facts make of everything else."""

    expect: Truth
    facts: Mapping[str, Fact]
    found: Reference


@dataclass(frozen=True)
class Exercise:
    """A rule set, its reviewed cases and its ranges."""

    rules: RuleSet
    cases: Cases
    ranges: Ranges

    def measures(self) -> Iterator[Measure]:
        """Each line of the table."""
        for name, gather in zip(MEASURES, (self._mcdc, self._boundaries, self._mutants), strict=True):
            found = [item for key in self.rules.conditions for item in gather(key)]
            gaps = tuple(item for item in found if isinstance(item, Gap))
            yield Measure(name, found.count(True), found.count(False), gaps)

    @cached_property
    def judged(self) -> Mapping[str, Sequence[Judged]]:
        """The reviewed cases of each condition."""
        found: dict[str, list[Judged]] = {}
        for piece in self.cases.rules:
            found.setdefault(piece.model.rule, []).append(self._judged(piece.model))
        return found

    def _judged(self, case: RuleCase) -> Judged:
        return self._seen(truth_of(case.expect), facts_of(case.facts))

    def _seen(self, expect: Truth, facts: Mapping[str, Fact]) -> Judged:
        return Judged(expect, facts, self._reference(self.rules.program.evaluate(facts)))

    def _reference(self, results: Results) -> Reference:
        program = self.rules.program
        return Reference(
            {key: results.truth(key) for key in program.graph.rules},
            {key: results.score(key) for key in program.graph.scores},
        )

    @cached_property
    def _somebody(self) -> tuple[Patient, Prover]:
        """Anybody, known as little as may be, with the thresholds of all mutants told apart."""
        near = {
            node
            for condition in self.rules.conditions.values()
            for mutant in mutants(condition, self.ranges)
            for node in walk(mutant.condition)
            if isinstance(node, Leaf)
        }
        also = sorted(near, key=repr)
        patient = Patient(self.rules.program, self.ranges, whole=False, name="m:", also=also)
        return patient, Prover(patient)

    def _truth(self, condition: Condition, case: Judged) -> Truth:
        return truth_in(condition, self.rules.program.names, case.facts, case.found)

    def _mcdc(self, key: str) -> Iterator[bool | Gap]:
        """For each comparison or reference, a case where it holds and one where it does not, each decided by it alone.

        True: both are there. False: proved that it never matters.
        """
        condition, cases = self.rules.conditions[key], self.judged.get(key, ())
        for path, node in located(condition):
            if not isinstance(node, Leaf | RuleRef | ScoreRef):
                continue
            yes, no = put(condition, path, _ALWAYS), put(condition, path, _NEVER)
            shown = {
                self._truth(node, case)
                for case in cases
                if self._truth(yes, case) is not self._truth(no, case) and case.expect is self._truth(condition, case)
            }
            lacking = [truth for truth in (Truth.TRUE, Truth.FALSE) if truth not in shown]
            yield self._shown(key, path, node, (yes, no), lacking)

    def _shown(
        self, key: str, path: object, node: Condition, sides: tuple[Condition, Condition], lacking: Sequence[Truth]
    ) -> bool | Gap:
        if not lacking:
            return True
        z3 = proof_model.z3
        patient, prover = self._somebody
        yes, no, own = (patient.formula(item) for item in (*sides, node))
        matters = _differ(yes, no)
        for truth in lacking:
            has = own.certain if truth is Truth.TRUE else z3.Not(own.possible)
            model = prover.find(matters, has)
            if model is not None:
                facts = patient.facts(model, facts_behind(self.rules.program, [key]))
                shown = self._fewest(facts, self._decided_by(node, truth, sides))
                return Gap("mc-dc", key, f"{_name(path)} {truth.value}", shown)
        return False

    def _decided_by(
        self, node: Condition, truth: Truth, sides: tuple[Condition, Condition]
    ) -> Callable[[Judged], bool]:
        yes, no = sides
        return lambda case: self._truth(node, case) is truth and self._truth(yes, case) is not self._truth(no, case)

    def _fewest(self, facts: Mapping[str, Fact], shows: Callable[[Judged], bool]) -> Mapping[str, Fact]:
        """As few of the facts as still show it: what is left out is unknown, and a reviewer need not think of it."""
        for name in facts:
            fewer = {fact: value for fact, value in facts.items() if fact != name}
            if shows(self._seen(Truth.UNKNOWN, fewer)):
                facts = fewer
        return facts

    def _boundaries(self, key: str) -> Iterator[bool | Gap]:
        """For each threshold a case at it, one step below and one above, where the fact can have that value."""
        condition = self.rules.conditions[key]
        leaves = [node for node in walk(condition) if isinstance(node, Leaf)]
        for fact in facts_in(condition):
            values = set(self._values(key, fact))
            for threshold in sorted(set(thresholds(leaf for leaf in leaves if leaf.fact == fact))):
                for value in self._around(fact, threshold):
                    yield value in values or Gap("boundaries", key, f"{fact} = {value}", {fact: Known(value)})

    def _values(self, key: str, fact: str) -> Iterator[Number]:
        for case in self.judged.get(key, ()):
            found = case.facts.get(fact)
            if isinstance(found, Known) and is_number(found.value):
                yield found.value

    def _around(self, fact: str, threshold: Number) -> Iterator[Number]:
        declared = self.ranges.get(fact)
        step = declared.step if declared else 1
        for value in (threshold - step, threshold, threshold + step):
            if declared is None or _inside(value, declared.minimum, declared.maximum):
                yield value

    def _mutants(self, key: str) -> Iterator[bool | Gap]:
        """True: a case kills it. False: proved to be the same for every patient."""
        condition, cases = self.rules.conditions[key], self.judged.get(key, ())
        for mutant in mutants(condition, self.ranges):
            if any(self._truth(mutant.condition, case) is not case.expect for case in cases):
                yield True
                continue
            patient, prover = self._somebody
            model = prover.find(_differ(patient.formula(condition), patient.formula(mutant.condition)))
            if model is None:
                yield False
                continue
            yield Gap("mutants", key, f"{_name(mutant.path)}: {mutant.what}", self._telling(key, mutant, model))

    def _telling(self, key: str, mutant: Mutant, model: object) -> Mapping[str, Fact]:
        """A patient to whom the condition answers as in the model, and the mutant otherwise."""
        facts = self._somebody[0].facts(model, facts_behind(self.rules.program, [key]))
        condition = self.rules.conditions[key]
        own = self._truth(condition, self._seen(Truth.UNKNOWN, facts))
        return self._fewest(
            facts,
            lambda case: self._truth(condition, case) is own and self._truth(mutant.condition, case) is not own,
        )


_ALWAYS, _NEVER = All(()), AnyOf(())
"""A condition that is always TRUE, and one that is always FALSE: no rule file can hold them."""


def _differ(first: Both, second: Both) -> object:
    z3 = proof_model.z3
    return z3.Or(z3.Xor(first.certain, second.certain), z3.Xor(first.possible, second.possible))


def _inside(value: Number, low: Number | None, high: Number | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _name(path: object) -> str:
    return ".".join(map(str, path)) if isinstance(path, tuple) and path else "the condition"


def table(measures: Iterable[Measure]) -> str:
    """The figures as a table for people."""
    rows: list[tuple[str, ...]] = [("measure", "shown by cases", "proved needless", "open", "of", "percent")]
    rows += [
        (item.name, *map(str, (item.covered, item.proved, len(item.gaps), item.total)), f"{item.percent:.1f}")
        for item in measures
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
