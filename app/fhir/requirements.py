"""What is missing, as DataRequirements: which resources, with which codes, would answer a question."""

from collections.abc import Iterable, Iterator

from app.clinical.assessment import MissingFact
from app.clinical.catalogue import Coding
from app.clinical.lens import lens_of
from app.clinical.ruleset import RuleSet
from app.fhir.form import walk
from app.fhir.history_form import index, links_of
from app.fhir.names import Json, coding, extension

FORM = "QuestionnaireResponse"
_TYPES = {
    "condition": "Condition",
    "medication": "MedicationStatement",
    "allergy": "AllergyIntolerance",
    "lab": "Observation",
    "investigation": "Observation",
    "patient": "Patient",
    "patient.weight_kg": "Observation",
    "patient.prepregnancy_weight_kg": "Observation",
    "patient.height_cm": "Observation",
    "patient.blood_group": "Observation",
    "patient.rh_d": "Observation",
    "patient.smoker": "Observation",
    "pregnancy_status": "Observation",
    "current_pregnancy": "Observation",
    "pregnancies": "Condition",
    "loss_summary": "Observation",
    "embryo_transfers": "Procedure",
    "antiphospholipid_tests": "Observation",
    "thrombotic_events": "Condition",
    "vitals": "Observation",
    "immunisations": "Immunization",
    "planned_ivig": "MedicationRequest",
}
"""The kind of resource that can hold an item, by its link id or the beginning of it; anything else is asked for by a form."""
_PATHS = {"MedicationStatement": "medication", "MedicationRequest": "medication", "Immunization": "vaccineCode"}


def requirements(rules: RuleSet, missing: Iterable[MissingFact]) -> list[Json]:
    """For each question the resources that would answer it; the question and the link ids of the form stand beside them."""
    return [made for question in missing for made in _of_question(rules, question)]


def _of_question(rules: RuleSet, question: MissingFact) -> Iterator[Json]:
    links_by_fact = lens_of(rules, None).keep(("fhir", "links"), lambda: links_of(rules))
    links = list(dict.fromkeys(link for fact in question.facts for link in links_by_fact.get(fact, ())))
    by_type: dict[str, list[str]] = {}
    for link in links:
        by_type.setdefault(type_of(link), []).append(link)
    for kind, members in (by_type or {FORM: []}).items():
        codes = [Coding(item.system, item.code, item.display) for item in question.codes] if len(by_type) == 1 else []
        yield _requirement(kind, question, members, dict.fromkeys((*codes, *_codes(members))))


def type_of(link: str) -> str:
    """The kind of resource that can answer the item."""
    return _TYPES.get(link) or _TYPES.get(link.partition(".")[0]) or FORM


def _codes(links: Iterable[str]) -> Iterator[Coding]:
    for link in links:
        for item in walk((index()[link],)):
            yield from item.codes


def _requirement(kind: str, question: MissingFact, links: Iterable[str], codes: Iterable[Coding]) -> Json:
    listed = [coding(item.system, item.code, item.display) for item in codes]
    return {
        "extension": [
            {"url": extension("question"), "valueString": question.question},
            {"url": extension("question-id"), "valueCode": question.id},
            {"url": extension("decides"), "valueBoolean": question.decides},
            *({"url": extension("link-id"), "valueString": link} for link in links),
        ],
        "type": kind,
        "codeFilter": [{"path": _PATHS.get(kind, "code"), "code": listed}] if listed and kind != "Patient" else [],
    }
