"""Calculators that classify: the rules of the active rule set, run over a part of a history. Nothing is computed twice here."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from app.clinical import findings
from app.clinical.assessment import CriterionFinding, MissingFact, ScoreFinding
from app.clinical.calculation import Classification
from app.clinical.facts import derive
from app.clinical.findings import View
from app.clinical.history import Indication, PatientHistory
from app.clinical.lens import lens_of
from app.clinical.parts import Tri
from app.clinical.questions import Need, ask
from app.clinical.rules import ScoreRule
from app.clinical.ruleset import RuleSet
from app.clinical.scalars import Wire
from app.clinical.service_words import Calculator
from app.clinical.unread import not_understood
from app.logic.evaluator import Results
from app.logic.explain import data_explainer
from app.logic.truth import Truth
from app.services.assess import Explain
from app.services.calculators import rule_set_name, with_sources, words
from app.services.intake import checked
from app.version import ENGINE_VERSION


def classify(rules: RuleSet, name: str, part: Wire, today: date, explain: Explain = "short") -> Classification:
    """What the criteria and scores of a calculator say about a part of a history, at its ``as_of`` or ``today``.

    The findings are those that an assessment of the same sections would hold. Raises InputError 422 for contradictions
    and for results that cannot be read, 404 for a name that the rule set does not know.
    """
    calculator = words(rules, name).calculator
    sent = {field: getattr(part, field) for field in type(part).model_fields if field in part.model_fields_set}
    history = checked(PatientHistory(**sent), today)
    case = rules.baseline.case(history, history.as_of or today, rules.parameters)
    results = rules.program.evaluate(derive(case))
    view = View(lens_of(rules, None), results, _explainer(rules, results, explain))
    criteria, scores = _findings(view, calculator)
    answer = Classification(
        calculator=calculator.id,
        title=calculator.title,
        formula=calculator.formula,
        as_of=case.as_of,
        met=_met(calculator, criteria),
        criteria=criteria,
        scores=scores,
        missing=_missing(view, calculator),
        not_understood=tuple(not_understood(history)),
        inputs=tuple(sorted(sent)),
        validity=calculator.validity,
        text=calculator.text,
        evidence=calculator.cite,
        sources=(),
        rule_set=rule_set_name(rules),
        engine_version=ENGINE_VERSION,
    )
    return with_sources(answer, rules)


def _explainer(rules: RuleSet, results: Results, explain: Explain) -> Callable[[str], Any]:
    if explain == "none":
        return lambda _key: None
    return data_explainer(rules.program, results, full=explain == "full")


def _indications(view: View, calculator: Calculator) -> tuple[Indication, ...]:
    own = (*calculator.criteria, *calculator.scores)
    found = (item for rule in view.rules.knowledge.rules if rule.id in own for item in rule.applies_to)
    return tuple(dict.fromkeys(found))


def _findings(view: View, calculator: Calculator) -> tuple[tuple[CriterionFinding, ...], tuple[ScoreFinding, ...]]:
    """The findings of an assessment that this calculator shows, in its own order."""
    indications = _indications(view, calculator)
    criteria = {item.id: item for name in indications for item in findings.criteria(view, name)}
    scores = {item.id: item for name in indications for item in findings.scores(view, name)}
    return tuple(criteria[name] for name in calculator.criteria), tuple(scores[name] for name in calculator.scores)


def _met(calculator: Calculator, criteria: tuple[CriterionFinding, ...]) -> Tri | None:
    deciding = [item.met for item in criteria if item.id in calculator.verdicts]
    return deciding[0] if len(deciding) == 1 else None


def _missing(view: View, calculator: Calculator) -> tuple[MissingFact, ...]:
    """What keeps the deciding rules and the scores open, then what the other criteria shown would like to know."""
    decides = [item for name in calculator.verdicts for item in view.results.missing(name)]
    decides += [item for name in calculator.scores for item in _open_in_score(view, name) if not calculator.verdicts]
    informs = [item for name in calculator.criteria for item in view.results.missing(name)]
    informs += [item for name in calculator.scores for item in _open_in_score(view, name)]
    indications = _indications(view, calculator)
    need = Need(indications[0] if indications else None, tuple(decides), tuple(informs))
    return ask([need], view.lens, view.results.facts)


def _open_in_score(view: View, name: str) -> Iterator[str]:
    """The facts behind items that can still raise their domain above what it has for certain."""
    rule = next(item for item in view.rules.of(ScoreRule) if item.id == name)
    for domain in rule.domains:
        keys = {f"{rule.id}/{domain.id}/{item.id}": item.points for item in domain.items}
        certain = max((points for key, points in keys.items() if view.truth(key) is Truth.TRUE), default=0)
        for key, points in keys.items():
            if points > certain:
                yield from view.results.missing(key)
