"""Random programs and patients, grown from a seed: drawing each node through Hypothesis would take 50 times as long.

Thresholds are whole and half numbers, which binary and decimal numbers hold alike.
"""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from app.logic.checks import Names
from app.logic.compiler import compile_program
from app.logic.conditions import All, AnyOf, AtLeast, Between, Compare, Condition, Not, OneOf, RuleRef, ScoreRef
from app.logic.evaluator import Program
from app.logic.scores import Domain, Item, Score
from app.logic.values import Fact, FactSignature, Interval, Known, Number, Reason, Unknown

CODES = ("blue", "green", "red")
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge")
FACTS = {
    **{f"n{i}": FactSignature(f"n{i}", "number") for i in range(3)},
    **{f"b{i}": FactSignature(f"b{i}", "boolean") for i in range(3)},
    **{f"c{i}": FactSignature(f"c{i}", "code", frozenset(CODES)) for i in range(2)},
}
Patient = dict[str, Fact]


@dataclass(frozen=True)
class World:
    """Rules that refer to earlier rules and to scores, scores that count rules, and patients."""

    names: Names
    program: Program
    patients: tuple[Patient, ...]


def worlds(*, half_known: bool = True, patients: int = 20) -> st.SearchStrategy[World]:
    def grow(seed: int, depth: int) -> World:
        chance = Random(seed)
        names = random_names(chance, depth)
        group = tuple(blur(chance, full_patient(chance), half_known=half_known) for _ in range(patients))
        return World(names, compile_program(names.conditions, names.scores, names.facts), group)

    return st.builds(grow, st.integers(0, 2**32), st.integers(0, 3))


def chances() -> st.SearchStrategy[Random]:
    return st.builds(Random, st.integers(0, 2**32))


def random_names(chance: Random, depth: int) -> Names:
    rules = {"r0": random_condition(chance, depth)}
    rules["r1"] = random_condition(chance, depth, (RuleRef("r0"),))
    scores = {key: random_score(chance, key, depth) for key in ("s0", "s1")}
    thresholds = tuple(ScoreRef(key, op, at) for key in scores for op in OPERATORS for at in (random_number(chance),))
    rules["r2"] = random_condition(chance, depth, (RuleRef("r1"), *thresholds))
    rules["r3"] = random_condition(chance, depth, (RuleRef("r0"), RuleRef("r2"), *thresholds))
    written = chance.sample(sorted(rules), len(rules))
    return Names({key: rules[key] for key in written}, scores, FACTS)


def random_score(chance: Random, key: str, depth: int) -> Score:
    references = (RuleRef("r0"), RuleRef("r1"))
    domains = [
        [Item(f"i{i}", chance.randint(0, 4), random_condition(chance, depth - 1, references)) for i in range(size)]
        for size in (chance.randint(1, 3) for _ in range(chance.randint(1, 3)))
    ]
    return Score(key, tuple(Domain(f"d{d}", tuple(items)) for d, items in enumerate(domains)))


def random_condition(chance: Random, depth: int, references: tuple[Condition, ...] = ()) -> Condition:
    if depth <= 0 or chance.random() < 0.1:
        return chance.choice(references) if references and chance.random() < 0.3 else random_leaf(chance)
    kind = chance.choice((All, AnyOf, Not, AtLeast))
    if kind is Not:
        return Not(random_condition(chance, depth - 1, references))
    items = tuple(random_condition(chance, depth - 1, references) for _ in range(chance.randint(1, 4)))
    return AtLeast(chance.randint(1, len(items)), items) if kind is AtLeast else kind(items)


def random_leaf(chance: Random) -> Condition:
    fact = chance.choice(list(FACTS.values()))
    if fact.type == "boolean":
        return Compare(fact.id, chance.choice(("eq", "ne")), chance.random() < 0.5)
    if fact.type == "code" and chance.random() < 0.5:
        return OneOf(fact.id, tuple(chance.sample(CODES, chance.randint(1, 2))))
    if fact.type == "code":
        return Compare(fact.id, chance.choice(("eq", "ne")), chance.choice(CODES))
    low, high = sorted((random_number(chance), random_number(chance)))
    return chance.choice((Between(fact.id, low, high), Compare(fact.id, chance.choice(OPERATORS), low)))


def random_number(chance: Random, low: int = 0, high: int = 6) -> Number:
    number = chance.randint(low * 2, high * 2)
    return number // 2 if number % 2 == 0 and chance.random() < 0.5 else Decimal(number) / 2


def full_patient(chance: Random) -> Patient:
    """A patient of whom everything is known."""
    return {key: Known(_value(chance, fact)) for key, fact in FACTS.items()}


def _value(chance: Random, fact: FactSignature) -> bool | str | Number:
    if fact.type == "number":
        return random_number(chance, -1, 7)
    return chance.random() < 0.5 if fact.type == "boolean" else chance.choice(CODES)


def blur(chance: Random, patient: Patient, *, half_known: bool = True) -> Patient:
    """The same patient with less known of her: facts forgotten, numbers widened to intervals."""
    return {key: _blur(chance, fact, half_known=half_known) for key, fact in patient.items()}


def _blur(chance: Random, fact: Fact, *, half_known: bool) -> Fact:
    fate = chance.random()
    if fate < 0.3:
        return Unknown(chance.choice(list(Reason)))
    value = fact.value if isinstance(fact, Known) else None
    if fate > 0.6 or not half_known or isinstance(value, bool | str | None):
        return fact
    exact = value if isinstance(value, Interval) else Interval(value, value)
    return Known(Interval(_moved(chance, exact.low, -1), _moved(chance, exact.high, 1)))


def _moved(chance: Random, end: Number | None, sign: int) -> Number | None:
    return None if end is None or chance.random() < 0.2 else end + sign * random_number(chance, 0, 2)
