"""An Assessment as FHIR resources: GuidanceResponses with their RequestGroups, DetectedIssues, and an OperationOutcome."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.clinical.assessment import Assessment, CandidacyFinding, ContraindicationFinding, MissingFact
from app.clinical.candidacy_rules import Candidacy
from app.clinical.history import Indication
from app.clinical.questions import SAFETY
from app.clinical.ruleset import RuleSet
from app.fhir.actions import action, group, references
from app.fhir.citations import cited
from app.fhir.definitions import indication_concept
from app.fhir.names import GENERAL, Json, code_system, concept, filled, versioned, words
from app.fhir.operation import Told
from app.fhir.outcome import issue, outcome
from app.fhir.questionnaire import open_questions
from app.fhir.read_from import Origins
from app.fhir.requirements import requirements

SEVERITY = {"absolute": "high", "relative": "moderate"}
STATUS = {"true": "final", "unknown": "preliminary", "false": "cancelled"}
_OF_ALL = (
    "contraindications",
    "risks",
    "alternatives",
    "products",
    "plan",
    "workup",
    "monitoring",
    "vaccines",
    "interference",
    "notes",
)
"""Members of the answer that hold for every indication, and are shown once."""
_OF_ONE = ("time_windows", "funding")
"""Members of the answer whose findings each belong to one indication."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One GuidanceResponse in the making: what it is about, and what waits for an answer."""

    number: int
    plan: str
    indication: Indication | None
    missing: tuple[MissingFact, ...]


def answer_parameters(read: Origins, answer: Assessment, told: Told) -> Json:
    """The whole answer of ``$assess-ivig`` to what was told; ``read`` says where each finding was read."""
    rules = read.rules
    patient_id = told.patient_id
    parts = [("guidance", item) for item in guidance(read, answer, patient_id)]
    parts += [
        ("issue", _detected(read, answer, item, number, patient_id))
        for number, item in enumerate(answer.contraindications, 1)
    ]
    made: list[Json] = [{"name": name, "resource": filled(part)} for name, part in parts]
    made.append({"name": "outcome", "resource": outcome([*told.remarks, *_unread(answer)])})
    form = open_questions(rules, answer) if told.with_questionnaire else None
    made += [{"name": "questionnaire", "resource": form}] if form else []
    made += [{"name": "used", "part": told.used}] if told.used else []
    return {"resourceType": "Parameters", "id": answer.id, "parameter": made}


def guidance(read: Origins, answer: Assessment, patient_id: str | None) -> Iterator[Json]:
    """One GuidanceResponse for each indication, and one for what holds for all of them."""
    for number, found in enumerate(answer.candidacy, 1):
        subject = Subject(
            number, _plan_of(read.rules, found.indication), found.indication, _asked(answer, found.indication)
        )
        yield _guidance(
            read.rules, answer, subject, patient_id, _verdict(found), list(_actions_of(read, answer, found))
        )
    subject = Subject(len(answer.candidacy) + 1, GENERAL, None, _asked(answer, None))
    groups = [made for name in _OF_ALL if (made := _member(read, answer, name))]
    groups += [made for name in _OF_ONE if (made := group(read, name, _of_none(answer, name)))]
    yield _guidance(read.rules, answer, subject, patient_id, [], groups)


def _of_none(answer: Assessment, name: str) -> list[Any]:
    """Findings for an indication that has no verdict in this answer: they are shown all the same."""
    shown = {item.indication for item in answer.candidacy}
    return [item for item in getattr(answer, name) if item.indication not in shown]


def _plan_of(rules: RuleSet, indication: Indication) -> str:
    return next(table.id for table in rules.of(Candidacy) if indication in table.applies_to)


def _asked(answer: Assessment, indication: Indication | None) -> tuple[MissingFact, ...]:
    name = indication.value if indication else SAFETY
    return tuple(item for item in answer.missing if name in item.matters_for)


def _guidance(
    rules: RuleSet,
    answer: Assessment,
    subject: Subject,
    patient_id: str | None,
    verdict: list[Json],
    actions: list[Json],
) -> Json:
    about = indication_concept(subject.indication.value) if subject.indication else None
    plan = versioned("PlanDefinition", subject.plan, rules)
    return {
        "resourceType": "GuidanceResponse",
        "id": f"{answer.id}-{subject.number}",
        "contained": [
            {"resourceType": "Parameters", "id": "output", "parameter": [*_named(answer), *verdict]},
            {**outcome(_messages(subject)), "id": "messages"},
            {
                "resourceType": "RequestGroup",
                "id": "recommendation",
                "instantiatesCanonical": [plan],
                "status": "draft",
                "intent": "proposal",
                "subject": _reference(patient_id),
                "reasonCode": [about] if about else [],
                "action": actions,
            },
        ],
        "identifier": [{"system": code_system("decision"), "value": answer.id}],
        "moduleCanonical": plan,
        "status": status_of(subject.missing),
        "subject": _reference(patient_id),
        "occurrenceDateTime": answer.as_of.isoformat(),
        "performer": {"display": f"ivig-cds {answer.engine_version}, rule set {answer.rule_set.version}"},
        "reasonCode": [about] if about else [],
        "evaluationMessage": [{"reference": "#messages"}],
        "outputParameters": {"reference": "#output"},
        "result": {"reference": "#recommendation"},
        "dataRequirement": requirements(rules, subject.missing),
    }


def status_of(missing: Iterable[MissingFact]) -> str:
    """``data-required`` while a verdict waits for a fact; ``data-requested`` while one would inform it; else ``success``."""
    decides = [item.decides for item in missing]
    if any(decides):
        return "data-required"
    return "data-requested" if decides else "success"


def _reference(patient_id: str | None) -> Json | None:
    return {"reference": f"Patient/{patient_id}"} if patient_id else None


def _named(answer: Assessment) -> list[Json]:
    """Which knowledge answered, for which place."""
    return [
        {"name": "ruleSetVersion", "valueString": answer.rule_set.version},
        {"name": "ruleSetDigest", "valueString": answer.rule_set.digest},
        {"name": "reviewBy", "valueDate": answer.rule_set.review_by.isoformat()},
        {"name": "engineVersion", "valueString": answer.engine_version},
        *([{"name": "jurisdiction", "valueCode": answer.jurisdiction}] if answer.jurisdiction else []),
    ]


def _verdict(found: CandidacyFinding) -> list[Json]:
    return [
        {"name": "indication", "valueCode": found.indication.value},
        {"name": "arises", "valueCode": found.arises},
        {"name": "status", "valueCode": found.status.value},
        {"name": "headline", "valueString": found.headline},
        {"name": "evidenceToBeChecked", "valueBoolean": found.evidence_to_be_checked},
        *({"name": "possible", "valueCode": item.value} for item in found.possible),
        *({"name": "decidedBy", "valueString": item} for item in found.decided_by),
    ]


def _messages(subject: Subject) -> list[Json]:
    made = [
        issue("warning" if item.decides else "information", "incomplete", item.reason, item.question)
        for item in subject.missing
    ]
    return made or [issue("information", "informational", "nothing_asked", "No further fact is asked for.")]


def _actions_of(read: Origins, answer: Assessment, found: CandidacyFinding) -> Iterator[Json]:
    """The verdict with everything under it, then what else the answer holds for this indication alone."""
    title = f"{words(found.indication.value)}: {words(found.status.value)}"
    yield {**action(read, found), "title": title}
    for name in _OF_ONE:
        own = [item for item in getattr(answer, name) if item.indication is found.indication]
        made = group(read, name, own)
        if made:
            yield made


def _member(read: Origins, answer: Assessment, name: str) -> Json | None:
    part: Any = getattr(answer, name)
    if isinstance(part, tuple):
        return group(read, name, part)
    return action(read, part, name) if part is not None else None


def _detected(
    read: Origins, answer: Assessment, found: ContraindicationFinding, number: int, patient_id: str | None
) -> Json:
    excluded = "Not yet excluded. " if found.present == "unknown" else ""
    return {
        "resourceType": "DetectedIssue",
        "id": f"{answer.id}-issue-{number}",
        "extension": cited(read.rules, found.evidence),
        "identifier": [{"system": code_system("rule"), "value": found.id}],
        "status": STATUS[found.present],
        "code": concept(code_system("contraindication"), found.id, found.title),
        "severity": SEVERITY[found.level],
        "patient": _reference(patient_id),
        "identifiedDateTime": answer.as_of.isoformat(),
        "evidence": [{"detail": references(read.of(found.id))}],
        "detail": f"{excluded}{found.text}",
    }


def _unread(answer: Assessment) -> Iterator[Json]:
    for item in answer.not_understood:
        yield issue("warning", "not-supported", item.reason, "This was sent and not read.", item.pointer)
