"""Faults and remarks as an OperationOutcome. None holds a value that was sent, nor an exception's words."""

import re
from collections.abc import Iterable

from app.errors import Problem
from app.fhir.names import Json, code_system

ISSUE_TYPES = {
    "malformed-json": "structure",
    "duplicate-key": "structure",
    "too-deep": "too-long",
    "too-large": "too-long",
    "timeout": "timeout",
    "unsupported-encoding": "not-supported",
    "unsupported-media-type": "not-supported",
    "unknown-field": "structure",
    "implausible-value": "value",
    "inconsistent-input": "business-rule",
    "patient-mismatch": "business-rule",
    "out-of-validity": "business-rule",
    "not-found": "not-found",
    "method-not-allowed": "not-supported",
    "not-ready": "transient",
    "storage-unavailable": "transient",
    "internal": "exception",
}
"""The R4 issue type of each kind of problem; any other kind is ``invalid``."""
OTHER = "invalid"


def outcome_of(kind: str, title: str, problems: Iterable[Problem], root: str = "") -> Json:
    """A refusal. ``root`` is the type of the resource that was sent, where an element is to be named."""
    code = ISSUE_TYPES.get(kind, OTHER)
    issues = [issue("error", code, item.code, f"{title}. {item.detail}", item.pointer, root) for item in problems]
    return outcome(issues or [issue("error", code, kind.replace("-", "_"), f"{title}.")])


def outcome(issues: list[Json]) -> Json:
    """An OperationOutcome; it has at least one issue, so a call without any says that all was read."""
    return {
        "resourceType": "OperationOutcome",
        "issue": issues or [issue("information", "informational", "all_read", "Everything that was sent was read.")],
    }


def issue(severity: str, code: str, reason: str, text: str, pointer: str = "", root: str = "") -> Json:
    """One issue: R4 severity and type, our own reason, a sentence, and where."""
    made: Json = {
        "severity": severity,
        "code": code,
        "details": {"coding": [{"system": code_system("issue-reason"), "code": reason}], "text": text},
    }
    if pointer:
        made["expression"] = [expression(pointer, root)]
    return made


def expression(pointer: str, root: str = "") -> str:
    """A JSON pointer as FHIRPath: ``/entry/3/resource`` in a Bundle is ``Bundle.entry[3].resource``."""
    path = re.sub(r"/(\d+)", r"[\1]", pointer).replace("/", ".")
    return f"{root}{path}" if root else path.removeprefix(".")
