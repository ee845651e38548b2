from decimal import Decimal
from enum import IntEnum, StrEnum
from itertools import product

import pytest

from app.errors import RuleSetError
from app.logic.compiler import FactSignature, compile_program
from app.logic.conditions import All, AnyOf, AtLeast, Between, Compare, Not, OneOf, RuleRef, ScoreRef, parse
from app.logic.evaluator import Program
from app.logic.samples import samples
from app.logic.scores import Domain, Item, Score
from app.logic.truth import Truth, at_least
from app.logic.values import Interval, Known, Reason, Unknown

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
FACTS = {
    "losses": FactSignature("losses", "number"),
    "age": FactSignature("age", "number"),
    "married": FactSignature("married", "boolean"),
    "blood_group": FactSignature("blood_group", "code"),
}


def yes(fact):
    return Compare(fact, "eq", value=True)


def evaluate(condition, **facts):
    return compile_program({"r": condition}, {}, FACTS).evaluate(facts).truth("r")


def booleans(n):
    return {f"b{i}": FactSignature(f"b{i}", "boolean") for i in range(n)}


def answers(truths):
    facts = {T: Known(value=True), F: Known(value=False), U: Unknown(Reason.NOT_SENT)}
    return {f"b{i}": facts[truth] for i, truth in enumerate(truths)}


def test_a_fact_left_out_is_unknown():
    assert evaluate(yes("married")) is U
    assert evaluate(Compare("losses", "ne", 3)) is U


def test_numbers_of_both_kinds_meet():
    assert evaluate(Compare("losses", "eq", Decimal("2.0")), losses=Known(2)) is T
    assert evaluate(Compare("losses", "lt", 3), losses=Known(Decimal("2.9"))) is T
    assert evaluate(Between("losses", Decimal("2.5"), 3), losses=Known(2)) is F
    assert evaluate(Between("losses", 2, 3), losses=Known(3)) is T


def test_half_known_numbers_decide_what_they_can():
    two_or_more = Known(Interval(2, None))
    assert evaluate(Compare("losses", "ge", 2), losses=two_or_more) is T
    assert evaluate(Compare("losses", "ge", 3), losses=two_or_more) is U
    assert evaluate(Compare("losses", "le", 1), losses=two_or_more) is F


def test_codes_and_enumerations():
    group = StrEnum("group", {"ZERO": "0"})
    assert evaluate(OneOf("blood_group", ("A", "0")), blood_group=Known(group.ZERO)) is T
    assert evaluate(Compare("blood_group", "ne", "A"), blood_group=Known("A")) is F
    assert evaluate(Compare("losses", "ge", 2), losses=Known(IntEnum("count", {"TWO": 2}).TWO)) is T


WRONG = [
    ("losses", Known(value=True)),
    ("losses", Known("2")),
    ("losses", Known(2.5)),
    ("losses", Known(Decimal("NaN"))),
    ("losses", Known(Interval(Decimal("NaN"), None))),
    ("losses", Known(Interval(low=False, high=True))),
    ("married", Known(1)),
    ("married", Known("yes")),
    ("married", Known(Interval(0, 1))),
    ("blood_group", Known(value=True)),
    ("blood_group", Known(0)),
    ("blood_group", Reason.NOT_SENT),
    ("losses", 3),
]


@pytest.mark.parametrize(("fact", "value"), WRONG)
def test_a_value_of_the_wrong_type_is_a_derivations_fault(fact, value):
    condition = AnyOf((Compare("losses", "ge", 2), yes("married"), Compare("blood_group", "eq", "A")))
    with pytest.raises(TypeError, match=f"fact {fact} holds"):
        evaluate(condition, **{fact: value})


def test_the_message_does_not_repeat_the_value():
    with pytest.raises(TypeError) as caught:
        evaluate(yes("married"), married=Known("a secret"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("size", [1, 2, 5, 15, 16, 40])
def test_at_least_counts_short_and_long_lists(size):
    items = tuple(yes(f"b{i}") for i in range(size))
    rules = {str(k): AtLeast(k, items) for k in range(1, size + 1)}
    program = compile_program(rules, {}, booleans(size))
    for true, unknown in product(range(size + 1), repeat=2):
        if true + unknown <= size:
            truths = [T] * true + [U] * unknown + [F] * (size - true - unknown)
            results = program.evaluate(answers(truths))
            for k in range(1, size + 1):
                assert results.truth(str(k)) is at_least(k, truths), (k, true, unknown)


def test_a_very_long_list_and_a_very_long_chain_compile():
    size = 3_000
    items = tuple(yes(f"b{i}") for i in range(size))
    rules = {"all": All(items), "any": AnyOf(items), "many": AtLeast(size, items), "chain0": Not(RuleRef("all"))}
    rules |= {f"chain{i}": Not(RuleRef(f"chain{i - 1}")) for i in range(1, 2_000)}
    results = compile_program(rules, {}, booleans(size)).evaluate(answers([T] * (size - 1) + [U]))
    assert [results.truth(key) for key in ("all", "any", "many", "chain1999")] == [U, T, U, U]
    assert results.missing("chain1999") == (f"b{size - 1}",)


def test_equal_conditions_are_evaluated_once():
    shared = All((yes("married"), Compare("losses", "ge", 2)))
    rules = {"a": shared, "b": Not(shared), "c": AnyOf((Not(shared), Compare("losses", "ge", 2)))}
    program = compile_program(rules, {}, FACTS)
    assert len(program.graph.nodes) == 5
    assert program.graph.nodes[program.graph.rules["b"]].args == (program.graph.rules["a"],)


def test_at_least_with_another_number_is_another_condition():
    items = (yes("b0"), yes("b1"))
    program = compile_program({"one": AtLeast(1, items), "two": AtLeast(2, items)}, {}, booleans(2))
    results = program.evaluate(answers((T, F)))
    assert (results.truth("one"), results.truth("two")) == (T, F)


def test_undecided_rules_in_the_order_given():
    rules = {"z": yes("married"), "y": Compare("losses", "ge", 2), "a": Compare("age", "ge", 35)}
    assert compile_program(rules, {}, FACTS).evaluate({"losses": Known(1)}).undecided() == ("z", "a")


MISSING = [
    ({"fact": "a"}, {}, ("a",)),
    ({"fact": "a"}, {"a": True}, ()),
    ({"all": [{"fact": "b"}, {"fact": "a"}, {"fact": "b"}]}, {}, ("b", "a")),
    ({"all": [{"fact": "a"}, {"fact": "b"}]}, {"a": False}, ()),
    ({"all": [{"fact": "a"}, {"fact": "b"}]}, {"a": True}, ("b",)),
    ({"any": [{"all": [{"fact": "a"}, {"fact": "b"}]}, {"fact": "c"}]}, {"b": False}, ("c",)),
    ({"not": {"any": [{"fact": "a"}, {"fact": "b"}]}}, {"a": False}, ("b",)),
    ({"at_least": 2, "of": [{"fact": "c"}, {"fact": "a"}, {"fact": "b"}]}, {"a": True}, ("c", "b")),
    ({"all": [{"rule": "other"}, {"fact": "a"}]}, {}, ("d", "a")),
    ({"all": [{"rule": "other"}, {"fact": "a"}]}, {"d": True}, ("a",)),
]


@pytest.mark.parametrize(("data", "known", "expected"), MISSING)
def test_missing_facts_are_those_that_keep_it_open(data, known, expected):
    facts = {key: FactSignature(key, "boolean") for key in "abcd"}
    program = compile_program({"r": parse(data), "other": yes("d")}, {}, facts)
    results = program.evaluate({key: Known(value) for key, value in known.items()})
    assert results.missing("r") == expected


def test_a_half_known_number_is_missing_too():
    program = compile_program({"r": Compare("losses", "ge", 3)}, {}, FACTS)
    assert program.evaluate({"losses": Known(Interval(2, None))}).missing("r") == ("losses",)
    assert program.evaluate({"losses": Known(Interval(3, None))}).missing("r") == ()


def test_score_items_that_cannot_matter_any_more_are_not_asked_for():
    items = (Item("best", 4, yes("b0")), Item("as_good", 4, yes("b3")), Item("worse", 2, yes("b1")))
    score = Score("s", (Domain("d", items), Domain("e", (Item("other", 1, yes("b2")),))))
    program = compile_program({"r": ScoreRef("s", "ge", 5)}, {"s": score}, booleans(4))
    assert program.evaluate(answers((U, U, U, U))).missing("r") == ("b0", "b3", "b1", "b2")
    assert program.evaluate(answers((T, U, U, U))).missing("r") == ("b2",)
    assert program.evaluate(answers((U, T, T, F))).missing("r") == ("b0",)


def test_self_check_finds_a_function_that_differs():
    score = Score("s", (Domain("d", (Item("i", 2, yes("married")),)),))
    sound = compile_program({"r": Compare("losses", "ge", 2), "q": yes("married")}, {"s": score}, FACTS)
    patients = list(samples(sound.names, 30))
    sound.self_check(patients)

    def never_false(get):
        return tuple(code or 17 for code in sound.run(get)[:2]) + sound.run(get)[2:]

    def one_point_more(get):
        *codes, high = sound.run(get)
        return (*codes, high + 1)

    for broken, owners in ((never_false, "[rq]"), (one_point_more, "s")):
        with pytest.raises(RuleSetError, match=f"differ from their conditions: {owners}"):
            Program(sound.names, sound.graph, broken).self_check(patients)


def test_samples_are_repeatable_and_reach_every_outcome():
    program = compile_program({"r": Compare("losses", "ge", 2), "q": Compare("blood_group", "eq", "A")}, {}, FACTS)
    patients = list(samples(program.names, 60))
    assert patients == list(samples(program.names, 60)) != list(samples(program.names, 60, seed=1))
    for key in ("r", "q"):
        assert {program.evaluate(patient).truth(key) for patient in patients} == {T, F, U}


def test_generated_code_reaches_nothing_but_the_names_it_needs():
    program = compile_program({"r": OneOf("blood_group", ("A",))}, {}, FACTS)
    names = set(program.run.__code__.co_names)
    assert program.run.__globals__["__builtins__"] == {}
    assert names - set(program.run.__globals__) == {"value"}


PLACES = [
    ({"fact": "a"}, {"a": True}, "a"),
    ({"fact": "a"}, {}, ""),
    ({"not": {"fact": "a"}}, {"a": False}, "a"),
    ({"all": [{"fact": "a"}, {"fact": "b"}]}, {"a": False, "b": True}, "a"),
    ({"all": [{"fact": "b"}, {"fact": "a"}]}, {"a": True, "b": True}, "ba"),
    ({"all": [{"fact": "a"}, {"fact": "b"}]}, {"a": True}, "a"),
    ({"any": [{"fact": "a"}, {"fact": "b"}]}, {"a": True, "b": False}, "a"),
    ({"any": [{"fact": "a"}, {"fact": "b"}]}, {"a": False}, "a"),
    ({"at_least": 2, "of": [{"fact": "c"}, {"fact": "a"}, {"fact": "b"}]}, {"a": False, "b": True, "c": True}, "cb"),
    ({"any": [{"all": [{"fact": "b"}, {"fact": "a"}]}, {"fact": "b"}]}, {"a": True, "b": True}, "ba"),
    ({"all": [{"rule": "other"}, {"fact": "a"}]}, {"a": True, "d": True}, "da"),
    ({"not": {"rule": "other"}}, {"d": False}, "d"),
    ({"score": "s", "ge": 2}, {"a": True, "b": False}, "ab"),
    ({"score": "s", "ge": 2}, {"b": False}, "b"),
]


@pytest.mark.parametrize(("data", "known", "expected"), PLACES)
def test_a_rule_was_read_at_what_made_it_come_out_so(data, known, expected):
    """A settled group rests on the members of its own truth; an open one, a `not` and a score on all they looked at."""
    facts = {key: FactSignature(key, "boolean") for key in "abcd"}
    score = Score("s", (Domain("e", (Item("first", 2, yes("a")), Item("second", 1, yes("b")))),))
    program = compile_program({"r": parse(data), "other": yes("d")}, {"s": score}, facts)
    results = program.evaluate({key: Known(value, (f"/{key}",)) for key, value in known.items()})
    assert results.read_at("r") == tuple(f"/{key}" for key in expected)


def test_what_is_unknown_was_read_nowhere_and_each_place_is_told_once():
    program = compile_program(
        {"r": All((Compare("losses", "ge", 2), yes("married"), Compare("age", "lt", 50)))}, {}, FACTS
    )
    results = program.evaluate(
        {
            "losses": Known(Interval(2, None), ("/p/0", "/p/1")),
            "married": Unknown(Reason.CONFLICTING, ("/m",)),
            "age": Known(40, ("/p/1", "/age")),
        }
    )
    assert results.read_at("r") == ("/p/0", "/p/1", "/age")


def test_a_reader_tells_rules_apart_by_how_they_came_out():
    rules = {"q": yes("married"), "r": Compare("losses", "ge", 2), "s": Compare("losses", "ge", 4)}
    program = compile_program(rules, {}, FACTS)
    two, three, none = (program.evaluate({"losses": Known(value)}) for value in (2, 3, 0))
    both = program.reader(["r", "q"])
    assert both(two) == both(three) != both(none)
    assert both(two) != both(program.evaluate({"losses": Known(2), "married": Known(value=False)}))
    one = program.reader(["r"])
    assert one(two) == one(three) != one(none)
    assert program.reader([])(two) == program.reader([])(none)
