"""The slow and obvious evaluation: a walk over the trees as written. Every compiled program is checked against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.logic.checks import Names, Vertex
from app.logic.comparisons import leaf_truth, span
from app.logic.conditions import All, AnyOf, AtLeast, Condition, Not, RuleRef, ScoreRef
from app.logic.scores import total
from app.logic.truth import Truth, all_of, any_of, at_least
from app.logic.values import Fact, Interval, Reason, Unknown

_NOT_SENT = Unknown(Reason.NOT_SENT)


@dataclass(frozen=True, slots=True)
class Reference:
    """What the walk found: the truth of each rule and the value of each score."""

    rules: dict[str, Truth] = field(default_factory=dict)
    scores: dict[str, Interval] = field(default_factory=dict)


def reference_evaluate(names: Names, order: Iterable[Vertex], facts: Mapping[str, Fact]) -> Reference:
    """Evaluate checked conditions and scores for one patient, in the order that ``evaluation_order`` gives."""
    found = Reference()
    for kind, key in order:
        if kind == "rule":
            found.rules[key] = truth_in(names.conditions[key], names, facts, found)
        else:
            found.scores[key] = total(names.scores[key], lambda when: truth_in(when, names, facts, found))
    return found


def truth_in(condition: Condition, names: Names, facts: Mapping[str, Fact], found: Reference) -> Truth:
    """The truth of one condition, which need not be one of ``names``, where all it refers to is ``found`` already."""
    match condition:
        case All(items):
            return all_of(truth_in(item, names, facts, found) for item in items)
        case AnyOf(items):
            return any_of(truth_in(item, names, facts, found) for item in items)
        case AtLeast(k, items):
            return at_least(k, (truth_in(item, names, facts, found) for item in items))
        case Not(item):
            return ~truth_in(item, names, facts, found)
        case RuleRef(rule):
            return found.rules[rule]
        case ScoreRef(score, op, value):
            return span(op, found.scores[score], value)
        case leaf:
            return leaf_truth(leaf, facts.get(leaf.fact, _NOT_SENT), names.facts[leaf.fact])
