"""What must hold of every rule and every patient."""

from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.logic.compiler import compile_program
from app.logic.conditions import All, AnyOf, AtLeast, Not
from app.logic.truth import Truth
from app.logic.values import Interval, Known
from tests.logic.strategies import FACTS, blur, chances, full_patient, random_condition, random_names, worlds

SAME = [
    ("double negation", lambda a, b, c: (Not(Not(a)), a)),
    ("De Morgan, and", lambda a, b, c: (Not(All((a, b))), AnyOf((Not(a), Not(b))))),
    ("De Morgan, or", lambda a, b, c: (Not(AnyOf((a, b))), All((Not(a), Not(b))))),
    ("commutativity, and", lambda a, b, c: (All((a, b, c)), All((c, a, b)))),
    ("commutativity, or", lambda a, b, c: (AnyOf((a, b, c)), AnyOf((c, a, b)))),
    ("commutativity, at least", lambda a, b, c: (AtLeast(2, (a, b, c)), AtLeast(2, (c, b, a)))),
    ("associativity, and", lambda a, b, c: (All((a, All((b, c)))), All((a, b, c)))),
    ("associativity, or", lambda a, b, c: (AnyOf((a, AnyOf((b, c)))), AnyOf((a, b, c)))),
    ("idempotence", lambda a, b, c: (All((a, a)), AnyOf((a, a)))),
    ("absorption, and", lambda a, b, c: (All((a, AnyOf((a, b)))), a)),
    ("absorption, or", lambda a, b, c: (AnyOf((a, All((a, b)))), a)),
    ("distribution, and", lambda a, b, c: (All((a, AnyOf((b, c)))), AnyOf((All((a, b)), All((a, c)))))),
    ("distribution, or", lambda a, b, c: (AnyOf((a, All((b, c)))), All((AnyOf((a, b)), AnyOf((a, c)))))),
    ("all is at least all", lambda a, b, c: (AtLeast(3, (a, b, c)), All((a, b, c)))),
    ("any is at least one", lambda a, b, c: (AtLeast(1, (a, b, c)), AnyOf((a, b, c)))),
    ("not at least", lambda a, b, c: (Not(AtLeast(2, (a, b, c))), AtLeast(2, (Not(a), Not(b), Not(c))))),
]


@settings(max_examples=100, deadline=None)
@given(chances(), st.integers(0, 2))
def test_kleenes_laws(chance, depth):
    parts = [random_condition(chance, depth) for _ in "abc"]
    pairs = {name: law(*parts) for name, law in SAME}
    rules = {f"{name}, {side}": pair[side] for name, pair in pairs.items() for side in (0, 1)}
    program = compile_program(rules, {}, FACTS)
    for _ in range(10):
        results = program.evaluate(blur(chance, full_patient(chance)))
        broken = [name for name in pairs if results.truth(f"{name}, 0") is not results.truth(f"{name}, 1")]
        assert not broken


@settings(max_examples=100, deadline=None)
@given(chances(), st.integers(0, 2))
def test_excluded_middle_is_never_denied(chance, depth):
    """In Kleene's logic `a or not a` may be unknown, but it is never false; and `a and not a` is never true."""
    a = random_condition(chance, depth)
    program = compile_program({"or": AnyOf((a, Not(a))), "and": All((a, Not(a)))}, {}, FACTS)
    results = program.evaluate(blur(chance, full_patient(chance)))
    assert results.truth("or") is not Truth.FALSE
    assert results.truth("and") is not Truth.TRUE


@settings(max_examples=200, deadline=None)
@given(chances(), st.integers(0, 3))
def test_more_knowledge_never_takes_anything_back(chance, depth):
    names = random_names(chance, depth)
    program = compile_program(names.conditions, names.scores, names.facts)
    for _ in range(10):
        full = full_patient(chance)
        less = blur(chance, full)
        least = blur(chance, less)
        stages = [program.evaluate(patient) for patient in (least, less, full)]
        for before, after in pairwise(stages):
            for key in names.conditions:
                assert before.truth(key) in {Truth.UNKNOWN, after.truth(key)}
            for key in names.scores:
                assert inside(after.score(key), before.score(key))
        assert stages[-1].undecided() == ()
        assert all(stages[-1].score(key).exact for key in names.scores)


def inside(narrow: Interval, wide: Interval) -> bool:
    return wide.low <= narrow.low and narrow.high <= wide.high


@settings(max_examples=60, deadline=None)
@given(worlds(patients=5), chances())
def test_the_order_of_rules_scores_and_facts_does_not_matter(world, chance):
    names = world.names

    def shuffled(mapping):
        return {key: mapping[key] for key in chance.sample(sorted(mapping), len(mapping))}

    other = compile_program(shuffled(names.conditions), shuffled(names.scores), shuffled(names.facts))
    for patient in world.patients:
        first, second = world.program.evaluate(patient), other.evaluate(shuffled(patient))
        for key in names.conditions:
            assert first.truth(key) is second.truth(key)
            assert first.missing(key) == second.missing(key)
        assert [first.score(key) for key in names.scores] == [second.score(key) for key in names.scores]


@settings(max_examples=200, deadline=None)
@given(chances(), st.integers(0, 3))
def test_missing_facts_are_enough_and_no_others_help(chance, depth):
    names = random_names(chance, depth)
    program = compile_program(names.conditions, names.scores, names.facts)
    full = full_patient(chance)
    blurred = blur(chance, full)
    before = program.evaluate(blurred)
    for key in names.conditions:
        missing = before.missing(key)
        assert bool(missing) is (before.truth(key) is Truth.UNKNOWN)
        asked = blurred | {fact: full[fact] for fact in missing}
        assert program.evaluate(asked).truth(key) is not Truth.UNKNOWN
        others = full | {fact: blurred[fact] for fact in missing}
        assert program.evaluate(others).truth(key) is before.truth(key)


@given(st.integers(0, 1000))
def test_blurring_forgets_but_never_lies(seed):
    """The properties above prove nothing unless a blurred patient is really the same patient."""
    chance = Random(seed)
    full = full_patient(chance)
    for key, fact in blur(chance, blur(chance, full)).items():
        true = full[key].value
        if isinstance(fact, Known) and isinstance(fact.value, Interval):
            low, high = fact.value.low, fact.value.high
            assert low is None or low <= true
            assert high is None or true <= high
        elif isinstance(fact, Known):
            assert fact.value == true
