"""What one assessment costs in process, step by step, as a ratio to validating the same body.

Run it with ``python -m benchmarks.assess``. Processor time; each round runs every step in turn, so that a noisy machine slows all alike.
"""

import json
from collections.abc import Callable
from datetime import date
from statistics import median
from time import process_time
from uuid import UUID

from app.clinical.facts import derive
from app.clinical.history import PatientHistory
from app.clinical.ruleset import RuleSet
from app.services.active import bundled
from app.services.assess import assess, encode
from app.services.intake import read_history
from app.web.examples import HISTORIES

ROUNDS, EACH = 60, 8
TODAY = date(2026, 11, 25)
NAME = UUID(int=7)


def steps(rules: RuleSet, body: bytes) -> dict[str, Callable[[], object]]:
    """The steps of one request, each on its own; the first is the yardstick."""
    history = read_history(body, TODAY)
    facts = derive(rules.baseline.case(history, TODAY, rules.parameters))
    answer = assess(rules, history, TODAY, "short", NAME)

    def whole() -> object:
        return encode(assess(rules, read_history(body, TODAY), TODAY, "short", NAME))

    return {
        "validate the body": lambda: PatientHistory.model_validate_json(body),
        "read: strict JSON, validate, plausible": lambda: read_history(body, TODAY),
        "derive the facts": lambda: derive(rules.baseline.case(history, TODAY, rules.parameters)),
        "evaluate the rules": lambda: rules.program.evaluate(facts),
        "assess: facts, rules, findings": lambda: assess(rules, history, TODAY, "short", NAME),
        "encode the answer": lambda: encode(answer),
        "read, assess, encode": whole,
    }


def seconds(act: Callable[[], object]) -> float:
    """The fastest of a few runs in a row."""
    found = []
    for _ in range(EACH):
        start = process_time()
        act()
        found.append(process_time() - start)
    return min(found)


def run() -> list[tuple[str, float | str]]:
    """For each example each step as times the validation of its body, and the answer's size."""
    rules = bundled()
    rows: list[tuple[str, float | str]] = []
    for name, example in HISTORIES.items():
        body = json.dumps(example["value"]).encode()
        timed = steps(rules, body)
        rounds = [{step: seconds(act) for step, act in timed.items()} for _ in range(ROUNDS)]
        base = next(iter(timed))
        size = len(encode(assess(rules, read_history(body, TODAY), TODAY, "short", NAME)))
        rows.append((name, f"{len(body) / 1000:.1f} kB in, {size / 1000:.0f} kB out"))
        rows += [(f"  {step}", median(taken[step] / taken[base] for taken in rounds)) for step in timed]
    return rows


if __name__ == "__main__":
    for name, found in run():
        print(f"{found:8.2f} x  {name}" if isinstance(found, float) else f"{name}: {found}")
