"""The statuses of one patient by themselves, without the rest of an assessment."""

from collections.abc import Iterator, Mapping

from app.clinical.candidacy import judge
from app.clinical.candidacy_rules import Candidacy
from app.clinical.facts import derive
from app.clinical.history import Indication, PatientHistory
from app.clinical.lens import lens_of
from app.clinical.rules import Contraindication
from app.clinical.ruleset import RuleSet
from app.clinical.stances import Status
from app.logic.evaluator import Results
from app.logic.truth import Truth
from app.logic.values import Fact
from app.services.population import DAY


def facts_for(rules: RuleSet, history: PatientHistory) -> Mapping[str, Fact]:
    """Every fact of a history, at its own date or the fixed one."""
    return derive(rules.baseline.case(history, history.as_of or DAY, rules.parameters))


def statuses(rules: RuleSet, results: Results, place: str | None) -> Iterator[tuple[Indication, Status]]:
    """The status of each indication that has a table; ``place`` None where none is chosen."""
    absolute = [
        rule
        for rule in lens_of(rules, place).all_here(Contraindication)
        if rule.level == "absolute" and results.truth(rule.id) is Truth.TRUE
    ]
    for table in rules.of(Candidacy):
        verdict = judge(table, place, results, absolute)
        yield from ((indication, verdict.status) for indication in table.applies_to)
