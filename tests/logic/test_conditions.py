from decimal import Decimal

import pytest

from app.logic.conditions import (
    MAX_DEPTH,
    All,
    AnyOf,
    AtLeast,
    Between,
    Compare,
    ConditionError,
    Not,
    OneOf,
    RuleRef,
    ScoreRef,
    facts_of,
    located,
    parse,
    rules_of,
    scores_of,
    walk,
)

A = {"fact": "a"}
IS_A = Compare("a", "eq", value=True)

READ = [
    ({"all": [A]}, All((IS_A,))),
    ({"any": [A, A]}, AnyOf((IS_A, IS_A))),
    ({"not": A}, Not(IS_A)),
    ({"at_least": 2, "of": [A, A]}, AtLeast(2, (IS_A, IS_A))),
    ({"fact": "a", "eq": False}, Compare("a", "eq", value=False)),
    ({"fact": "a", "ne": "x"}, Compare("a", "ne", "x")),
    ({"fact": "a", "ge": 2}, Compare("a", "ge", 2)),
    ({"fact": "a", "lt": 0.1}, Compare("a", "lt", Decimal("0.1"))),
    ({"fact": "a", "le": Decimal("2.50")}, Compare("a", "le", Decimal("2.50"))),
    ({"fact": "a", "between": [1, 2.5]}, Between("a", 1, Decimal("2.5"))),
    ({"fact": "a", "in": ["x", "y"]}, OneOf("a", ("x", "y"))),
    ({"rule": "r"}, RuleRef("r")),
    ({"score": "s", "gt": 3}, ScoreRef("s", "gt", 3)),
]

FAULTS = [
    (None, (), "a condition is a mapping"),
    ([A], (), "a condition is a mapping"),
    ({}, (), "a condition starts with one of"),
    ({"of": [A]}, (), "a condition starts with one of"),
    ({"all": []}, ("all",), "at least one entry"),
    ({"all": A}, ("all",), "at least one entry"),
    ({"any": "abc"}, ("any",), "at least one entry"),
    ({"any": [A, {"all": [A, 3]}]}, ("any", 1, "all", 1), "a condition is a mapping"),
    ({"all": [A], "any": [A]}, ("any",), "cannot stand beside"),
    ({"not": [A]}, ("not",), "a condition is a mapping"),
    ({"not": A, "fact": "a"}, ("fact",), "cannot stand beside"),
    ({"at_least": 1}, (), "needs `of`"),
    ({"at_least": 0, "of": [A]}, ("at_least",), "from 1 to 1"),
    ({"at_least": 3, "of": [A, A]}, ("at_least",), "from 1 to 2"),
    ({"at_least": True, "of": [A]}, ("at_least",), "from 1 to 1"),
    ({"at_least": "1", "of": [A]}, ("at_least",), "from 1 to 1"),
    ({"at_least": 1, "of": [{}]}, ("of", 0), "a condition starts with one of"),
    ({"fact": ""}, ("fact",), "a name or code"),
    ({"fact": 3}, ("fact",), "a name or code"),
    ({"fact": "a", "missing": True}, ("missing",), "cannot stand beside"),
    ({"fact": "a", 1: 2}, ("1",), "cannot stand beside"),
    ({"fact": "a", "ge": 1, "le": 2}, ("le",), "one comparison"),
    ({"fact": "a", "eq": None}, ("eq",), "a number belongs here"),
    ({"fact": "a", "eq": ""}, ("eq",), "a name or code"),
    ({"fact": "a", "eq": float("nan")}, ("eq",), "a number belongs here"),
    ({"fact": "a", "lt": Decimal("Infinity")}, ("lt",), "a number belongs here"),
    ({"fact": "a", "between": [1]}, ("between",), "two numbers"),
    ({"fact": "a", "between": 1}, ("between",), "two numbers"),
    ({"fact": "a", "between": [1, "x"]}, ("between", 1), "a number belongs here"),
    ({"fact": "a", "between": [True, 2]}, ("between", 0), "a number belongs here"),
    ({"fact": "a", "in": []}, ("in",), "at least one entry"),
    ({"fact": "a", "in": "x"}, ("in",), "at least one entry"),
    ({"fact": "a", "in": ["x", 2]}, ("in", 1), "a name or code"),
    ({"rule": ["r"]}, ("rule",), "a name or code"),
    ({"rule": "r", "eq": True}, ("eq",), "cannot stand beside"),
    ({"score": "s"}, (), "exactly one of"),
    ({"score": "s", "ge": 1, "lt": 4}, (), "exactly one of"),
    ({"score": "s", "ge": "high"}, ("ge",), "a number belongs here"),
    ({"score": "s", "between": [1, 2]}, ("between",), "cannot stand beside"),
]


@pytest.mark.parametrize(("data", "condition"), READ)
def test_parse_reads_each_shape(data, condition):
    assert parse(data) == condition


def test_numbers_are_exact():
    assert repr(parse({"fact": "a", "lt": 0.1}).value) == "Decimal('0.1')"
    assert type(parse({"fact": "a", "lt": 3}).value) is int


@pytest.mark.parametrize(("data", "path", "message"), FAULTS)
def test_parse_places_each_fault(data, path, message):
    with pytest.raises(ConditionError, match=message) as caught:
        parse(data)
    assert caught.value.path == path


def test_nesting_is_bounded():
    def nested(depth):
        return A if depth == 0 else {"all": [nested(depth - 1)]}

    parse(nested(MAX_DEPTH - 1))
    with pytest.raises(ConditionError, match="nested"):
        parse(nested(MAX_DEPTH))


TREE = {
    "any": [
        {"not": {"fact": "b", "ge": 2}},
        {"at_least": 1, "of": [{"rule": "r"}, A, {"score": "s", "ge": 1}]},
        {"all": [{"fact": "b", "between": [1, 2]}, {"fact": "c", "in": ["x"]}, {"rule": "q"}, {"rule": "r"}]},
    ]
}


def test_located_paths_lead_back_to_what_was_parsed():
    for path, node in located(parse(TREE)):
        data = TREE
        for step in path:
            data = data[step]
        assert parse(data) == node


def test_walk_and_names_follow_the_order_written():
    condition = parse(TREE)
    assert [type(node).__name__ for node in walk(condition)][:4] == ["AnyOf", "Not", "Compare", "AtLeast"]
    assert facts_of(condition) == ("b", "a", "c")
    assert rules_of(condition) == ("r", "q")
    assert scores_of(condition) == ("s",)
