"""The main use case: one history in, one explained and cited Assessment out. No database, no clock."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID

from app.clinical.assemble import assemble
from app.clinical.assessment import Assessment
from app.clinical.facts import derive
from app.clinical.findings import View
from app.clinical.history import PatientHistory
from app.clinical.lens import lens_of
from app.clinical.ruleset import RuleSet
from app.logic.evaluator import Results
from app.logic.explain import data_explainer

Explain = Literal["none", "short", "full"]
UNNAMED = UUID(int=0)


def assess(
    rules: RuleSet, history: PatientHistory, today: date, explain: Explain = "short", decision_id: UUID = UNNAMED
) -> Assessment:
    """What ``rules`` say about ``history`` at its ``as_of``, or ``today`` where it names none.

    The same arguments give the same answer. ``explain`` says how much of each condition tree the findings carry.
    """
    return traced(rules, history, today, decision_id, explain)[0]


def traced(
    rules: RuleSet, history: PatientHistory, today: date, decision_id: UUID = UNNAMED, explain: Explain = "none"
) -> tuple[Assessment, Results]:
    """The same, with how each condition came out, for doors that say where what they tell was read."""
    case = rules.baseline.case(history, history.as_of or today, rules.parameters)
    facts = derive(case)
    results = rules.program.evaluate(facts)
    view = View(lens_of(rules, history.jurisdiction), results, _explainer(rules, results, explain))
    return assemble(view, case, facts, str(decision_id)), results


def _explainer(rules: RuleSet, results: Results, explain: Explain) -> Callable[[str], Any]:
    if explain == "none":
        return lambda _key: None
    return data_explainer(rules.program, results, full=explain == "full")
