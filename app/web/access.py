"""Which scope opens which route. What is not listed here is closed to everyone."""

import re
from dataclasses import dataclass
from functools import lru_cache

OPEN: frozenset[str] = frozenset()
READERS = frozenset({"assess", "hooks", "fhir", "rules:read"})
"""Whoever gets an answer may look up what it cites."""


@dataclass(frozen=True, slots=True)
class Access:
    """Operations and the scopes of which one is needed. ``{}`` stands for one path parameter, ``**`` for any rest."""

    methods: str
    path: str
    any_of: frozenset[str]

    def covers(self, method: str, path: str) -> bool:
        """Whether the route with this path template is meant."""
        if method not in self.methods.split():
            return False
        return path.startswith(self.path[:-2]) if self.path.endswith("**") else path == self.path


def _scope(*names: str) -> frozenset[str]:
    return frozenset(names)


TABLE = (
    Access("GET", "/livez", OPEN),
    Access("GET", "/readyz", OPEN),
    Access("GET", "/", OPEN),
    Access("GET", "/docs", OPEN),
    Access("GET", "/docs/start.js", OPEN),
    Access("GET", "/redoc", OPEN),
    Access("POST", "/v1/assessments", _scope("assess")),
    Access("POST", "/v1/assessments/batch", _scope("assess")),
    Access("POST", "/v1/infusion-plans", _scope("assess")),
    Access("POST", "/v1/calculators/**", _scope("assess")),
    Access("GET", "/v1/calculators", READERS),
    Access("GET", "/v1/facts", READERS),
    Access("GET", "/v1/rules", READERS),
    Access("GET", "/v1/rules/{}", READERS),
    Access("GET", "/v1/evidence", READERS),
    Access("GET", "/v1/evidence/{}", READERS),
    Access("GET", "/v1/indications", READERS),
    Access("GET", "/v1/monograph", READERS),
    Access("GET", "/v1/products", READERS),
    Access("GET", "/v1/products/{}", READERS),
    Access("GET", "/v1/rule-sets", READERS),
    Access("GET", "/v1/rule-sets/{}", READERS),
    Access("GET", "/v1/rule-sets/active", READERS),
    Access("GET", "/v1/transparency", READERS),
    Access("GET", "/v1/diagnostics", READERS),
    Access("GET", "/v1/diagnostics/{}", READERS),
    Access("POST", "/v1/assessments/replay", _scope("audit:read")),
    Access("POST", "/v1/assessments/what-if", _scope("assess")),
    Access("GET", "/v1/rule-sets/drafts", _scope("rules:read")),
    Access("GET", "/v1/rule-sets/drafts/{}", _scope("rules:read")),
    Access("GET", "/v1/rule-sets/diff", _scope("rules:read")),
    Access("GET", "/v1/rule-sets/{}/export", _scope("rules:read")),
    Access("POST", "/v1/rule-sets", _scope("rules:write")),
    Access("PUT PATCH", "/v1/rule-sets/drafts/{}", _scope("rules:write")),
    Access("POST", "/v1/rule-sets/drafts/{}/validate", _scope("rules:write")),
    Access("POST", "/v1/rule-sets/drafts/{}/approve", _scope("rules:review")),
    Access("POST", "/v1/rule-sets/drafts/{}/publish", _scope("rules:publish")),
    Access("POST", "/v1/rule-sets/{}/activate", _scope("rules:publish")),
    Access("POST", "/v1/rule-sets/rollback", _scope("rules:publish")),
    Access("POST", "/v1/rule-sets/import", _scope("rules:publish")),
    Access("DELETE", "/v1/rule-sets/{}", _scope("rules:publish")),
    Access("GET", "/v1/feedback/summary", _scope("audit:read")),
    Access("GET", "/v1/audit/**", _scope("audit:read")),
    Access("GET", "/v1/insights", _scope("audit:read")),
    Access("GET", "/metrics", _scope("ops")),
    # Discovery is open in CDS Hooks, and the CapabilityStatement in FHIR; neither tells anything of a patient.
    Access("GET", "/cds-services", OPEN),
    Access("POST", "/cds-services/{}", _scope("hooks")),
    Access("POST", "/cds-services/{}/feedback", _scope("hooks")),
    Access("GET", "/fhir/metadata", OPEN),
    Access("GET POST", "/fhir/**", _scope("fhir")),
)
_PARAMETER = re.compile(r"\{[^{}]*\}")


@lru_cache(1024)
def scopes_for(method: str, template: str) -> frozenset[str] | None:
    """The scopes of which a caller needs one; empty if the route is open, None if it is closed to everyone."""
    asked = "GET" if method == "HEAD" else method
    path = _PARAMETER.sub("{}", template)
    return next((item.any_of for item in TABLE if item.covers(asked, path)), None)
