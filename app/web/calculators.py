"""Reading and answering a calculator's request: the same strict reading and the same headers as an assessment."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from app.clinical.calculation import Calculation, Classification
from app.clinical.ruleset import RuleSet
from app.clinical.scalars import Wire
from app.services.assess import Explain
from app.services.classify import classify
from app.services.intake import read_shape
from app.web.answers import json_response, record
from app.web.body import read_body
from app.web.calculator_examples import EXAMPLES
from app.web.context import context_of
from app.web.problems import responses

W = TypeVar("W", bound=Wire)
CALCULATION = TypeAdapter(Calculation)
CLASSIFICATION = TypeAdapter(Classification)


def operation(name: str, shape: type[Wire], answer: Any) -> dict[str, Any]:
    """How the route of one calculator is declared: path, request shape with its examples, answers."""
    content = {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}, "examples": EXAMPLES[name]}
    return {
        "path": f"/v1/calculators/{name}",
        "operation_id": f"calculate_{name.replace('-', '_')}",
        "openapi_extra": {"requestBody": {"required": True, "content": {"application/json": content}}},
        "responses": {
            200: {"model": answer, "description": "The result."},
            **responses(400, 404, 408, 413, 415, 422, 503),
        },
    }


async def calculated(request: Request, shape: type[W], compute: Callable[[RuleSet, W], Calculation]) -> Response:
    """The answer of a calculator that gives figures. Raises InputError, and StorageError where a record is required."""
    context = context_of(request)
    rules, body = context.rules, await read_body(request)
    answer = compute(rules, read_shape(body, shape))
    content = CALCULATION.dump_json(answer)
    await record(context, answer, body, content)
    return json_response(content, rules.version)


async def classified(request: Request, name: str, shape: type[Wire], explain: Explain) -> Response:
    """The answer of a calculator that classifies. Raises InputError, and StorageError where a record is required."""
    context = context_of(request)
    rules, body = context.rules, await read_body(request)
    answer = classify(rules, name, read_shape(body, shape), context.today(), explain)
    content = CLASSIFICATION.dump_json(answer)
    await record(context, answer, body, content)
    return json_response(content, rules.version)
