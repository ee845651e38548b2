"""All proofs of a rule set, one after the other."""

from collections.abc import Callable, Iterator

from app.authoring.proof_model import require
from app.authoring.proof_safety import safety_surfaces
from app.authoring.proof_verdicts import contraindications_dominate, no_gap, verdicts_only_settle
from app.authoring.proofs import Proof, Subject, can_fire, can_stay_silent, knowledge_only_settles, one_voice
from app.authoring.ranges import RangeFile, range_faults
from app.clinical.ruleset import RuleSet
from app.errors import ContentError
from app.logic.answers import leaves_of

PROOFS: tuple[Callable[[Subject], Proof], ...] = (
    can_fire,
    can_stay_silent,
    one_voice,
    contraindications_dominate,
    knowledge_only_settles,
    verdicts_only_settle,
    no_gap,
    safety_surfaces,
)


def prove(rules: RuleSet, ranges: RangeFile) -> Iterator[Proof]:
    """Each proof as it is done. Raises ContentError for faults of the ranges, ProverMissingError where Z3 is not installed."""
    require()
    program = rules.program
    faults = range_faults(ranges.by_fact, program.names.facts, leaves_of(program.graph))
    if faults:
        raise ContentError(tuple(faults))
    subject = Subject(rules, ranges.by_fact, ranges.waived)
    for proof in PROOFS:
        yield proof(subject)
