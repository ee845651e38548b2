"""The gate before publication: a list of checks, each of which must pass. Another check is one more entry of ``GATES``.

A check has a ``name`` and ``run(candidate) -> GateReport``; a broken rule is told by a Diagnostic, with a synthetic patient
in its message where one shows the fault.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from app.authoring.bundle import canonical, digest
from app.authoring.cases import Cases, load_cases
from app.authoring.linter import Report, check
from app.authoring.loader import Loaded
from app.clinical.ruleset import RuleSet
from app.errors import ContentError, Diagnostic
from app.logic.conditions import Condition, walk
from app.logic.samples import samples
from app.services.proof_gate import shown
from app.services.reviewed import case_failures

SAMPLES = 20
MOST_NODES = 500
MOST_RULES = 5000
LARGEST = 5_000_000


@dataclass(frozen=True)
class Candidate:
    """Knowledge that wants to be published, in its folder; what a check needs of it is worked out once."""

    folder: Path
    today: date

    @cached_property
    def report(self) -> Report:
        """What the linter says."""
        return check(self.folder, self.today)

    @cached_property
    def loaded(self) -> Loaded:
        """The knowledge as read. Raises ContentError where the files cannot be read."""
        if self.report.loaded is None:
            raise ContentError(self.report.errors)
        return self.report.loaded

    @cached_property
    def cases(self) -> Cases:
        """The reviewed cases."""
        return load_cases(self.folder)

    @cached_property
    def rules(self) -> RuleSet:
        """The compiled rule set, without a version yet. Raises ContentError where it does not compile."""
        return RuleSet(self.loaded.knowledge, self.loaded.document, "candidate", digest(self.loaded.document)).warm()


@dataclass(frozen=True, slots=True)
class GateReport:
    """What one check found. ``facts`` are numbers and names worth keeping beside the version."""

    name: str
    faults: tuple[Diagnostic, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class Gate:
    """One check. ``run`` may raise ContentError; its diagnostics are the faults."""

    name: str
    run: Callable[[Candidate], GateReport]


def _lint(candidate: Candidate) -> GateReport:
    found = candidate.report
    return GateReport("lint", found.errors, {"warnings": len(found.warnings)})


def _limits(candidate: Candidate) -> GateReport:
    rules = candidate.rules
    size = len(canonical(rules.document))
    faults = tuple(_excess(rules.conditions, len(rules.knowledge.rules), size))
    return GateReport("limits", faults, {"rules": len(rules.knowledge.rules), "bytes": size})


def _excess(conditions: Mapping[str, Condition], rules: int, size: int) -> Iterator[Diagnostic]:
    for key, condition in conditions.items():
        # How deep a condition may be nested is the parser's affair: it refuses more than 24 levels.
        if sum(1 for _ in walk(condition)) > MOST_NODES:
            yield Diagnostic("too-complex", f"{key}: a condition has at most {MOST_NODES} nodes")
    if rules > MOST_RULES or size > LARGEST:
        yield Diagnostic("too-large", f"at most {MOST_RULES} rules and {LARGEST} bytes make a rule set")


def _compiled(candidate: Candidate) -> GateReport:
    """The generated code against the plain walk of the conditions; raises RuleSetError where they differ."""
    program = candidate.rules.program
    program.self_check(samples(program.names, SAMPLES))
    return GateReport("compiled", (), {"samples": SAMPLES})


def _cases(candidate: Candidate) -> GateReport:
    cases = candidate.cases
    faults = tuple(case_failures(candidate.rules, cases, candidate.today))
    counts = {"rule_cases": len(cases.rules), "score_cases": len(cases.scores), "patient_cases": len(cases.patients)}
    return GateReport("cases", faults, counts)


def _proofs(candidate: Candidate) -> GateReport:
    """What must hold for every patient, not only for the reviewed ones."""
    return GateReport("proofs", *shown("proofs", candidate.folder))


def _coverage(candidate: Candidate) -> GateReport:
    """Cases that would notice a small mistake in any condition."""
    return GateReport("coverage", *shown("coverage", candidate.folder))


LINT = Gate("lint", _lint)
AT_START: tuple[Gate, ...] = (LINT, Gate("limits", _limits), Gate("compiled", _compiled))
"""What the knowledge that comes with the code must pass at its first start."""
GATES: tuple[Gate, ...] = (*AT_START, Gate("cases", _cases), Gate("proofs", _proofs), Gate("coverage", _coverage))
"""Every check that a publication must pass, in this order; what fails stops those after it."""


def examine(candidate: Candidate, gates: Iterable[Gate] = GATES) -> tuple[GateReport, ...]:
    """The reports of all checks, up to and including the first that fails."""
    found: list[GateReport] = []
    for gate in gates:
        try:
            found.append(gate.run(candidate))
        except ContentError as error:
            found.append(GateReport(gate.name, error.diagnostics))
        if not found[-1].passed:
            break
    return tuple(found)


def faults_of(reports: Iterable[GateReport]) -> tuple[Diagnostic, ...]:
    """Everything that stands in the way."""
    return tuple(fault for report in reports for fault in report.faults)


def summary(reports: Iterable[GateReport]) -> dict[str, Any]:
    """What is kept beside the version: each check, whether it passed, and its numbers."""
    return {"gates": [{"name": item.name, "passed": item.passed, **item.facts} for item in reports]}
