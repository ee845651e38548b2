"""The active rule set as PlanDefinitions and a Library. A rule's condition is our own JSON tree: it is not CQL."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from app.clinical.candidacy_rules import Candidacy
from app.clinical.content import RuleBase
from app.clinical.rules import AskList
from app.clinical.ruleset import RuleSet
from app.fhir.citations import citations
from app.fhir.names import (
    GENERAL,
    RULE_LIBRARY,
    TERMINOLOGY,
    Json,
    canonical,
    concept,
    filled,
    published,
    versioned,
    words,
)

LANGUAGE = "application/vnd.ivig-cds.condition+json"
NOT_CQL = (
    "The conditions are trees of the service's own condition language, written as JSON. They are NOT CQL and not FHIRPath, "
    "and no engine for these can run them. They are evaluated by this service only, in three-valued logic: a fact that is "
    "not known is unknown, never no. The order of actions has no meaning."
)
PARTS = (
    "rows",
    "factors",
    "mitigation",
    "monitoring",
    "removed_by",
    "domains",
    "items",
    "steps",
    "dose",
    "route",
    "not_met",
)
"""Members of a published rule that hold cited sentences or conditions of their own."""
CONDITIONS = {
    "when": "When this holds.",
    "arises": "When the question arises at all.",
    "satisfied_by": "When this has been done already.",
}


def plan_definitions(rules: RuleSet) -> dict[str, Callable[[RuleSet], Json]]:
    """How to build each PlanDefinition, by id: one for each candidacy table, one for the rules of no single indication."""
    tables = {table.id: partial(_table_plan, table) for table in rules.of(Candidacy)}
    return {**tables, GENERAL: _general_plan}


def _table_plan(table: Candidacy, rules: RuleSet) -> Json:
    names = [item.value for item in table.applies_to]
    members = [rule for rule in rules.knowledge.rules if set(rule.applies_to) & set(table.applies_to)]
    return _plan(rules, table.id, f"IVIG: {', '.join(map(words, names))}", members, names)


def _general_plan(rules: RuleSet) -> Json:
    members = [rule for rule in rules.knowledge.rules if not rule.applies_to]
    return _plan(rules, GENERAL, "IVIG: rules for every indication", members, ())


def _plan(rules: RuleSet, plan_id: str, title: str, members: Iterable[RuleBase], names: Iterable[str]) -> Json:
    shown = [rule for rule in members if not isinstance(rule, AskList)]
    made = published("PlanDefinition", plan_id, rules) | {
        "name": f"Ivig{words(plan_id).title().replace(' ', '')}",
        "title": title,
        "type": concept(f"{TERMINOLOGY}/plan-definition-type", "eca-rule", "ECA Rule"),
        "description": f"{title}. {NOT_CQL}",
        "useContext": [_context(name) for name in names],
        "library": [versioned("Library", RULE_LIBRARY, rules)],
        "action": [{"id": rule.id, **_action(rules, rules.texts[rule.id])} for rule in shown],
    }
    checked: Json = filled(made)
    return checked


def _context(indication: str) -> Json:
    return {
        "code": {"system": f"{TERMINOLOGY}/usage-context-type", "code": "focus", "display": "Clinical Focus"},
        "valueCodeableConcept": indication_concept(indication),
    }


def indication_concept(indication: str) -> Json:
    """One of the indications this service answers about, as our own code."""
    return concept(canonical("code-system", "indication"), indication, words(indication))


def _action(rules: RuleSet, text: Mapping[str, Any]) -> Json:
    """One published rule, or a part of one, as an action."""
    return {
        "title": _title(text),
        "description": text.get("text"),
        "code": _kinds(text),
        "documentation": citations(rules, text.get("cite", ())),
        "condition": [_condition(name, text[name]) for name in CONDITIONS if text.get(name) is not None],
        "action": list(_parts(rules, text)),
    }


def _title(text: Mapping[str, Any]) -> str | None:
    named = text.get("title") or text.get("id")
    issued = f"{text['issuer']}: {named}" if text.get("issuer") else named
    return f"{issued} ({text['points']} points)" if "points" in text else issued


def _kinds(text: Mapping[str, Any]) -> list[Json]:
    named = [(name, text[name]) for name in ("kind", "stance", "level", "status") if isinstance(text.get(name), str)]
    return [concept(canonical("code-system", f"rule-{name}"), value, words(value)) for name, value in named]


def _condition(name: str, tree: Any) -> Json:
    return {
        "kind": "stop" if name == "satisfied_by" else "applicability",
        "expression": {
            "description": f"{CONDITIONS[name]} Not CQL: a condition tree of ivig-cds.",
            "language": LANGUAGE,
            "expression": json.dumps(tree, sort_keys=True, separators=(",", ":"), default=float),
        },
    }


def _parts(rules: RuleSet, text: Mapping[str, Any]) -> Iterator[Json]:
    for name in PARTS:
        part = text.get(name)
        for member in part if isinstance(part, list) else [part] if isinstance(part, dict) else []:
            yield _action(rules, member)
    for column, cell in (text.get("cells") or {}).items():
        yield _action(rules, {"title": f"Column {column}", **cell})
    for name in ("does_not_arise", "undetermined", "negative", "no_national_position"):
        if text.get(name):
            yield _action(rules, {"title": words(name), **text[name]})


def library(rules: RuleSet) -> Json:
    """The active rule set as a Library that names its PlanDefinitions, sources and digest."""
    made = published("Library", RULE_LIBRARY, rules) | {
        "identifier": [{"system": canonical("code-system", "rule-set-digest"), "value": rules.digest}],
        "name": "IvigRuleSet",
        "title": "Rule set of ivig-cds",
        "type": concept(f"{TERMINOLOGY}/library-type", "logic-library", "Logic Library"),
        "description": f"The rule set that answers now, version {rules.version}. {NOT_CQL}",
        "lastReviewDate": max(rule.reviewed_on for rule in rules.knowledge.rules).isoformat(),
        "effectivePeriod": {"end": rules.review_by.isoformat()},
        "relatedArtifact": [*_members(rules), *citations(rules, rules.statements)],
    }
    checked: Json = filled(made)
    return checked


def _members(rules: RuleSet) -> list[Json]:
    names = plan_definitions(rules)
    return [{"type": "composed-of", "resource": versioned("PlanDefinition", name, rules)} for name in names]
