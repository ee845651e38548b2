"""The use case of asking what would settle the open verdicts. No database, no clock."""

from datetime import date

from app.clinical.facts import derive
from app.clinical.history import PatientHistory
from app.clinical.lens import lens_of
from app.clinical.parts import RuleSetName
from app.clinical.ruleset import RuleSet
from app.clinical.what_if import open_verdicts
from app.clinical.what_if_shapes import WhatIf
from app.version import ENGINE_VERSION


def what_if(rules: RuleSet, history: PatientHistory, today: date) -> WhatIf:
    """What would settle each open verdict about ``history`` at its ``as_of``, or ``today`` where it names none."""
    case = rules.baseline.case(history, history.as_of or today, rules.parameters)
    results = rules.program.evaluate(derive(case))
    found, smallest = open_verdicts(lens_of(rules, history.jurisdiction), results, history.indications)
    name = RuleSetName(rules.version, rules.digest, rules.review_by)
    return WhatIf(case.as_of, history.jurisdiction, name, ENGINE_VERSION, found, smallest)
