"""What this server offers: the CapabilityStatement and the definition of its one operation."""

from typing import Any

from app.clinical.ruleset import RuleSet
from app.fhir.names import FHIR_VERSION, MEDIA_TYPE, OPERATION, Json, canonical, filled, published
from app.version import ENGINE_VERSION

WORDS = (
    "Assesses one patient's history for intravenous immunoglobulin (IVIG) in reproductive medicine. Information for clinicians; "
    "it decides nothing by itself and is not for emergencies. What is not sent is unknown, never no. Nothing that is sent is stored."
)
READ = ("Library", "OperationDefinition", "PlanDefinition", "Questionnaire")
_IN: tuple[tuple[str, str, int, str, str], ...] = (
    ("bundle", "Bundle", 0, "1", "The patient's resources: collection, searchset, document or batch answer."),
    ("resource", "Resource", 0, "*", "A single resource of the patient, beside or instead of the Bundle."),
    ("questionnaireResponse", "QuestionnaireResponse", 0, "*", "Answers to one of our Questionnaires."),
    ("patientId", "id", 0, "1", "Logical id of the patient. Resources of anyone else are refused."),
    ("asOf", "date", 0, "1", "Date of assessment; today (UTC) if left out."),
    ("jurisdiction", "code", 0, "1", "ISO 3166 country or subdivision, or EU: whose issuers and funding are meant."),
    ("indication", "code", 0, "*", "Only these indications; left out, those the history gives a reason for."),
    ("questionnaire", "boolean", 0, "1", "False leaves the Questionnaire out of the answer."),
)
GUIDANCE = (
    "One for each indication, and one for what holds for all of them. status data-required: the verdict waits for the facts in "
    "dataRequirement; data-requested: it stands, and more facts would inform it; success: nothing is asked. It contains its "
    "RequestGroup (the recommendation, each sentence with its citations), its Parameters and its OperationOutcome."
)
_OUT: tuple[tuple[str, str, int, str, str], ...] = (
    (
        "guidance",
        "GuidanceResponse",
        1,
        "*",
        GUIDANCE,
    ),
    (
        "issue",
        "DetectedIssue",
        0,
        "*",
        "One for each contraindication: final where it is present, preliminary where it is not yet excluded.",
    ),
    ("questionnaire", "Questionnaire", 0, "1", "The questions whose answers matter, most useful first."),
    ("outcome", "OperationOutcome", 1, "1", "What was not read, not understood, or not complete."),
    (
        "used",
        "",
        0,
        "1",
        "For each entry of the history the resource it was read from: part name = place, valueReference.",
    ),
)


def capability_statement(rules: RuleSet) -> Json:
    """The CapabilityStatement of this server and its active rule set."""
    made = published("CapabilityStatement", "ivig-cds", rules) | {
        "name": "IvigCds",
        "title": "ivig-cds",
        "description": WORDS,
        "kind": "instance",
        "software": {"name": "ivig-cds", "version": ENGINE_VERSION},
        "implementation": {"description": f"ivig-cds with rule set {rules.version}"},
        "fhirVersion": FHIR_VERSION,
        "format": [MEDIA_TYPE, "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Reads of the active rule set, and one operation. No patient resource is kept or served.",
                "resource": [{"type": kind, "interaction": [{"code": "read"}]} for kind in READ],
                "operation": [{"name": OPERATION, "definition": canonical("OperationDefinition", OPERATION)}],
            }
        ],
    }
    checked: Json = filled(made)
    return checked


def operation_definition(rules: RuleSet) -> Json:
    """The definition of ``$assess-ivig``."""
    made = published("OperationDefinition", OPERATION, rules) | {
        "name": "AssessIvig",
        "title": "Assess a history for IVIG",
        "kind": "operation",
        "affectsState": False,
        "code": OPERATION,
        "description": f"{WORDS} A Bundle may also be the whole body.",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [*_parameters("in", _IN), *_parameters("out", _OUT)],
    }
    checked: Json = filled(made)
    return checked


def _parameters(use: str, listed: tuple[tuple[str, str, int, str, str], ...]) -> list[dict[str, Any]]:
    return [
        {"name": name, "use": use, "min": least, "max": most, "documentation": text} | _typed(kind)
        for name, kind, least, most, text in listed
    ]


def _typed(kind: str) -> dict[str, Any]:
    """A parameter without a type has parts; theirs are named after places of the history."""
    part = {"name": "place", "use": "out", "min": 1, "max": "*", "type": "Reference"}
    return {"type": kind} if kind else {"part": [part]}
