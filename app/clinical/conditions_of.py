"""Every condition of a rule set, by a key that findings and cases use to name it."""

from collections.abc import Iterable, Iterator

from app.clinical.candidacy_rules import Candidacy
from app.clinical.content import Conditional, RuleBase
from app.clinical.rules import Alternative, Risk, ScoreRule, Workup
from app.logic.conditions import Condition
from app.logic.scores import Domain, Item, Score


def conditions_of(rules: Iterable[RuleBase]) -> dict[str, Condition]:
    """Conditions by key: the rule's id, or ``rule/part``; ``table/@arises`` and ``rule/@satisfied`` for the special ones."""
    return {key: condition for rule in rules for key, condition in _of_rule(rule) if condition is not None}


def _of_rule(rule: RuleBase) -> Iterator[tuple[str, Condition | None]]:
    yield rule.id, getattr(rule, "when", None)
    match rule:
        case Candidacy():
            yield f"{rule.id}/@arises", rule.arises
            yield from ((f"{rule.id}/{row.id}", row.when) for row in rule.rows)
        case Risk():
            yield from _parts(rule.id, (*rule.factors, *rule.mitigation, *rule.monitoring))
        case Alternative():
            yield from _parts(rule.id, rule.removed_by)
        case Workup():
            yield f"{rule.id}/@satisfied", rule.satisfied_by
        case ScoreRule():
            for domain in rule.domains:
                yield from ((f"{rule.id}/{domain.id}/{item.id}", item.when) for item in domain.items)
        case _:
            pass


def _parts(owner: str, parts: Iterable[Conditional]) -> Iterator[tuple[str, Condition | None]]:
    return ((f"{owner}/{part.id}", part.when) for part in parts)


def scores_of(rules: Iterable[RuleBase]) -> dict[str, Score]:
    """Scores by rule id, ready to compile."""
    return {rule.id: _score(rule) for rule in rules if isinstance(rule, ScoreRule)}


def _score(rule: ScoreRule) -> Score:
    domains = tuple(
        Domain(domain.id, tuple(Item(item.id, item.points, item.when) for item in domain.items))
        for domain in rule.domains
    )
    return Score(rule.id, domains)
