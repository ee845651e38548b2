"""One shape for every error: RFC 9457 problem details, from a closed list of types, without a value that was sent."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match, Mount

from app.errors import (
    AccessError,
    Diagnostic,
    InputError,
    KeysUnavailableError,
    OverloadedError,
    Problem,
    RefusedError,
    RuleSetError,
    ScopeError,
    StorageError,
    TooManyError,
)

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:ivig-cds:problem:"
TITLES = {
    "malformed-json": "The body is not valid JSON",
    "duplicate-key": "A key occurs twice",
    "too-deep": "The body is nested too deeply",
    "too-large": "The body is too large",
    "timeout": "The body did not arrive in time",
    "unsupported-encoding": "The body is compressed",
    "unsupported-media-type": "The media type is not read here",
    "invalid-input": "The request cannot be understood",
    "unknown-field": "A field is not known",
    "implausible-value": "A value or unit is not plausible",
    "inconsistent-input": "Facts contradict each other",
    "patient-mismatch": "A resource is about another patient",
    "out-of-validity": "The formula does not hold for this input",
    "unauthenticated": "A valid credential is needed",
    "forbidden": "The credential does not allow this",
    "wrong-host": "The Host header does not name this service",
    "foreign-origin": "Pages of another origin may not call this service",
    "too-many-requests": "Too many requests",
    "keys-unavailable": "The keys that tokens are checked with cannot be had just now",
    "data-missing": "Too little was sent to judge anything",
    "not-found": "There is nothing here",
    "method-not-allowed": "The method is not offered here",
    "not-ready": "The service is not ready",
    "storage-unavailable": "The database cannot be used just now",
    "overloaded": "Too many requests are in flight",
    "address-too-long": "The address is too long",
    "headers-too-large": "The headers are too large",
    "malformed-request": "The request is not valid HTTP",
    "internal": "The service failed",
    "release-rejected": "The knowledge does not pass the checks",
    "stale-draft": "Somebody published or changed it meanwhile",
    "stale-edit": "What the change is based on is no longer current",
    "precondition-required": "If-Match is needed",
    "key-reused": "The Idempotency-Key came with another request",
    "not-validated": "A step before this one is lacking",
    "nothing-changed": "The draft says what is published already",
    "nothing-to-roll-back": "No other version was active before",
    "version-too-low": "The changes deserve a higher version",
    "no-files": "The files of the version were not kept",
    "no-signing-key": "This site has no key to sign bundles with",
    "bundle-refused": "The bundle is refused",
    "immutable": "A published version is never deleted",
    "rule-set-unreadable": "This engine does not read that rule set",
    "replay-mismatch": "The answer cannot be given again",
}
BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}
MOST_ERRORS = 20
CHALLENGE = 'Bearer realm="ivig-cds"'
"""Says that a credential is needed and never why one was refused."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LONGEST_DETAIL = 400


class ProblemError(BaseModel):
    """One fault: where it is (known field names and indexes), and what it is."""

    pointer: str = Field(
        description="JSON pointer; the parent where a field is not known.", examples=["/pregnancies/0"]
    )
    code: str = Field(examples=["unknown_field"])
    detail: str = Field(examples=["This object holds a field that is not known here."])
    evidence: list[str] | None = Field(
        None,
        description="Statement ids behind a clinical reason, each served at /v1/evidence/{id}; left out otherwise.",
    )


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="One of the types listed in docs/errors.md.", examples=[PREFIX + "unknown-field"])
    title: str = Field(examples=["A field is not known"])
    status: int = Field(examples=[422])
    errors: list[ProblemError] = Field(description="At most 20 faults.")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI declarations for the error answers of an operation."""
    names = {
        400: "Not JSON: malformed, duplicate keys, NaN, too deep.",
        401: "No credential, or one that is not good; never why.",
        403: "The credential does not allow this.",
        404: "Not found.",
        409: "It does not fit the state of the rule set; the body says why.",
        428: "If-Match is needed.",
        408: "The body did not arrive in time.",
        412: "If-Match is not current; in CDS Hooks: too little was sent, and nothing can be judged.",
        413: "Body too large.",
        415: "Media type or encoding not read here.",
        422: "Understood as JSON, but not as a request: the faults are listed.",
        429: "Too many calls, or too many bad credentials; Retry-After says when to come back.",
        503: "No verified rule set, or the database cannot be used; Retry-After says when to come back.",
    }
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {code: {"description": names[code], "content": {MEDIA_TYPE: {"schema": schema}}} for code in statuses}


def document(kind: str, status: int, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """The problem as JSON-ready data."""
    errors = [_error(item) for item in problems[:MOST_ERRORS]]
    return {"type": PREFIX + kind, "title": TITLES[kind], "status": status, "errors": errors}


def _error(item: Problem) -> dict[str, Any]:
    error = {"pointer": item.pointer, "code": item.code, "detail": item.detail}
    return {**error, "evidence": list(item.evidence)} if item.evidence else error


def answer(
    kind: str, status: int, problems: tuple[Problem, ...] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The problem as a response."""
    return JSONResponse(document(kind, status, problems), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of the application leave in this shape."""
    app.add_exception_handler(InputError, _input)
    app.add_exception_handler(RuleSetError, _not_ready)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(StorageError, _storage)
    app.add_exception_handler(AccessError, _no_access)
    app.add_exception_handler(ScopeError, _forbidden)
    app.add_exception_handler(TooManyError, _too_many)
    app.add_exception_handler(KeysUnavailableError, _no_keys)
    app.add_exception_handler(OverloadedError, _overloaded)
    app.add_exception_handler(RequestValidationError, _query)
    app.add_exception_handler(HTTPException, _http)


async def _input(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InputError)
    headers = {"Connection": "close"} if error.status in {408, 413} else None
    return answer(error.type, error.status, error.problems, headers)


async def _not_ready(_request: Request, _error: Exception) -> JSONResponse:
    return answer("not-ready", 503, headers={"Retry-After": "5"})


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RefusedError)
    problems = tuple(map(_fault, error.diagnostics)) or (Problem("", error.type.replace("-", "_"), error.detail),)
    return answer(error.type, error.status, problems)


def _fault(item: Diagnostic) -> Problem:
    """A fault of the knowledge: its place in the files, and what it is; a file's name and a rule's text hold no patient."""
    place = f"{item.file}:{item.line}:{item.column}: " if item.file else ""
    return Problem("", item.code, f"{place}{item.message}"[:LONGEST_DETAIL])


async def _storage(_request: Request, _error: Exception) -> JSONResponse:
    return answer("storage-unavailable", 503, headers={"Retry-After": "5"})


async def _no_access(_request: Request, _error: Exception) -> JSONResponse:
    return answer("unauthenticated", 401, headers={"WWW-Authenticate": CHALLENGE})


async def _forbidden(_request: Request, _error: Exception) -> JSONResponse:
    return answer("forbidden", 403)


async def _too_many(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooManyError)
    return answer("too-many-requests", 429, headers={"Retry-After": str(error.seconds)})


async def _no_keys(_request: Request, _error: Exception) -> JSONResponse:
    return answer("keys-unavailable", 503, headers={"Retry-After": "5"})


async def _overloaded(_request: Request, _error: Exception) -> JSONResponse:
    return answer("overloaded", 503, headers={"Retry-After": "1"})


async def _query(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    names = [
        ".".join(str(part) for part in item["loc"][:2])
        for item in error.errors()
        if item["loc"][0] in {"query", "path"}
    ]
    problems = tuple(
        Problem("", "invalid_parameter", f"The parameter {name} is not valid.") for name in dict.fromkeys(names)
    )
    return answer("invalid-input", 422, problems)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:  # noqa: PLR2004 - method not allowed
        return answer("method-not-allowed", 405, headers={"Allow": ", ".join(allowed(request))})
    kind = BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "invalid-input")  # noqa: PLR2004 - server errors
    return answer(kind, error.status_code, headers=error.headers)


def allowed(request: Request) -> list[str]:
    """All methods that some route offers at this path; the router itself names those of one route only."""
    scope = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    found = [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method, "headers": []})[0] is Match.FULL for route in routes)
    ]
    return found or ["GET", "HEAD"]  # the files of the docs pages
