"""From facts to the whole answer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from app.clinical import findings
from app.clinical.assessment import Assessment, CandidacyFinding, NoteFinding
from app.clinical.catalogue import Case
from app.clinical.findings import View, tri
from app.clinical.funding import FundingFinding, funding
from app.clinical.history import Indication
from app.clinical.infusion_plan import plan_of
from app.clinical.interference import interference
from app.clinical.jurisdictions import has_own_column
from app.clinical.on_file import on_file
from app.clinical.parts import RuleSetName
from app.clinical.product_findings import choice_of, products
from app.clinical.questions import Need, ask
from app.clinical.references import Parameter
from app.clinical.rules import Workup
from app.clinical.settling import settling_alone
from app.clinical.sources import sources
from app.clinical.stances import Status
from app.clinical.time_windows import time_windows
from app.clinical.unread import not_understood
from app.clinical.vaccine_history import VaccineOutlook, vaccine_outlook
from app.clinical.verdicts import PLACE, Judged, verdicts, waits_for
from app.logic.truth import Truth
from app.logic.values import Fact
from app.version import ENGINE_VERSION

GIVING = frozenset({Status.RECOMMENDED, Status.MAY_BE_CONSIDERED})


def assemble(view: View, case: Case, facts: Mapping[str, Fact], decision_id: str) -> Assessment:
    """The Assessment for one patient; pure, and the same for the same input but for ``decision_id``."""
    judged = sorted(
        verdicts(view.lens, view.results, case.history.indications),
        key=lambda item: item.verdict.arises is not Truth.TRUE,
    )
    arising = [item.indication for item in judged if item.verdict.arises is Truth.TRUE]
    chosen = choice_of(view)
    needs = [
        *(_need(view, item, later=bool(arising)) for item in judged),
        _safety_need(view, chosen.choice.missing, arising),
    ]
    missing = ask(needs, view.lens, facts)
    files = on_file(view.rules.of(Workup), case)
    parameters = view.rules.limits
    answer = Assessment(
        id=decision_id,
        as_of=case.as_of,
        jurisdiction=view.lens.jurisdiction,
        rule_set=RuleSetName(view.rules.version, view.rules.digest, view.rules.review_by),
        engine_version=ENGINE_VERSION,
        candidacy=tuple(_candidacy(view, item, need) for item, need in zip(judged, needs, strict=False)),
        funding=tuple(_funding(view, judged)),
        time_windows=view.cite(time_windows(view, case, arising)),
        contraindications=findings.contraindications(view),
        risks=findings.risks(view),
        alternatives=findings.alternatives(view, arising),
        products=products(view, chosen, case.history.planned_ivig),
        plan=view.cite(plan_of(view.rules, case, view.results)),
        workup=findings.checks(view, "workup", arising, files),
        monitoring=findings.checks(view, "monitoring", arising, files),
        vaccines=view.cite(_vaccines(case, parameters)),
        interference=view.cite(interference(case, parameters)),
        notes=findings.notes(view, None, None),
        missing=missing,
        evidence=(),
        not_understood=tuple(not_understood(case.history)),
    )
    return replace(answer, evidence=sources(view.lens, view.cited))


def _vaccines(case: Case, parameters: Mapping[str, Parameter]) -> VaccineOutlook | None:
    found = vaccine_outlook(case, parameters)
    return found if found.courses or found.too_close or found.not_read else None


def _funding(view: View, judged: Iterable[Judged]) -> Iterator[FundingFinding]:
    """The funding of each indication that is shown in full, whatever its status."""
    for item in judged:
        found = funding(view.rules, view.results, view.lens.jurisdiction, item.indication) if item.shown else None
        if found:
            yield view.cite(found)


def _need(view: View, judged: Judged, *, later: bool) -> Need:
    """What an undecided verdict waits for, then what its criteria and scores would still like to know."""
    verdict, missing = judged.verdict, view.results.missing
    decides: list[str] = []
    if verdict.status is Status.CONFLICTING and view.lens.jurisdiction is None:
        decides.append(PLACE)
    decides += waits_for(judged.table, verdict, view.results)
    informs = [item for key in view.lens.informing(judged.indication) for item in missing(key)] if judged.shown else []
    return Need(
        judged.indication,
        tuple(decides),
        tuple(informs),
        settling_alone(view.lens, view.results, judged),
        later=later and verdict.arises is not Truth.TRUE,
    )


def _safety_need(view: View, about_products: tuple[str, ...], arising: Iterable[Indication]) -> Need:
    """Unknown safety facts always surface: contraindications, risk factors, what bears on the product, work-up not done."""
    missing = view.results.missing
    found = [item for key in view.lens.safety for item in missing(key)]
    undone = (rule for rule in findings.checked(view, "workup", arising) if rule.satisfied_by is not None)
    return Need(
        None, (), (*found, *about_products, *(item for rule in undone for item in missing(f"{rule.id}/@satisfied")))
    )


def _candidacy(view: View, judged: Judged, need: Need) -> CandidacyFinding:
    verdict, indication = judged.verdict, judged.indication
    deciding = [view.rules.statements[item] for item in verdict.decides]
    shown = judged.shown
    view.cited.update(dict.fromkeys(verdict.sentence.cite))
    return CandidacyFinding(
        indication=indication,
        arises=tri(verdict.arises),
        status=verdict.status,
        headline=verdict.sentence.text,
        evidence=verdict.sentence.cite,
        evidence_to_be_checked=bool(deciding) and all(item.confidence == "likely" for item in deciding),
        decided_by=verdict.decided_by,
        possible=verdict.possible,
        positions=findings.positions(view, indication) if shown else (),
        criteria=findings.criteria(view, indication) if shown else (),
        scores=findings.scores(view, indication) if shown else (),
        notes=_notes(view, judged) if shown else (),
        protocol=findings.protocols(view, indication) if verdict.status in GIVING else (),
        missing=tuple(need.asked),
        because=[view.because(key) for key in verdict.decided_by if key in view.rules.conditions],
    )


def _notes(view: View, judged: Judged) -> tuple[NoteFinding, ...]:
    found = findings.notes(view, judged.indication, judged.verdict.status)
    absent = judged.table.no_national_position
    place = view.lens.jurisdiction
    if absent and place and not has_own_column(judged.table.columns, place):
        found += (view.cite(NoteFinding(f"{judged.table.id}-no-national-position", ("*",), absent.text, absent.cite)),)
    return found
