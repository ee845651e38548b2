"""From node results to the parts of an answer: one small function for each kind of rule."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from app.clinical.assessment import (
    AlternativeFinding,
    CheckFinding,
    ContraindicationFinding,
    CriterionFinding,
    NoteFinding,
    PositionFinding,
    ProtocolFinding,
    RiskFinding,
    ScoreFinding,
)
from app.clinical.content import Conditional, RuleBase
from app.clinical.history import Indication
from app.clinical.lens import Lens
from app.clinical.on_file import OnFile
from app.clinical.parts import Sentence, Tri
from app.clinical.rules import (
    Alternative,
    Contraindication,
    Criterion,
    Note,
    Position,
    Protocol,
    Risk,
    ScoreRule,
    Workup,
)
from app.clinical.ruleset import RuleSet
from app.clinical.sources import cited
from app.clinical.stances import Stance, Status
from app.logic.evaluator import Results
from app.logic.truth import Truth, any_of

F = TypeVar("F")
OnFiles = Mapping[str, tuple[OnFile, ...]]
AGAINST = frozenset({Stance.SUGGESTS_AGAINST, Stance.RECOMMENDS_AGAINST})


@dataclass(frozen=True, slots=True)
class View:
    """One rule set's results for one patient in one jurisdiction; ``cited`` gathers the statements of what is shown."""

    lens: Lens
    results: Results
    because: Callable[[str], Any]
    cited: dict[str, None] = field(default_factory=dict)

    def show(self, rule: RuleBase, make: Callable[["View", Any], F]) -> F:
        """A finding that depends on nothing but how the rule's own conditions came out; made once for each outcome."""
        key = (make, rule.id, self.lens.outcome(rule.id)(self.results))
        finding, cites = self.lens.keep(key, lambda: _with_cites(make(self, rule)))
        self.cited.update(cites)
        return finding

    def cite(self, finding: F) -> F:
        """A finding made for this patient alone."""
        self.cited.update(dict.fromkeys(cited(finding)))
        return finding

    @property
    def rules(self) -> RuleSet:
        return self.lens.rules

    def truth(self, key: str) -> Truth:
        """The truth of a condition; a sentence without a condition always holds."""
        return self.results.truth(key) if key in self.lens.rules.conditions else Truth.TRUE


def _with_cites(finding: F) -> tuple[F, dict[str, None]]:
    return finding, dict.fromkeys(cited(finding))


def tri(truth: Truth) -> Tri:
    return truth.value


def sentences(view: View, owner: str, parts: Iterable[Conditional], *wanted: Truth) -> tuple[Sentence, ...]:
    """The conditional sentences of a rule whose truth is among ``wanted``."""
    judged = ((part, view.truth(f"{owner}/{part.id}")) for part in parts)
    return tuple(Sentence(part.id, part.text, tri(truth), part.cite) for part, truth in judged if truth in wanted)


def positions(view: View, indication: Indication) -> tuple[PositionFinding, ...]:
    """Every issuer's stance: a headline never hides a position."""
    return tuple(view.show(rule, _position) for rule in view.lens.every(Position, indication))


def _position(view: View, rule: Position) -> PositionFinding:
    return PositionFinding(
        rule.id,
        rule.issuer,
        rule.tier,
        rule.jurisdictions,
        view.lens.jurisdiction is None or view.lens.speaks(rule),
        rule.stance,
        rule.strength,
        rule.certainty,
        tri(view.truth(rule.id)),
        rule.text,
        rule.cite,
    )


def criteria(view: View, indication: Indication) -> tuple[CriterionFinding, ...]:
    return tuple(view.cite(_criterion(view, rule)) for rule in view.lens.criteria(indication))


def _criterion(view: View, rule: Criterion) -> CriterionFinding:
    return CriterionFinding(
        rule.id,
        rule.issuer,
        rule.title,
        rule.defines,
        tri(view.truth(rule.id)),
        rule.text,
        rule.cite,
        view.because(rule.id),
    )


def scores(view: View, indication: Indication) -> tuple[ScoreFinding, ...]:
    return tuple(view.cite(_score(view, rule)) for rule in view.lens.every(ScoreRule, indication))


def _score(view: View, rule: ScoreRule) -> ScoreFinding:
    value = view.results.score(rule.id)
    low, high = int(value.low or 0), int(value.high or 0)
    met: Tri | None = None
    if rule.threshold is not None:
        met = "true" if low >= rule.threshold else "false" if high < rule.threshold else "unknown"
    return ScoreFinding(rule.id, rule.issuer, rule.title, low, high, rule.threshold, met, rule.text, rule.cite)


def notes(view: View, indication: Indication | None, status: Status | None) -> tuple[NoteFinding, ...]:
    """Notes that hold, for one status or any."""
    return tuple(
        view.show(rule, _note)
        for rule in view.lens.here(Note, indication)
        if (not rule.statuses or status in rule.statuses) and view.truth(rule.id) is Truth.TRUE
    )


def _note(_view: View, rule: Note) -> NoteFinding:
    return NoteFinding(rule.id, rule.jurisdictions, rule.text, rule.cite)


def protocols(view: View, indication: Indication) -> tuple[ProtocolFinding, ...]:
    return tuple(
        view.show(rule, _protocol) for rule in view.lens.here(Protocol, indication) if view.truth(rule.id) is Truth.TRUE
    )


def _protocol(_view: View, rule: Protocol) -> ProtocolFinding:
    steps = (Sentence(f"{rule.id}-{number}", step.text, "true", step.cite) for number, step in enumerate(rule.steps, 1))
    return ProtocolFinding(rule.id, rule.title, rule.jurisdictions, tuple(steps), rule.cite)


def contraindications(view: View) -> tuple[ContraindicationFinding, ...]:
    """Those present, then those not yet excluded."""
    judged = [(rule, view.truth(rule.id)) for rule in view.lens.all_here(Contraindication)]
    found = [view.cite(_contraindication(view, rule, truth)) for rule, truth in judged if truth is not Truth.FALSE]
    return tuple(sorted(found, key=lambda item: (item.present != "true", item.level != "absolute")))


def _contraindication(view: View, rule: Contraindication, truth: Truth) -> ContraindicationFinding:
    return ContraindicationFinding(
        rule.id,
        rule.level,
        rule.title,
        tri(truth),
        rule.text,
        rule.cite,
        view.because(rule.id),
    )


def risks(view: View) -> tuple[RiskFinding, ...]:
    return tuple(view.show(rule, _risk) for rule in view.lens.all_here(Risk))


def _risk(view: View, rule: Risk) -> RiskFinding:
    return RiskFinding(
        rule.id,
        rule.title,
        rule.text,
        tri(any_of(view.truth(f"{rule.id}/{factor.id}") for factor in rule.factors)),
        sentences(view, rule.id, rule.factors, Truth.TRUE),
        sentences(view, rule.id, rule.factors, Truth.UNKNOWN),
        sentences(view, rule.id, rule.mitigation, Truth.TRUE, Truth.UNKNOWN),
        sentences(view, rule.id, rule.monitoring, Truth.TRUE, Truth.UNKNOWN),
        rule.cite,
    )


def alternatives(view: View, indications: Iterable[Indication]) -> tuple[AlternativeFinding, ...]:
    """For the given indications: what an issuer supports before what it advises against, what certainly concerns her first.

    One that is removed stays, with the reason.
    """
    wanted = set(indications)
    found = [
        view.show(rule, _alternative)
        for rule in view.lens.all_here(Alternative)
        if wanted.intersection(rule.applies_to) and view.truth(rule.id) is not Truth.FALSE
    ]
    return tuple(sorted(found, key=lambda item: (item.stance in AGAINST, item.removed, item.relevant != "true")))


def _alternative(view: View, rule: Alternative) -> AlternativeFinding:
    removed = sentences(view, rule.id, rule.removed_by, Truth.TRUE)
    dose = Sentence(f"{rule.id}-dose", rule.dose.text, "true", rule.dose.cite) if rule.dose else None
    return AlternativeFinding(
        rule.id,
        rule.applies_to,
        rule.jurisdictions,
        rule.title,
        rule.stance,
        tri(view.truth(rule.id)),
        rule.text,
        dose,
        bool(removed),
        removed,
        sentences(view, rule.id, rule.removed_by, Truth.UNKNOWN),
        rule.cite,
    )


def checks(view: View, kind: str, indications: Iterable[Indication], files: OnFiles) -> tuple[CheckFinding, ...]:
    """Workup or monitoring items for every indication and for those that arise, with what is on file for each."""
    return tuple(
        replace(item, on_file=files[item.id]) if files.get(item.id) else item
        for item in (view.show(rule, _check) for rule in checked(view, kind, indications))
    )


def checked(view: View, kind: str, indications: Iterable[Indication]) -> tuple[Workup, ...]:
    """The rules of one kind of check that apply, or may."""
    wanted = set(indications)
    return tuple(
        rule
        for rule in view.lens.all_here(Workup)
        if rule.kind == kind
        and (not rule.applies_to or wanted.intersection(rule.applies_to))
        and view.truth(rule.id) is not Truth.FALSE
    )


def _check(view: View, rule: Workup) -> CheckFinding:
    return CheckFinding(rule.id, rule.text, tri(view.truth(rule.id)), _done(view, rule), (), rule.cite)


def _done(view: View, rule: Workup) -> Tri:
    return tri(view.truth(f"{rule.id}/@satisfied")) if rule.satisfied_by is not None else "unknown"
