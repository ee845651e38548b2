"""FHIR over HTTP: media types, answers, and how errors are declared."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.clinical.lens import lens_of
from app.clinical.ruleset import RuleSet
from app.errors import InputError
from app.fhir.names import MEDIA_TYPE, Json
from app.fhir.operation import history_of, located
from app.fhir.read_from import Origins
from app.fhir.terminology import terminology_of
from app.fhir.writer import answer_parameters
from app.services.assess import traced
from app.services.intake import checked
from app.services.record import AuditEntry, entry_of
from app.services.strict_json import check_json
from app.web import problems
from app.web.body import read_body
from app.web.context import Context
from app.web.negotiation import prefers

PLAIN = "application/json"
Format = Annotated[
    Literal["json", "application/json", "application/fhir+json"],
    Query(alias="_format", description="Only JSON is offered."),
]


def fhir_response(request: Request, content: bytes, rules: RuleSet) -> Response:
    """A FHIR answer: ``application/fhir+json``, or ``application/json`` for a client that would rather have that."""
    media_type = PLAIN if prefers(request, PLAIN, MEDIA_TYPE) else MEDIA_TYPE
    return Response(content, media_type=media_type, headers={"Rule-Set": rules.version})


def read(request: Request, rules: RuleSet, name: str, make: Mapping[str, Callable[[RuleSet], Json]]) -> Response:
    """A resource that belongs to the rule set, built once. Raises 404 where ``make`` has none of this name."""
    if name not in make:
        raise HTTPException(404)
    kind = request.url.path.split("/")[2]
    content = lens_of(rules, None).keep(("fhir", kind, name), lambda: encoded(make[name](rules)))
    return fhir_response(request, content, rules)


def encoded(resource: Json) -> bytes:
    """The resource as JSON."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


async def fhir_body(request: Request) -> bytes:
    """The body of a FHIR request; both JSON media types are taken. Raises InputError 415, 413 or 408."""
    plain = request.headers.get("content-type", "").partition(";")[0].strip().lower() == PLAIN
    return await read_body(request, PLAIN if plain else MEDIA_TYPE)


def assessed(context: Context, rules: RuleSet, body: bytes) -> tuple[bytes, AuditEntry]:
    """The answer of ``$assess-ivig`` to one request, and its audit entry. Raises InputError."""
    today = context.today()
    told = history_of(check_json(body), terminology_of(rules), today)
    try:
        history = checked(told.history, today)
    except InputError as error:
        raise InputError(error.type, tuple(located(item, told) for item in error.problems)) from None
    answer, results = traced(rules, history, today, "none", uuid4(), context.watch("fhir"))
    content = encoded(answer_parameters(Origins(rules, results, history, told.provenance), answer, told))
    return content, entry_of(answer, body, content, datetime.now(UTC), context.hash_key)


def resource_response(kind: str, description: str, example: Json | None = None) -> dict[int | str, dict[str, Any]]:
    """OpenAPI declaration of an answer that is one FHIR resource."""
    schema = {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"type": "string", "const": kind}},
    }
    content = {"schema": schema} | ({"example": example} if example else {})
    return {200: {"description": description, "content": {MEDIA_TYPE: content}}}


def outcomes(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI declarations of refusals: each is an OperationOutcome."""
    schema = {
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"type": "string", "const": "OperationOutcome"},
            "issue": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["severity", "code"]}},
        },
    }
    declared = problems.responses(*statuses)
    return {
        code: {"description": declared[code]["description"], "content": {MEDIA_TYPE: {"schema": schema}}}
        for code in statuses
    }
