"""Three implementations, one answer: the generated function, the reference walk, and SQLite's three-valued SQL."""

from hypothesis import given, settings

from app.logic.checks import evaluation_order
from app.logic.reference import reference_evaluate
from app.logic.samples import samples
from app.logic.truth import Truth
from app.logic.values import Interval, Known, Reason, Unknown
from tests.logic.sql import sqlite_evaluate
from tests.logic.strategies import worlds


@settings(max_examples=200, deadline=None)
@given(worlds(half_known=False))
def test_generated_function_agrees_with_sqlite(world):
    for patient, expected in zip(world.patients, sqlite_evaluate(world.names, world.patients), strict=True):
        results = world.program.evaluate(patient)
        assert {key: results.truth(key) for key in world.names.conditions} == expected


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_generated_function_agrees_with_the_reference_walk(world):
    order, _ = evaluation_order(world.names)
    for patient in world.patients:
        results, expected = world.program.evaluate(patient), reference_evaluate(world.names, order, patient)
        assert {key: results.truth(key) for key in world.names.conditions} == expected.rules
        assert {key: results.score(key) for key in world.names.scores} == expected.scores
        assert results.undecided() == tuple(
            key for key in world.names.conditions if expected.rules[key] is Truth.UNKNOWN
        )


@settings(max_examples=60, deadline=None)
@given(worlds(patients=0))
def test_all_three_agree_on_patients_at_the_thresholds(world):
    group = list(samples(world.names, 40))
    world.program.self_check(group)
    whole = [{key: _exact(fact) for key, fact in patient.items()} for patient in group]
    order, _ = evaluation_order(world.names)
    assert sqlite_evaluate(world.names, whole) == [reference_evaluate(world.names, order, p).rules for p in whole]


def _exact(fact):
    half_known = isinstance(fact, Known) and isinstance(fact.value, Interval)
    return Unknown(Reason.NOT_DETERMINABLE) if half_known else fact
