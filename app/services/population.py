"""Made-up patients to compare two rule sets on: reviewed cases, cases put together anew, and facts set on every side of a threshold.

Nothing here comes from a patient: the cases are written by reviewers and published with the rule set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from pydantic import ValidationError

from app.authoring.cases import PatientCase, history_of
from app.clinical.history import PatientHistory
from app.clinical.plausibility import contradictions
from app.clinical.ruleset import RuleSet
from app.errors import AppError
from app.logic.checks import Names
from app.logic.samples import telling_values
from app.logic.values import Fact

CROSSED = 300
MUTANTS = 1500
SEED = 20261125
MOST_CHANGED = 4
DAY = date(2026, 11, 25)
"""The date of assessment of histories that name none; fixed, so that a comparison can be repeated."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist: a history, or the facts of one with some of them ``changed``."""

    name: str
    history: PatientHistory
    changed: Mapping[str, Fact] = field(default_factory=dict)


def population(
    cases: Sequence[PatientCase], old: RuleSet, new: RuleSet, size: int = MUTANTS, seed: int = SEED
) -> Iterator[Person]:
    """The reviewed patients, patients made of their sections, and both with a few facts changed; the same for the same seed.

    Facts are drawn from all that either rule set reads, and more often from those whose conditions differ.
    """
    chance = Random(seed)  # noqa: S311 - made-up patients, not secrets
    known = [Person(case.id, history_of(case)) for case in cases] or [Person("empty", PatientHistory())]
    yield from known
    made = list(_crossed(known, min(CROSSED, size), chance))
    yield from made
    yield from _mutants([*known, *made], old, new, size, chance)


def _crossed(known: Sequence[Person], count: int, chance: Random) -> Iterator[Person]:
    """Histories whose sections come from several cases; those that contradict themselves are left out."""
    sections = sorted(PatientHistory.model_fields)
    for number in range(count if len(known) > 1 else 0):
        parents = chance.sample(known, k=min(3, len(known)))
        taken = {name: getattr(chance.choice(parents).history, name) for name in sections}
        try:
            history = PatientHistory.model_validate(taken)
            plausible = not contradictions(history, DAY)
        except (ValidationError, AppError):
            continue
        if plausible:
            yield Person(f"made-{number} of {', '.join(item.name for item in parents)}", history)


def _mutants(known: Sequence[Person], old: RuleSet, new: RuleSet, count: int, chance: Random) -> Iterator[Person]:
    values = _values(old, new)
    differing = [fact for fact in differing_facts(old, new) if fact in values]
    everything = sorted(values)
    for number in range(count if everything else 0):
        person = chance.choice(known)
        pool = differing if differing and chance.random() < 2 / 3 else everything
        facts = {chance.choice(pool) for _ in range(chance.randint(1, MOST_CHANGED))}
        changed = {fact: chance.choice(values[fact]) for fact in sorted(facts)}
        yield Person(f"{person.name} changed {number}", person.history, changed)


def _values(old: RuleSet, new: RuleSet) -> dict[str, tuple[Fact, ...]]:
    """Values on every side of every comparison of either rule set."""
    found: dict[str, dict[Fact, None]] = {}
    for rules in (old, new):
        for fact, values in telling_values(rules.program.names).items():
            found.setdefault(fact, {}).update(dict.fromkeys(values))
    return {fact: tuple(values) for fact, values in found.items()}


def differing_facts(old: RuleSet, new: RuleSet) -> list[str]:
    """The facts read by conditions that are not the same in both, rules and scores they refer to included."""
    keys = {
        key
        for key in old.conditions.keys() | new.conditions.keys()
        if old.conditions.get(key) != new.conditions.get(key)
    }
    return sorted({fact for rules in (old, new) for fact in _read_by(rules.program.names, keys)})


def _read_by(names: Names, keys: set[str]) -> set[str]:
    kept = {key: names.conditions[key] for key in keys if key in names.conditions}
    return set(telling_values(Names(kept, {}, names.facts)))
