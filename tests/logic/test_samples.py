"""Made-up patients stand on every side of every threshold: a compiled program is checked with nothing else."""

from decimal import Decimal
from itertools import product

from app.logic.checks import Names
from app.logic.conditions import AnyOf, Between, Compare, OneOf, ScoreRef
from app.logic.samples import samples, telling_values
from app.logic.scores import Domain, Item, Score
from app.logic.values import FactSignature, Interval, Known, Reason, Unknown

UNKNOWN = Unknown(Reason.NOT_RECORDED)


def values_of(signature, *leaves):
    names = Names({"r": AnyOf((*leaves, ScoreRef("s", "ge", 1)))}, {}, {signature.id: signature})
    found = telling_values(names)
    assert list(found) == [signature.id]
    return found[signature.id]


def around(at):
    ends = [(None, at - 1), (at - 1, at), (at - 1, at + 1), (at, at + 1), (at, None), (at, at)]
    return [Known(at - 1), Known(at), Known(at + 1), *(Known(Interval(low, high)) for low, high in ends)]


def test_a_boolean_is_unknown_yes_or_no():
    found = values_of(FactSignature("f", "boolean"), Compare("f", "eq", value=True))
    assert found == (UNKNOWN, Known(value=True), Known(value=False))


def test_a_number_lies_below_at_and_above_each_threshold_exactly_or_not():
    found = values_of(FactSignature("f", "number"), Compare("f", "ge", 2))
    assert found == (UNKNOWN, *around(2))
    found = values_of(FactSignature("f", "number"), Between("f", 2, Decimal("7.5")), Compare("f", "lt", 2))
    assert found == (UNKNOWN, *around(2), *around(Decimal("7.5")))


def test_a_code_of_an_open_list_may_be_another():
    leaves = (Compare("f", "eq", "b"), OneOf("f", ("c", "b")))
    assert values_of(FactSignature("f", "code"), *leaves) == (UNKNOWN, *map(Known, ("another", "b", "c")))


def test_a_code_of_a_closed_list_is_one_of_it():
    closed = FactSignature("f", "code", frozenset({"a", "b", "z"}))
    assert values_of(closed, Compare("f", "ne", "b")) == (UNKNOWN, *map(Known, ("a", "b", "z")))


def test_what_only_a_score_reads_is_made_up_too():
    score = Score("s", (Domain("d", (Item("i", 1, Compare("f", "eq", value=True)),)),))
    facts = {"f": FactSignature("f", "boolean"), "unread": FactSignature("unread", "boolean")}
    assert list(telling_values(Names({}, {"s": score}, facts))) == ["f"]


def test_many_patients_meet_every_pair_of_values():
    facts = {key: FactSignature(key, "boolean") for key in "ab"}
    names = Names({"r": AnyOf(tuple(Compare(key, "eq", value=True) for key in "ab"))}, {}, facts)
    patients = list(samples(names, 200))
    assert len(patients) == 200
    one = (UNKNOWN, Known(value=True), Known(value=False))
    assert {(patient["a"], patient["b"]) for patient in patients} == set(product(one, one))
