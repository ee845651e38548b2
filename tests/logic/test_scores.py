import pytest

from app.logic.compiler import FactSignature, compile_program
from app.logic.conditions import Compare, ScoreRef
from app.logic.scores import Domain, Item, Score, total
from app.logic.truth import Truth
from app.logic.values import Interval, Known, Reason, Unknown
from tests.logic.strategies import OPERATORS

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
LETTERS = "abcd"
FACTS = {key: FactSignature(key, "boolean") for key in LETTERS}
CLINICAL = Domain(
    "clinical", (Item("a", 4, Compare("a", "eq", value=True)), Item("b", 2, Compare("b", "eq", value=True)))
)
LABORATORY = Domain(
    "laboratory", (Item("c", 5, Compare("c", "eq", value=True)), Item("d", 0, Compare("d", "eq", value=True)))
)
SCORE = Score("s", (CLINICAL, LABORATORY))

VALUES = [
    ((F, F, F, F), (0, 0)),
    ((T, F, F, F), (4, 4)),
    ((T, T, F, F), (4, 4)),
    ((T, U, F, F), (4, 4)),
    ((U, T, F, F), (2, 4)),
    ((U, U, F, F), (0, 4)),
    ((U, F, T, F), (5, 9)),
    ((F, U, U, U), (0, 7)),
    ((T, T, T, T), (9, 9)),
    ((U, U, U, U), (0, 9)),
]


def patient(truths):
    facts = {T: Known(value=True), F: Known(value=False), U: Unknown(Reason.NOT_RECORDED)}
    return {key: facts[truth] for key, truth in zip(LETTERS, truths, strict=True)}


@pytest.mark.parametrize(("truths", "ends"), VALUES)
def test_the_best_item_of_each_domain_counts(truths, ends):
    by_fact = dict(zip(LETTERS, truths, strict=True))
    assert total(SCORE, lambda when: by_fact[when.fact]) == Interval(*ends)
    program = compile_program({}, {"s": SCORE}, FACTS)
    assert program.evaluate(patient(truths)).score("s") == Interval(*ends)


# A score known to lie between 2 and 4, compared with every threshold around it.
THRESHOLDS = {
    "ge": {1: T, 2: T, 3: U, 4: U, 5: F},
    "gt": {1: T, 2: U, 3: U, 4: F, 5: F},
    "le": {1: F, 2: U, 3: U, 4: T, 5: T},
    "lt": {1: F, 2: F, 3: U, 4: U, 5: T},
    "eq": {1: F, 2: U, 3: U, 4: U, 5: F},
    "ne": {1: T, 2: U, 3: U, 4: U, 5: T},
}


@pytest.mark.parametrize("op", OPERATORS)
def test_a_threshold_is_decided_when_both_ends_agree(op):
    rules = {str(at): ScoreRef("s", op, at) for at in range(1, 6)}
    results = compile_program(rules, {"s": SCORE}, FACTS).evaluate(patient((U, T, F, F)))
    assert {at: results.truth(str(at)) for at in range(1, 6)} == THRESHOLDS[op]


def test_items_may_refer_to_rules_and_scores():
    nested = Score("t", (Domain("d", (Item("i", 3, ScoreRef("s", "ge", 4)),)),))
    program = compile_program({"r": ScoreRef("t", "ge", 3)}, {"t": nested, "s": SCORE}, FACTS)
    assert program.evaluate(patient((T, F, F, F))).truth("r") is T
    half = program.evaluate(patient((U, F, F, F)))
    assert (half.truth("r"), half.score("t"), half.missing("r")) == (U, Interval(0, 3), ("a",))
