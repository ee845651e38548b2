import json
from decimal import Decimal

from hypothesis import given, settings

from app.logic.compiler import FactSignature, compile_program
from app.logic.conditions import parse
from app.logic.explain import data_explainer, explain, to_data
from app.logic.scores import Domain, Item, Score
from app.logic.truth import Truth, all_of, any_of, at_least
from app.logic.values import Interval, Known, Reason, Unknown
from tests.logic.strategies import worlds

FACTS = {
    "losses": FactSignature("losses", "number"),
    "married": FactSignature("married", "boolean"),
    "blood_group": FactSignature("blood_group", "code"),
}
SCORE = Score("points", (Domain("d", (Item("many", 3, parse({"fact": "losses", "ge": 3})),)),))
RULES = {
    "both": parse({"all": [{"fact": "married"}, {"fact": "losses", "between": [2, 2.5]}]}),
    "either": parse(
        {"any": [{"fact": "married"}, {"fact": "losses", "ge": 2}, {"fact": "blood_group", "in": ["A", "B"]}]}
    ),
    "refers": parse(
        {"all": [{"not": {"rule": "both"}}, {"at_least": 1, "of": [{"rule": "both"}, {"rule": "either"}]}]}
    ),
    "scored": parse({"score": "points", "ge": 3}),
}
LOSSES = Known(Interval(2, None), ("/loss_summary/losses",))


def data(key, facts, *, full):
    program = compile_program(RULES, {"points": SCORE}, FACTS)
    return to_data(explain(program, program.evaluate(facts), key, full=full))


def married(truth, **read):
    return {"kind": "fact", "fact": "married", "op": "eq", "threshold": True, "truth": truth, **read}


def test_a_leaf_says_what_it_read_and_where():
    between = {
        "kind": "fact",
        "fact": "losses",
        "op": "between",
        "threshold": [2, Decimal("2.5")],
        "truth": "unknown",
        "value": {"minimum": 2, "maximum": None},
        "sources": ["/loss_summary/losses"],
    }
    unknown = Unknown(Reason.CONFLICTING, ("/patient/married",))
    assert data("both", {"losses": LOSSES, "married": unknown}, full=True) == {
        "kind": "all",
        "truth": "unknown",
        "children": [married("unknown", unknown="conflicting", sources=["/patient/married"]), between],
    }


def test_numbers_are_numbers_in_json():
    found = data("both", {"losses": Known(Decimal("2.50")), "married": Known(True)}, full=True)
    (leaf,) = [item for item in found["children"] if item.get("fact") == "losses"]
    assert json.loads(json.dumps(leaf))["value"] == 2.5
    assert json.loads(json.dumps(leaf))["threshold"] == [2, 2.5]


def test_short_keeps_what_decided():
    facts = {"losses": LOSSES, "married": Known(value=False)}
    assert data("both", facts, full=False)["children"] == [married("false", value=False, sources=[])]
    assert [child["fact"] for child in data("either", facts, full=False)["children"]] == ["losses"]
    assert [child["fact"] for child in data("either", facts, full=True)["children"]] == [
        "married",
        "losses",
        "blood_group",
    ]


def test_a_fact_not_sent_is_shown_as_such():
    read = data("either", {}, full=False)["children"]
    assert [child["unknown"] for child in read] == ["not_sent"] * 3
    assert read[2]["threshold"] == ["A", "B"]


def test_short_shows_references_as_leaves():
    facts = {"married": Known(value=True), "losses": Known(2)}
    assert data("refers", facts, full=False) == {
        "kind": "all",
        "truth": "false",
        "children": [
            {"kind": "not", "truth": "false", "children": [{"kind": "rule", "rule": "both", "truth": "true"}]}
        ],
    }


def test_full_opens_each_reference_where_it_is_first_met():
    tree = data("refers", {"married": Known(value=True), "losses": Known(2)}, full=True)
    negated, counted = tree["children"]
    assert negated["children"][0]["children"][0]["kind"] == "all"
    assert counted["k"] == 1
    again, other = counted["children"]
    assert again == {"kind": "rule", "rule": "both", "truth": "true"}
    assert other["children"][0]["kind"] == "any"


def test_a_score_shows_its_interval_and_in_full_its_items():
    threshold = {
        "kind": "score",
        "score": "points",
        "op": "ge",
        "threshold": 3,
        "truth": "unknown",
        "value": {"minimum": 0, "maximum": 3},
    }
    assert data("scored", {"losses": LOSSES}, full=False) == threshold
    (item,) = data("scored", {"losses": LOSSES}, full=True)["children"]
    assert {key: item[key] for key in ("kind", "item", "points", "truth")} == {
        "kind": "item",
        "item": "many",
        "points": 3,
        "truth": "unknown",
    }
    assert item["children"][0]["fact"] == "losses"


def recomputed(node):
    inner = [child.truth for child in node.children]
    match node.label.kind:
        case "all":
            return all_of(inner)
        case "any":
            return any_of(inner)
        case "at_least":
            return at_least(node.label.number, inner)
        case "not":
            return ~inner[0]
        case "rule" | "item" if inner:
            return inner[0]
        case _:
            return node.truth


def nodes(tree):
    yield tree
    for child in tree.children:
        yield from nodes(child)


@settings(max_examples=60, deadline=None)
@given(worlds(patients=5))
def test_explanations_bear_out_their_rule(world):
    for patient in world.patients:
        results = world.program.evaluate(patient)
        for key in world.names.conditions:
            full = explain(world.program, results, key, full=True)
            assert full.truth is results.truth(key)
            assert all(node.truth is recomputed(node) for node in nodes(full))
            short = explain(world.program, results, key, full=False)
            for node in nodes(short):
                assert node.label.kind == "not" or all(child.truth is node.truth for child in node.children)
                if node.label.kind == "at_least" and node.truth is Truth.TRUE:
                    assert len(node.children) >= node.label.number


@settings(max_examples=60, deadline=None)
@given(worlds(patients=5))
def test_the_fast_form_says_the_same(world):
    for patient in world.patients:
        results = world.program.evaluate(patient)
        for full in (False, True):
            fast = data_explainer(world.program, results, full=full)
            for key in world.names.conditions:
                expected = to_data(explain(world.program, results, key, full=full))
                assert fast(key) == expected
                json.dumps(expected, default=str)
