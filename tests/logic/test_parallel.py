"""The bit-parallel evaluator gives in each world what the generated function gives for that patient."""

from decimal import Decimal

from hypothesis import given, settings

from app.logic.answers import OTHER, Region, leaves_of, possible_answers
from app.logic.conditions import Between, Compare, OneOf
from app.logic.parallel import Worlds
from app.logic.truth import Truth
from app.logic.values import FactSignature, Interval, Known
from tests.logic.strategies import worlds

COUNT = FactSignature("losses", "number")


@settings(max_examples=200, deadline=None)
@given(worlds(patients=8))
def test_every_world_agrees_with_the_generated_function(world):
    first, *others = world.patients
    parallel = Worlds(world.program, first, others)
    for index, patient in enumerate(world.patients):
        found, expected = parallel.at(index), world.program.evaluate(patient)
        assert found.undecided() == expected.undecided()
        for key in world.names.conditions:
            assert found.truth(key) is expected.truth(key)
            assert found.missing(key) == expected.missing(key)
        for key in world.names.scores:
            assert found.score(key) == expected.score(key)
        assert tuple(found.codes) == tuple(expected.codes)
        assert len(found.codes) == len(expected.codes)


@settings(max_examples=100, deadline=None)
@given(worlds(patients=3))
def test_each_answer_to_one_question_agrees_with_a_patient_who_gave_it(world):
    for patient in world.patients:
        changes = [
            {fact: answer.known}
            for fact, leaves in leaves_of(world.program.graph).items()
            for answer in possible_answers(world.names.facts[fact], leaves, patient[fact])
        ]
        parallel = Worlds(world.program, patient, changes)
        for index, change in enumerate(changes, 1):
            expected = world.program.evaluate({**patient, **change})
            assert all(parallel.at(index).truth(key) is expected.truth(key) for key in world.names.conditions)


def test_a_world_left_alone_stays_as_it_is():
    from app.logic.compiler import compile_program

    program = compile_program({"r": Compare("losses", "ge", 2)}, {}, {"losses": COUNT})
    parallel = Worlds(program, {}, [{"losses": Known(2)}, {}, {"losses": Known(1)}])
    assert [parallel.at(index).truth("r") for index in range(4)] == [
        Truth.UNKNOWN,
        Truth.TRUE,
        Truth.UNKNOWN,
        Truth.FALSE,
    ]


def test_numbers_are_cut_only_where_a_comparison_changes():
    leaves = (Compare("losses", "lt", 2), Compare("losses", "gt", 4))
    answers = possible_answers(COUNT, leaves)
    assert [item.says for item in answers] == [
        Region(None, 2, low_included=False, high_included=False),
        Region(2, 4, low_included=True, high_included=True),
        Region(4, None, low_included=False, high_included=False),
    ]


def test_a_range_and_an_equality_cut_out_their_own_numbers():
    answers = possible_answers(COUNT, (Between("losses", 1, 3), Compare("losses", "eq", 2)))
    assert [item.says.low for item in answers] == [None, 1, 2, 2, 3]
    assert answers[2].says == Region(2, 2, low_included=True, high_included=True)
    assert answers[1].says == Region(1, 2, low_included=True, high_included=False)


def test_what_is_already_known_rules_answers_out():
    leaves = (Compare("losses", "ge", 2), Compare("losses", "ge", 4))
    found = possible_answers(COUNT, leaves, Known(Interval(2, None)))
    assert [item.says.low for item in found] == [2, 4]
    assert [item.says.low for item in possible_answers(COUNT, leaves, Known(Interval(None, 3)))] == [None, 2]
    assert [item.says.low for item in possible_answers(COUNT, leaves, Known(Interval(Decimal("3.5"), 5)))] == [2, 4]


def test_an_open_list_of_codes_has_one_more_answer():
    open_list = FactSignature("group", "code")
    assert [item.says for item in possible_answers(open_list, (OneOf("group", ("a", "b")),))] == ["a", OTHER, "b"]
    closed = FactSignature("group", "code", frozenset({"a", "b", "o"}))
    assert [item.says for item in possible_answers(closed, (Compare("group", "eq", "a"),))] == ["a", "b", "o"]
