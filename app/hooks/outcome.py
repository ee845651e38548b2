"""An OperationOutcome in the place of a problem: the same kind, words and pointers, in FHIR's form."""

from app.hooks.shapes import Json

CODES = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    408: "timeout",
    412: "incomplete",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
    503: "transient",
}
REASONS = "urn:ivig-cds:problem"


def outcome_of(problem: Json) -> Json:
    """The outcome for a problem document: one issue for each fault, or one for the whole."""
    code = CODES.get(problem["status"], "exception" if problem["status"] >= 500 else "invalid")  # noqa: PLR2004 - server errors
    slug = str(problem["type"]).rpartition(":")[2]
    errors = problem.get("errors") or [{"pointer": "", "detail": problem["title"]}]
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(code, slug, problem["title"], item) for item in errors],
    }


def _issue(code: str, slug: str, title: str, error: Json) -> Json:
    said = title if error["detail"] == title else f"{title}. {error['detail']}"
    issue: Json = {
        "severity": "error",
        "code": code,
        "details": {"coding": [{"system": REASONS, "code": slug}], "text": said},
        "diagnostics": said,
    }
    if error["pointer"]:
        issue["expression"] = [error["pointer"].strip("/").replace("/", ".")]
    return issue
