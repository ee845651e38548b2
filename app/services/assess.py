"""The main use case: one history in, one explained and cited Assessment out. No database, no clock."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter

from app.clinical.assemble import assemble
from app.clinical.assessment import Assessment, NotUnderstood
from app.clinical.facts import derive
from app.clinical.findings import View
from app.clinical.history import PatientHistory
from app.clinical.lens import lens_of
from app.clinical.ruleset import RuleSet
from app.logic.evaluator import Results
from app.logic.explain import data_explainer

Explain = Literal["none", "short", "full"]
Evidence = Literal["ids", "full"]
UNNAMED = UUID(int=0)
Watch = Callable[[RuleSet, Results, Iterable[NotUnderstood]], None]
"""Counts what became of the rules."""
_ASSESSMENT = TypeAdapter(Assessment)


def assess(
    rules: RuleSet,
    history: PatientHistory,
    today: date,
    explain: Explain = "short",
    decision_id: UUID = UNNAMED,
    watch: Watch | None = None,
) -> Assessment:
    """What ``rules`` say about ``history`` at its ``as_of``, or ``today`` where it names none.

    The same arguments give the same answer. ``explain`` says how much of each condition tree the findings carry.
    ``watch`` is told how the rules came out, once the answer is made.
    """
    return traced(rules, history, today, explain, decision_id, watch)[0]


def traced(
    rules: RuleSet,
    history: PatientHistory,
    today: date,
    explain: Explain = "none",
    decision_id: UUID = UNNAMED,
    watch: Watch | None = None,
) -> tuple[Assessment, Results]:
    """The same, with how each condition came out, for doors that say where what they tell was read."""
    case = rules.baseline.case(history, history.as_of or today, rules.parameters)
    facts = derive(case)
    results = rules.program.evaluate(facts)
    view = View(lens_of(rules, history.jurisdiction), results, _explainer(rules, results, explain))
    answer = assemble(view, case, facts, str(decision_id))
    if watch is not None:
        watch(rules, results, answer.not_understood)
    return answer, results


def encode(answer: Assessment, evidence: Evidence = "full") -> bytes:
    """The answer as JSON. With ``ids`` the sources are left out: each sentence still names the statements it rests on."""
    return _ASSESSMENT.dump_json(replace(answer, evidence=()) if evidence == "ids" else answer)


def _explainer(rules: RuleSet, results: Results, explain: Explain) -> Callable[[str], Any]:
    if explain == "none":
        return lambda _key: None
    return data_explainer(rules.program, results, full=explain == "full")
