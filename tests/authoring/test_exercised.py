"""The figures of `rules coverage`: each can be moved by a case, and the bundled knowledge leaves nothing open."""

import pytest

from app.authoring.cases import Cases, RuleCase, load_cases
from app.authoring.exercised import Exercise, table
from app.authoring.loader import Piece
from app.authoring.mutants import mutants, put
from app.authoring.ranges import load_ranges
from app.clinical.rules import Criterion
from app.clinical.ruleset import RuleSet
from app.logic.conditions import All, AtLeast, Compare, Not, located, parse
from app.logic.values import is_number
from app.services.publish import BUNDLED

pytest.importorskip("z3", reason="the extra `prove` is not installed; requirements-dev.lock holds it")
RANGES = load_ranges(BUNDLED).by_fact
REACHED = 100
"""What the reviewed cases reach in every measure; publication asks for it."""
RULE = parse({"all": [{"fact": "losses.count_all", "ge": 2}, {"fact": "pregnancy.pregnant"}]})


def exercise(rules, *cases, when=RULE):
    """The bundled rules reduced to one, with these cases of it."""
    only = next(rule for rule in rules.of(Criterion) if rule.id == "rpl-eshre-2022").model_copy(update={"when": when})
    alone = RuleSet(rules.knowledge.model_copy(update={"rules": (only,)}), {}, "one", "one")
    pieces = (Piece("rule_cases", {}, RuleCase(rule=only.id, **case), None, ()) for case in cases)
    return {item.name: item for item in Exercise(alone, Cases(tuple(pieces), (), ()), RANGES).measures()}


def of(expect, losses=None, pregnant=None):
    given = {"losses.count_all": losses, "pregnancy.pregnant": pregnant}
    return {"expect": expect, "facts": {fact: value for fact, value in given.items() if value is not None}}


def test_without_cases_nothing_is_covered_and_each_gap_has_a_patient(rules):
    found = exercise(rules)
    assert {item.covered for item in found.values()} == {0}
    assert len(found["mc-dc"].gaps) == 2
    assert len(found["boundaries"].gaps) == 3
    assert all(gap.patient for gap in (*found["mc-dc"].gaps, *found["mutants"].gaps))


FULL = (of(True, 2, True), of(False, 1, True), of(True, 3, True), of(False, 2, False), of("unknown"))


def test_the_four_cases_that_mc_dc_needs_cover_it(rules):
    found = exercise(rules, *FULL)
    assert {name: item.percent for name, item in found.items()} == {"mc-dc": 100, "boundaries": 100, "mutants": 100}


@pytest.mark.parametrize(("left_out", "measure"), [(0, "mutants"), (1, "boundaries"), (2, "boundaries"), (3, "mc-dc")])
def test_each_case_left_out_is_seen(rules, left_out, measure):
    found = exercise(rules, *(case for place, case in enumerate(FULL) if place != left_out))
    assert found[measure].percent < 100


def test_a_case_in_which_another_part_decides_shows_nothing(rules):
    found = exercise(rules, of(False, 1, False))
    assert found["mc-dc"].covered == 0


def test_a_case_that_expects_what_the_rule_does_not_say_shows_nothing(rules):
    found = exercise(rules, of(False, 2, True), of(True, 1, True))
    assert found["mc-dc"].covered == 0


def test_a_part_that_never_matters_is_proved_needless(rules):
    twice = parse({"all": [{"fact": "losses.count_all", "ge": 2}, {"fact": "losses.count_all", "ge": 1}]})
    found = exercise(rules, of(True, 2), of(False, 1), of("unknown"), when=twice)
    # Where two losses are certain one is too; the part still differs while only one is known of, so it is not needless.
    assert found["mc-dc"].proved + found["mc-dc"].covered + len(found["mc-dc"].gaps) == 2
    same = parse({"all": [{"fact": "losses.count_all", "ge": 2}, {"fact": "losses.count_all", "gt": 1}]})
    assert exercise(rules, when=same)["mutants"].proved > 0


def test_values_beyond_the_range_are_no_boundaries(rules):
    least = parse({"fact": "losses.count_all", "ge": 0})
    assert exercise(rules, when=least)["boundaries"].total == 2


def test_every_mutant_differs_from_its_condition_and_keeps_its_shape(rules):
    for condition in list(rules.conditions.values())[:200]:
        for mutant in mutants(condition, RANGES):
            assert mutant.condition != condition


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"fact": "losses.count_all", "ge": 2}, {"gt 2", "ge 1", "ge 3"}),
        ({"fact": "patient.bmi", "lt": 35}, {"le 35", "lt 34.9", "lt 35.1"}),
    ],
)
def test_thresholds_move_by_the_declared_step(data, expected):
    found = [item.condition for item in mutants(parse(data), RANGES)]
    assert {f"{item.op} {item.value}" for item in found if isinstance(item, Compare)} == expected


def test_a_replaced_node_stands_where_it_was():
    condition = parse(
        {"all": [{"not": {"fact": "a.b"}}, {"at_least": 1, "of": [{"fact": "a.c"}, {"fact": "a.d", "ge": 1}]}]}
    )
    for path, node in located(condition):
        assert put(condition, path, node) == condition
    changed = put(condition, ("all", 1, "of", 1), Compare("a.e", "eq", value=True))
    assert isinstance(changed, All)
    assert changed.items[0] == Not(Compare("a.b", "eq", value=True))
    assert isinstance(changed.items[1], AtLeast)
    assert changed.items[1].items[1] == Compare("a.e", "eq", value=True)
    assert not any(is_number(getattr(node, "value", None)) for _, node in located(changed))


@pytest.mark.prove
def test_the_reviewed_cases_leave_nothing_open(rules):
    found = list(Exercise(rules, load_cases(BUNDLED), RANGES).measures())
    print(table(found))
    assert [(gap.measure, gap.key, gap.what) for item in found for gap in item.gaps] == []
    assert {item.percent for item in found} == {REACHED}
