"""Who calls, and what a caller may do."""

from dataclasses import dataclass, field
from typing import Literal

SCOPES = {
    "assess": "Assessments, infusion plans and calculators",
    "hooks": "CDS Hooks services and their feedback",
    "fhir": "FHIR operations",
    "rules:read": "Reading the knowledge and its versions",
    "rules:write": "Writing drafts of rule sets",
    "rules:review": "Reviewing drafts",
    "rules:publish": "Publishing and activating rule sets",
    "audit:read": "Reading the audit trail, the override report and the insights",
    "ops": "Metrics and other figures of operation",
}
"""Every scope there is, and what it opens."""

ANYONE = frozenset(SCOPES)


@dataclass(frozen=True, slots=True)
class Used:
    """A token that was just used: its issuer, a hash of its id, and when its life ends (seconds of the wall clock)."""

    issuer: str
    name: bytes
    ends: float


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller whose credential was verified, or anyone where none is asked for. ``id`` names no person and no secret."""

    kind: Literal["anyone", "api-key", "jwt"]
    id: str
    scopes: frozenset[str]
    tenant: str | None = None
    issuer: str | None = None
    used: Used | None = field(default=None, compare=False, repr=False)


OPEN_CALLER = Caller("anyone", "anyone", ANYONE)
