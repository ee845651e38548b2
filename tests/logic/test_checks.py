"""Each diagnostic with its code, its owner and its place; and all of them at once."""

from decimal import Decimal

import pytest

from app.errors import ContentError
from app.logic.checks import Names, evaluation_order, faults
from app.logic.compiler import FactSignature, compile_program
from app.logic.conditions import All, AnyOf, AtLeast, Between, Compare, Not, OneOf, RuleRef, ScoreRef
from app.logic.scores import Domain, Item, Score

FACTS = {
    "losses": FactSignature("losses", "number"),
    "married": FactSignature("married", "boolean"),
    "blood_group": FactSignature("blood_group", "code", frozenset({"A", "B", "AB", "O"})),
    "note": FactSignature("note", "code"),
}
YES = Compare("married", "eq", value=True)

WRONG = [
    (Compare("loses", "ge", 2), "L001", ("fact",), "did you mean `losses`"),
    (Compare("zzz", "ge", 2), "L001", ("fact",), "no fact `zzz`"),
    (RuleRef("rulee"), "L002", ("rule",), "did you mean `rule`"),
    (ScoreRef("agapss", "ge", 2), "L003", ("score",), "no score"),
    (Compare("married", "lt", 2), "L004", ("lt",), "yes or no"),
    (Between("married", 1, 2), "L004", ("between",), "yes or no"),
    (OneOf("married", ("A",)), "L004", ("in",), "yes or no"),
    (Compare("blood_group", "ge", "A"), "L004", ("ge",), "is a code"),
    (Between("blood_group", 1, 2), "L004", ("between",), "is a code"),
    (OneOf("losses", ("A",)), "L004", ("in",), "is a number"),
    (Compare("married", "eq", 1), "L005", ("eq",), "true or false"),
    (Compare("married", "ne", "A"), "L005", ("ne",), "true or false"),
    (Compare("losses", "eq", value=True), "L005", ("eq",), "with a number"),
    (Compare("losses", "ge", "two"), "L005", ("ge",), "with a number"),
    (Compare("losses", "ge", 2.5), "L005", ("ge",), "with a number"),
    (Compare("losses", "ge", Decimal("NaN")), "L005", ("ge",), "with a number"),
    (Between("losses", "1", 2), "L005", ("between",), "numbers"),
    (Compare("blood_group", "eq", value=True), "L005", ("eq",), "with text"),
    (Compare("note", "ne", 3), "L005", ("ne",), "with text"),
    (OneOf("note", ("a", 3)), "L005", ("in", 1), "with text"),
    (Compare("blood_group", "eq", "a"), "L006", ("eq",), "no value of `blood_group` called `a`"),
    (OneOf("blood_group", ("A", "C")), "L006", ("in", 1), "no value"),
    (Between("losses", 3, 2), "L007", ("between",), "between 3 and 2"),
    (RuleRef("rule"), "L008", ("rule",), "rule `rule` -> rule `rule`"),
    (All(()), "L010", (), "at least one condition"),
    (AnyOf(()), "L010", (), "at least one condition"),
    (AtLeast(3, (YES, YES)), "L010", ("at_least",), "3 of 2"),
    (AtLeast(0, (YES,)), "L010", ("at_least",), "0 of 1"),
]


def found(conditions, scores=None):
    return faults(Names(conditions, scores or {}, FACTS))


@pytest.mark.parametrize(("condition", "code", "path", "message"), WRONG)
def test_each_fault_of_a_condition(condition, code, path, message):
    (fault,) = found({"rule": condition})
    assert (fault.owner, fault.path, fault.code) == ("rule", path, code)
    assert message in fault.message


def test_what_is_right_has_no_fault():
    right = All(
        (
            Compare("losses", "ge", Decimal("2.5")),
            Between("losses", 2, 2),
            Compare("married", "ne", value=False),
            Compare("blood_group", "ne", "AB"),
            OneOf("note", ("anything",)),
            AtLeast(1, (YES,)),
        )
    )
    score = Score("s", (Domain("d", (Item("i", 0, RuleRef("right")),)),))
    assert found({"right": right, "other": ScoreRef("s", "lt", Decimal("1.5"))}, {"s": score}) == ()


def test_the_path_leads_through_groups_and_scores():
    bad = Compare("loses", "ge", 2)
    score = Score("s", (Domain("d", (Item("i", 1, YES), Item("j", 1, Not(bad)))),))
    places = [(fault.owner, fault.path) for fault in found({"r": All((YES, AtLeast(1, (YES, bad))))}, {"s": score})]
    assert places == [
        ("r", ("all", 1, "of", 1, "fact")),
        ("s", ("domains", 0, "items", 1, "when", "not", "fact")),
    ]


def test_scores_that_cannot_count():
    item = Item("i", 1, YES)
    twice = Domain("twice", (item, item))
    scores = {
        "none": Score("none", ()),
        "hollow": Score("hollow", (Domain("d", ()),)),
        "twice": Score("twice", (twice,)),
        "same": Score("same", (Domain("d", (item,)), Domain("d", (item,)))),
        "minus": Score("minus", (Domain("d", (Item("i", -1, YES),)),)),
    }
    wrong = found({"r": ScoreRef("none", "ge", "much")}, scores)
    assert [(fault.owner, fault.code, fault.path) for fault in wrong] == [
        ("r", "L005", ("ge",)),
        ("none", "L009", ("domains",)),
        ("hollow", "L009", ("domains", 0, "items")),
        ("twice", "L009", ("domains", 0, "items")),
        ("same", "L009", ("domains",)),
        ("minus", "L009", ("domains", 0, "items", 0, "points")),
    ]


def test_each_cycle_is_named_at_its_first_reference():
    score = Score("s", (Domain("d", (Item("i", 1, RuleRef("through")),)),))
    conditions = {
        "a": Not(RuleRef("b")),
        "b": All((YES, RuleRef("c"))),
        "c": RuleRef("a"),
        "through": ScoreRef("s", "ge", 1),
        "innocent": RuleRef("a"),
    }
    assert [(fault.owner, fault.code, fault.path, fault.message) for fault in found(conditions, {"s": score})] == [
        ("a", "L008", ("not", "rule"), "refers to itself: rule `a` -> rule `b` -> rule `c` -> rule `a`"),
        ("through", "L008", ("score",), "refers to itself: rule `through` -> score `s` -> rule `through`"),
    ]


def test_rules_come_after_those_they_refer_to():
    names = Names({"a": RuleRef("b"), "b": Not(RuleRef("c")), "c": YES}, {}, FACTS)
    assert evaluation_order(names) == ((("rule", "c"), ("rule", "b"), ("rule", "a")), ())


def test_the_compiler_raises_all_faults_at_once():
    conditions = {"r": All((Compare("loses", "ge", 2), RuleRef("q"))), "s": Between("losses", 2, 1)}
    with pytest.raises(ContentError) as caught:
        compile_program(conditions, {}, FACTS)
    assert [str(diagnostic) for diagnostic in caught.value.diagnostics] == [
        "L001: r.all.0.fact: there is no fact `loses`; did you mean `losses`?",
        "L002: r.all.1.rule: there is no rule `q`",
        "L007: s.between: no number lies between 2 and 1",
    ]
