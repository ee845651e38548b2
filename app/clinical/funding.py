"""Funding: what is known about paying for IVIG in a place (CLINICAL_DECISIONS 7.2, 7.4). Apart from candidacy, and never a decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.clinical.candidacy_rules import Funding
from app.clinical.content import Cited
from app.clinical.history import Indication
from app.clinical.jurisdictions import places
from app.clinical.parts import Evidence, Sentence, Tri
from app.clinical.rules import Criterion, Note
from app.clinical.ruleset import RuleSet
from app.clinical.stances import FundingStatus
from app.logic.evaluator import Results
from app.logic.truth import Truth


@dataclass(frozen=True, slots=True)
class FundingCriterion:
    """A criterion that a payer asks for. Unknown is neither met nor failed."""

    id: str
    title: str
    met: Tri
    included: Annotated[
        bool, Field(description="False for a criterion of the payer that this service does not hold: always unknown.")
    ]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class FundingFinding:
    """What is known about paying for IVIG for one indication in one place: route and criteria, never a decision."""

    ids: Annotated[tuple[str, ...], Field(description="The funding rules that speak, or still may.")]
    indication: Indication
    jurisdiction: str | None
    status: Annotated[
        FundingStatus,
        Field(description="Apart from candidacy; `not_available_here` where no rule of the place is held."),
    ]
    possible: Annotated[
        tuple[FundingStatus, ...], Field(description="What the status can still be while the population is not known.")
    ]
    applies: Annotated[Tri, Field(description="Whether she is known to be in the population that the text speaks of.")]
    text: str
    route: Annotated[Sentence | None, Field(description="How funding is asked for, where that is held.")]
    criteria: tuple[FundingCriterion, ...]
    evidence: Evidence
    evidence_to_be_checked: Annotated[
        bool, Field(description="True when the status rests only on statements whose primary text is to be checked.")
    ]


def funding(
    rules: RuleSet, results: Results, jurisdiction: str | None, indication: Indication
) -> FundingFinding | None:
    """The funding of one indication in a place, or with no place chosen; None for a rule set without funding rules.

    The rule of the nearest place speaks: the place itself, its country, its union, anywhere; there, the one that names
    the indication before the one for all others. A rule whose population is UNKNOWN stays possible beside the next one,
    and the status is what all possible rules agree on, otherwise undetermined.
    """
    speaking = _speaking(rules, results, jurisdiction, indication)
    if not speaking:
        return None
    possible = tuple(dict.fromkeys(_status(results, rule) for rule in speaking))
    agreed = possible[0] if len(possible) == 1 else FundingStatus.UNDETERMINED
    first = speaking[0]
    said = _sentence(results, first)
    deciding = [item for rule in speaking for item in _decides(results, rule)] if len(possible) == 1 else []
    return FundingFinding(
        ids=tuple(rule.id for rule in speaking),
        indication=indication,
        jurisdiction=jurisdiction,
        status=agreed,
        possible=possible,
        applies=_applies(results, first).value,
        text=said.text,
        route=_route(rules, first),
        criteria=tuple(_criteria(rules, results, first)),
        evidence=said.cite,
        evidence_to_be_checked=bool(deciding)
        and all(rules.statements[item].confidence == "likely" for item in deciding),
    )


def _speaking(
    rules: RuleSet, results: Results, jurisdiction: str | None, indication: Indication
) -> tuple[Funding, ...]:
    """The rules that can still be the nearest to hold, up to and including the first that certainly holds."""
    found: list[Funding] = []
    for rule in _nearest_first(rules, jurisdiction, indication):
        applies = _applies(results, rule)
        if applies is not Truth.FALSE:
            found.append(rule)
        if applies is Truth.TRUE:
            break
    return tuple(found)


def _nearest_first(rules: RuleSet, jurisdiction: str | None, indication: Indication) -> Iterator[Funding]:
    found = [rule for rule in rules.of(Funding) if not rule.applies_to or indication in rule.applies_to]
    # Of the rules of one place, those that name the indication come before those for all others.
    found.sort(key=lambda rule: not rule.applies_to)
    for place in places(jurisdiction, rules.jurisdictions):
        yield from (rule for rule in found if place in rule.jurisdictions)


def _applies(results: Results, rule: Funding) -> Truth:
    return Truth.TRUE if rule.when is None else results.truth(rule.id)


def _fails(results: Results, rule: Funding) -> bool:
    """Whether a required criterion is certainly not met."""
    return any(results.truth(item) is Truth.FALSE for item in rule.criteria)


def _status(results: Results, rule: Funding) -> FundingStatus:
    return FundingStatus.CRITERIA_NOT_MET if _fails(results, rule) else rule.status


def _sentence(results: Results, rule: Funding) -> Cited:
    return rule.not_met if rule.not_met and _fails(results, rule) else Cited(text=rule.text, cite=rule.cite)


def _decides(results: Results, rule: Funding) -> tuple[str, ...]:
    return _sentence(results, rule).cite if _fails(results, rule) else rule.decides or rule.cite


def _route(rules: RuleSet, rule: Funding) -> Sentence | None:
    """The rule's own route, else that of the rule for all other indications of the same place."""
    others = (item for item in rules.of(Funding) if not item.applies_to and item.jurisdictions == rule.jurisdictions)
    for item in (rule, *others):
        if item.route:
            return Sentence(f"{item.id}-route", item.route.text, "true", item.route.cite)
    return None


def _criteria(rules: RuleSet, results: Results, rule: Funding) -> Iterator[FundingCriterion]:
    if not (rule.criteria or rule.not_included):
        return
    held = {item.id: item for item in rules.of(Criterion)}
    notes = {item.id: item for item in rules.of(Note)}
    for name in rule.criteria:
        item = held[name]
        yield FundingCriterion(name, item.title, results.truth(name).value, True, item.text, item.cite)
    for name in rule.not_included:
        note = notes[name]
        yield FundingCriterion(name, "", "unknown", False, note.text, note.cite)
