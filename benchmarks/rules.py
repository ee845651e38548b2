"""The generated evaluator beside the slower ways to the same answer: 200 random rules, 1,000 patients, ratios only.

Run it with ``python -m benchmarks.rules``. All ways run in turn within each round, so that a noisy machine slows all alike.
"""

from collections.abc import Callable, Mapping
from random import Random
from statistics import median
from time import perf_counter

from app.logic.checks import Names, evaluation_order
from app.logic.compiler import FactSignature, compile_program
from app.logic.conditions import All, AnyOf, AtLeast, Compare, Condition, Not
from app.logic.evaluator import Program
from app.logic.explain import data_explainer
from app.logic.reference import reference_evaluate
from app.logic.values import Fact, Known, Reason, Unknown

RULES, FACTS, PATIENTS, MISSING, ROUNDS = 200, 60, 1_000, 0.35, 3
CODES = ("red", "green", "blue", "grey")


def signatures() -> dict[str, FactSignature]:
    """Sixty facts, a third of each type."""
    numbers = {f"n{i}": FactSignature(f"n{i}", "number") for i in range(FACTS // 3)}
    booleans = {f"b{i}": FactSignature(f"b{i}", "boolean") for i in range(FACTS // 3)}
    codes = {f"c{i}": FactSignature(f"c{i}", "code", frozenset(CODES)) for i in range(FACTS // 3)}
    return numbers | booleans | codes


def random_condition(chance: Random, facts: list[FactSignature], depth: int) -> Condition:
    if depth == 0:
        return random_leaf(chance, chance.choice(facts))
    kind = chance.choice(("all", "any", "not", "at_least"))
    if kind == "not":
        return Not(random_condition(chance, facts, depth - 1))
    items = tuple(random_condition(chance, facts, depth - 1) for _ in range(chance.randint(2, 4)))
    if kind == "at_least":
        return AtLeast(chance.randint(1, len(items)), items)
    return All(items) if kind == "all" else AnyOf(items)


def random_leaf(chance: Random, fact: FactSignature) -> Condition:
    if fact.type == "number":
        return Compare(fact.id, chance.choice(("lt", "le", "gt", "ge")), chance.randint(1, 9))
    if fact.type == "boolean":
        return Compare(fact.id, "eq", value=chance.random() < 0.5)
    return Compare(fact.id, chance.choice(("eq", "ne")), chance.choice(CODES))


def random_patient(chance: Random, facts: list[FactSignature]) -> dict[str, Fact]:
    return {fact.id: random_fact(chance, fact) for fact in facts}


def random_fact(chance: Random, fact: FactSignature) -> Fact:
    if chance.random() < MISSING:
        return Unknown(Reason.NOT_SENT)
    if fact.type == "number":
        return Known(chance.randint(0, 10))
    return Known(chance.random() < 0.5) if fact.type == "boolean" else Known(chance.choice(CODES))


def ways(program: Program, names: Names) -> dict[str, Callable[[Mapping[str, Fact]], object]]:
    keys, order = tuple(names.conditions), evaluation_order(names)[0]

    def missing(facts: Mapping[str, Fact]) -> object:
        results = program.evaluate(facts)
        return [results.missing(key) for key in results.undecided()]

    def explained(facts: Mapping[str, Fact], *, full: bool) -> object:
        results = program.evaluate(facts)
        return list(map(data_explainer(program, results, full=full), keys))

    return {
        "generated": program.evaluate,
        "+ missing facts of every undecided rule": missing,
        "+ short explanation of every rule": lambda facts: explained(facts, full=False),
        "+ full explanation of every rule": lambda facts: explained(facts, full=True),
        "reference tree walk": lambda facts: reference_evaluate(names, order, facts),
    }


def seconds(way: Callable[[Mapping[str, Fact]], object], patients: list[dict[str, Fact]]) -> float:
    start = perf_counter()
    for facts in patients:
        way(facts)
    return perf_counter() - start


def run() -> list[tuple[str, float]]:
    """Each way, and how many times longer it took than the generated function alone; the median of the rounds."""
    chance = Random(7)
    facts = list(signatures().values())
    conditions = {f"r{i}": random_condition(chance, facts, chance.randint(2, 4)) for i in range(RULES)}
    patients = [random_patient(chance, facts) for _ in range(PATIENTS)]
    program = compile_program(conditions, {}, signatures())
    timed = ways(program, program.names)
    rounds = [{name: seconds(way, patients) for name, way in timed.items()} for _ in range(ROUNDS)]
    base = next(iter(timed))
    return [(name, median(taken[name] / taken[base] for taken in rounds)) for name in timed]


def main() -> None:
    for name, ratio in run():
        print(f"{ratio:8.1f} x  {name}")


if __name__ == "__main__":
    main()
