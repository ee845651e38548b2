"""What is proved of a rule set before it is published: for all patients, not only for the cases (docs/proofs.md).

A failure shows a made-up patient. Every patient that the solver makes is evaluated by the service's own program too; where
the two differ the proofs themselves are wrong, and RuleSetError is raised.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from app.authoring import proof_model
from app.authoring.patients import plain
from app.authoring.proof_model import Patient, Prover, facts_behind, only_asked_to_be_known
from app.authoring.ranges import Ranges, Waiver
from app.clinical.jurisdictions import reaches
from app.clinical.lens import Lens, lens_of
from app.clinical.rules import Position
from app.clinical.ruleset import RuleSet
from app.clinical.stances import Stance
from app.errors import RuleSetError
from app.logic.truth import Truth
from app.logic.values import Fact

FOR = frozenset({Stance.RECOMMENDS, Stance.SUGGESTS, Stance.MAY_CONSIDER})
AGAINST = frozenset({Stance.SUGGESTS_AGAINST, Stance.RECOMMENDS_AGAINST})
ON_FILE = "/@satisfied"
"""Conditions that ask whether something is on file, which it always is for a patient of whom all is known."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule of which the proof fails, why, and a made-up patient where there is one."""

    rule: str
    message: str
    patient: Mapping[str, Fact] | None = None

    def __str__(self) -> str:
        shown = "" if self.patient is None else f"\n    patient: {plain(self.patient)}"
        return f"{self.rule}: {self.message}{shown}"


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement about the rule set; proved where there is no failure. ``checked`` counts what it was shown for."""

    id: str
    states: str
    checked: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Subject:
    """The rule set that is proved, its declared ranges, and patients of it in formulas, made once."""

    rules: RuleSet
    ranges: Ranges
    waived: tuple[Waiver, ...] = ()

    def beyond(self, proof: str, rule: str, patient: Patient) -> list[object]:
        """What leaves out the patients for whom this proof of this rule is waived."""
        return [
            proof_model.z3.Not(patient.certainly(waiver.patients))
            for waiver in self.waived
            if (waiver.proof, waiver.rule) == (proof, rule)
        ]

    @cached_property
    def may_be_missing(self) -> tuple[str, ...]:
        return only_asked_to_be_known(self.rules.program, self.ranges)

    @cached_property
    def whole(self) -> tuple[Patient, Prover]:
        """A patient of whom all is known that is defined for her, but what is only asked to be known."""
        patient = Patient(self.rules.program, self.ranges, whole=True, unknown=self.may_be_missing)
        return patient, Prover(patient)

    @cached_property
    def complete(self) -> tuple[Patient, Prover]:
        """A patient of whom all is known that is defined for her."""
        patient = Patient(self.rules.program, self.ranges, whole=True, name="all:")
        return patient, Prover(patient)

    @cached_property
    def partial(self) -> tuple[Patient, Prover]:
        """A patient of whom anything may be known, half known or missing."""
        patient = Patient(self.rules.program, self.ranges, whole=False, name="some:")
        return patient, Prover(patient)

    @cached_property
    def lenses(self) -> tuple[Lens, ...]:
        """The rule set from every listed place, and from none."""
        return tuple(lens_of(self.rules, code) for code in (None, *self.rules.jurisdictions))

    def shown(self, patient: Patient, model: object, *keys: str, expect: Truth | None = None) -> dict[str, Fact]:
        """The facts of a model behind these conditions; each must have the expected truth in the program as well."""
        facts = patient.facts(model, facts_behind(self.rules.program, keys))
        results = self.rules.program.evaluate(facts)
        if expect is not None and any(results.truth(key) is not expect for key in keys):
            raise RuleSetError(f"the formulas differ from the program: {', '.join(keys)}")
        return facts


def can_fire(subject: Subject) -> Proof:
    """Each condition is TRUE for some patient within the declared ranges."""
    patient, prover = subject.whole
    failures: list[Failure] = []
    for key in subject.rules.conditions:
        model = prover.find(patient.rule(key).certain)
        if model is None:
            failures.append(Failure(key, "no patient within the declared ranges can fulfil this condition"))
        else:
            subject.shown(patient, model, key, expect=Truth.TRUE)
    return Proof("can-fire", "each condition can be fulfilled", len(subject.rules.conditions), tuple(failures))


def can_stay_silent(subject: Subject) -> Proof:
    """No condition holds for every patient. A rule without one holds always, and says so by having none."""
    patient, prover = subject.whole
    keys = [key for key in subject.rules.conditions if not key.endswith(ON_FILE)]
    failures: list[Failure] = []
    for key in keys:
        model = prover.find(proof_model.z3.Not(patient.rule(key).certain))
        if model is None:
            anyone = prover.find()
            shown = None if anyone is None else subject.shown(patient, anyone, key, expect=Truth.TRUE)
            failures.append(Failure(key, "holds for every patient, this one among them", shown))
    return Proof("can-stay-silent", "no condition holds for everyone", len(keys), tuple(failures))


def one_voice(subject: Subject) -> Proof:
    """No issuer speaks for and against IVIG for one patient, one indication and one place."""
    pairs = list(_opposed(subject))
    failures: list[Failure] = []
    patient, prover = subject.whole
    for first, second in pairs:
        keys = [rule.id for rule in (first, second) if rule.when is not None]
        model = prover.find(*(patient.rule(key).certain for key in keys))
        if model is not None:
            message = f"{first.issuer} says {first.stance.value} here and {second.stance.value} in {second.id}"
            failures.append(Failure(first.id, message, subject.shown(patient, model, *keys, expect=Truth.TRUE)))
    return Proof("one-voice", "no issuer contradicts itself on one patient", len(pairs), tuple(failures))


def _opposed(subject: Subject) -> Iterator[tuple[Position, Position]]:
    for first, second in combinations(subject.rules.of(Position), 2):
        sides = {stance in FOR for stance in (first.stance, second.stance) if stance in FOR | AGAINST}
        shared = set(first.applies_to) & set(second.applies_to)
        if first.issuer == second.issuer and len(sides) == 2 and shared and _meet(subject, first, second):  # noqa: PLR2004 - for and against
            yield first, second


def _meet(subject: Subject, first: Position, second: Position) -> bool:
    return any(all(reaches(rule.jurisdictions, lens.chain) for rule in (first, second)) for lens in subject.lenses)


def knowledge_only_settles(subject: Subject) -> Proof:
    """What is TRUE or FALSE stays so, whatever else becomes known."""
    before, _ = subject.partial
    after = Patient(subject.rules.program, subject.ranges, whole=False, name="later:")
    prover = Prover(before, after)
    prover.add(*learned(before, after))
    failures: list[Failure] = []
    for key in subject.rules.conditions:
        old, new = before.rule(key), after.rule(key)
        model = prover.find(_flips(old, new))
        if model is not None:
            then = subject.shown(after, model, key)
            message = f"is settled, and changes when more is known ({plain(then)})"
            failures.append(Failure(key, message, subject.shown(before, model, key)))
    return Proof(
        "knowledge-only-settles",
        "more knowledge never flips a condition",
        len(subject.rules.conditions),
        tuple(failures),
    )


def learned(before: Patient, after: Patient) -> Iterator[object]:
    """The later patient is the earlier one, of whom the same or more is known."""
    z3 = proof_model.z3
    for fact, possible in before.can.items():
        yield z3.Implies(after.missing[fact], before.missing[fact])
        yield from (z3.Implies(new, old) for old, new in zip(possible, after.can[fact], strict=True))


def _flips(old: proof_model.Both, new: proof_model.Both) -> object:
    z3 = proof_model.z3
    return z3.Or(
        z3.And(old.certain, z3.Not(new.certain)),
        z3.And(z3.Not(old.possible), new.possible),
    )
