"""Requests of any shape are answered or refused, and never fail."""

import copy
import random

import pytest

from app.web.fhir_examples import WITH_ANSWERS
from tests.fhir.calls import assess
from tests.fhir.r4 import faults

JUNK = [None, [], {}, "", "x", 0, -1, 1.5, True, [None], [{}], {"x": 1}, "2026-13-45", "\u202e", 10**20]


def places(part, at=()):
    yield at
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in members:
        yield from places(value, (*at, name))


def mutated(seed):
    rng = random.Random(seed)  # a fixed seed: the same mutants every time
    body = copy.deepcopy(WITH_ANSWERS)
    for _ in range(rng.randint(1, 3)):
        *above, last = rng.choice([place for place in places(body) if place])
        held = body
        for name in above:
            held = held[name]
        if rng.random() < 0.3:
            del held[last]
        else:
            held[last] = copy.deepcopy(rng.choice(JUNK))
    return body


@pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, 200, 50)])
def test_no_mutant_makes_the_service_fail(client, seeds):
    for seed in seeds:
        answer = assess(client, mutated(seed))
        assert answer.status_code in {200, 422}, (seed, answer.text)
        if answer.status_code == 422:
            assert faults(answer.json()) == [], seed
