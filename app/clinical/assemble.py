"""From facts to the whole answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace

from app.clinical import findings
from app.clinical.assessment import (
    Assessment,
    CandidacyFinding,
    EvidenceShort,
    NoteFinding,
    NotUnderstood,
    RuleSetName,
)
from app.clinical.candidacy import Verdict, arises_key, judge
from app.clinical.catalogue import Case, understands
from app.clinical.findings import View, tri
from app.clinical.history import Indication, PatientHistory, Section
from app.clinical.jurisdictions import has_own_column
from app.clinical.knowledge import Candidacy, Contraindication, Criterion, Risk, ScoreRule, Status
from app.clinical.questions import Need, ask
from app.clinical.ruleset import RuleSet
from app.logic.truth import Truth
from app.logic.values import Fact
from app.version import ENGINE_VERSION

GIVING = frozenset({Status.RECOMMENDED, Status.MAY_BE_CONSIDERED})
CODED_SECTIONS = {
    Section.CONDITIONS: "code",
    Section.MEDICATIONS: "code",
    Section.ALLERGIES: "code",
    Section.INVESTIGATIONS: "code",
    Section.LABORATORY: "test",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One indication's table and its verdict."""

    indication: Indication
    table: Candidacy
    verdict: Verdict


def assemble(view: View, case: Case, facts: Mapping[str, Fact], decision_id: str) -> Assessment:
    """The Assessment for one patient; pure, and the same for the same input but for ``decision_id``."""
    absolute = [
        rule
        for rule in findings.applicable_contraindications(view)
        if rule.level == "absolute" and rule.target == "ivig" and view.truth(rule.id) is Truth.TRUE
    ]
    judged = sorted(_judge(view, case.history, absolute), key=lambda item: item.verdict.arises is not Truth.TRUE)
    needs = [*(_need(view, item) for item in judged), _safety_need(view)]
    missing = ask(needs, view.rules.asks, facts)
    arising = [item.indication for item in judged if item.verdict.arises is Truth.TRUE]
    answer = Assessment(
        id=decision_id,
        as_of=case.as_of,
        jurisdiction=view.jurisdiction,
        rule_set=RuleSetName(view.rules.version, view.rules.digest, view.rules.review_by),
        engine_version=ENGINE_VERSION,
        candidacy=tuple(_candidacy(view, item, need) for item, need in zip(judged, needs, strict=False)),
        contraindications=findings.contraindications(view),
        risks=findings.risks(view),
        alternatives=findings.alternatives(view, arising),
        workup=findings.checks(view, "workup", arising),
        monitoring=findings.checks(view, "monitoring", arising),
        notes=findings.notes(view, None, None),
        missing=missing,
        evidence=(),
        not_understood=tuple(_not_understood(case.history)),
    )
    return _with_evidence(answer, view.rules)


def _judge(view: View, history: PatientHistory, absolute: list[Contraindication]) -> Iterator[Judged]:
    for table in view.rules.of(Candidacy):
        for indication in table.applies_to:
            if history.indications is not None and indication not in history.indications:
                continue
            verdict = judge(table, view.jurisdiction, view.results, absolute)
            if table.unprompted or history.indications is not None or verdict.arises is Truth.TRUE:
                yield Judged(indication, table, verdict)


def _need(view: View, judged: Judged) -> Need:
    """What an undecided verdict waits for, then what its criteria and scores would still like to know."""
    if judged.verdict.arises is not Truth.TRUE:
        key = arises_key(judged.table)
        return Need(judged.indication, view.results.missing(key))
    decides: list[str] = []
    if judged.verdict.status is Status.UNDETERMINED:
        decides = [item for key in judged.verdict.decided_by for item in view.results.missing(key)]
    shown = [rule.id for rule in view.of(Criterion, judged.indication)]
    for score in view.of(ScoreRule, judged.indication):
        shown += [f"{score.id}/{domain.id}/{item.id}" for domain in score.domains for item in domain.items]
    informs = [item for key in shown for item in view.results.missing(key)]
    return Need(judged.indication, tuple(decides), tuple(informs))


def _safety_need(view: View) -> Need:
    """Unknown safety facts always surface: contraindications first, then risk factors."""
    keys = [rule.id for rule in findings.applicable_contraindications(view)]
    keys += [f"{rule.id}/{factor.id}" for rule in view.rules.of(Risk) for factor in rule.factors]
    wanted = [item for key in keys if key in view.rules.conditions for item in view.results.missing(key)]
    return Need(None, (), tuple(wanted))


def _candidacy(view: View, judged: Judged, need: Need) -> CandidacyFinding:
    verdict, indication = judged.verdict, judged.indication
    deciding = [view.rules.statements[item] for item in verdict.decides]
    arises = verdict.arises is Truth.TRUE
    return CandidacyFinding(
        indication=indication,
        arises=tri(verdict.arises),
        status=verdict.status,
        headline=verdict.sentence.text,
        evidence=verdict.sentence.cite,
        evidence_to_be_checked=bool(deciding) and all(item.confidence == "likely" for item in deciding),
        decided_by=verdict.decided_by,
        possible=verdict.possible,
        positions=findings.positions(view, indication),
        criteria=findings.criteria(view, indication),
        scores=findings.scores(view, indication),
        notes=_notes(view, judged) if arises else (),
        protocol=findings.protocols(view, indication) if verdict.status in GIVING else (),
        missing=tuple(need.asked),
        because=[view.because(key) for key in verdict.decided_by if key in view.rules.conditions],
    )


def _notes(view: View, judged: Judged) -> tuple[NoteFinding, ...]:
    found = findings.notes(view, judged.indication, judged.verdict.status)
    absent = judged.table.no_national_position
    if absent and view.jurisdiction and not has_own_column(judged.table.columns, view.jurisdiction):
        found += (NoteFinding(f"{judged.table.id}-no-national-position", ("*",), absent.text, absent.cite),)
    return found


def _not_understood(history: PatientHistory) -> Iterator[NotUnderstood]:
    for section, attribute in CODED_SECTIONS.items():
        for index, item in enumerate(getattr(history, section.value) or ()):
            if not understands(section, getattr(item, attribute)):
                yield NotUnderstood(f"/{section.value}/{index}/{attribute}", "code_not_in_catalogue")


def _with_evidence(answer: Assessment, rules: RuleSet) -> Assessment:
    cited = dict.fromkeys(_cited(answer))
    return replace(answer, evidence=tuple(short(rules, item) for item in cited))


def _cited(part: object) -> Iterator[str]:
    """Statement ids in the order in which the answer cites them."""
    if is_dataclass(part):
        yield from getattr(part, "evidence", ())
        for item in fields(part):
            if item.name not in {"evidence", "because"}:
                yield from _cited(getattr(part, item.name))
    elif isinstance(part, tuple):
        for member in part:
            yield from _cited(member)


def short(rules: RuleSet, statement_id: str) -> EvidenceShort:
    """A statement and its source, as an answer shows them."""
    statement = rules.statements[statement_id]
    source = rules.sources[statement.source]
    return EvidenceShort(
        statement.id,
        statement.confidence,
        statement.inference or source.kind == "derived",
        source.issuer,
        source.title,
        source.year,
        source.doi,
        source.pmid,
        statement.seen_at or source.url,
    )
