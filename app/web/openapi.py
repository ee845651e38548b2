"""The OpenAPI document: FastAPI's own, with the request body that routes read themselves and the error shape."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.clinical.calculator_shapes import REQUESTS
from app.clinical.dose_shapes import DOSE_REQUESTS
from app.clinical.history import PatientHistory
from app.clinical.plan_request import InfusionPlanRequest
from app.version import ENGINE_VERSION
from app.web.access import scopes_for
from app.web.life import LIFE_REQUESTS
from app.web.problems import ProblemDetails, responses

REFERENCE = "#/components/schemas/{model}"
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key of `ivig-cds keys issue`, or a token of a configured EHR; none on loopback (docs/trust.md).",
}
DESCRIPTION = """Clinical decision support about **intravenous immunoglobulin (IVIG) in reproductive medicine**.

Send what you know of a patient's history; get, for each indication, whether she is a candidate, according to whom,
how sure, why, and what is not yet known, with risks, contraindications, alternatives and checks. Every sentence cites
a statement served at `/v1/evidence/{id}`. What you do not send is *unknown*, never "no".

Information for clinicians, not advice to patients, and not for emergencies. It does not decide; it shows its reasons.
"""
TAGS = [
    {"name": "assessments", "description": "A patient's history in, an explained and cited assessment out."},
    {"name": "infusion plans", "description": "One IVIG order in; dose, volume and rates, or a refusal, out."},
    {
        "name": "calculators",
        "description": "Single formulas and classifications, each with its validity and its sources.",
    },
    {"name": "cds hooks", "description": "CDS Hooks 2.0: cards inside the EHR, and what became of them."},
    {"name": "knowledge", "description": "What the service knows: rules, evidence, facts, the monograph."},
    {"name": "products", "description": "IVIG products as their labels print them; what is not known stays unknown."},
    {"name": "rule sets", "description": "Drafts, checks, versions, and which version of the knowledge answers."},
    {
        "name": "transparency",
        "description": "What this intervention is: source attributes, intended use, known limits.",
    },
    {
        "name": "fhir",
        "description": "FHIR R4: one operation, and reads of the active rule set. Errors are OperationOutcomes.",
    },
    {"name": "system", "description": "Liveness and readiness."},
]


def install(app: FastAPI) -> None:
    """Replace the application's OpenAPI generator."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to customise it


def build(app: FastAPI) -> dict[str, Any]:
    """The document, built once."""
    document = get_openapi(
        title="ivig-cds", version=ENGINE_VERSION, description=DESCRIPTION, routes=app.routes, tags=TAGS
    )
    read: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (PatientHistory, "validation"),
        (ProblemDetails, "serialization"),
    ]
    requests: tuple[type[BaseModel], ...] = (InfusionPlanRequest, *REQUESTS, *DOSE_REQUESTS, *LIFE_REQUESTS)
    read += [(model, "validation") for model in requests]
    _, extra = models_json_schema(read, ref_template=REFERENCE)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _name_bounds(schemas)
    _name_scopes(document)
    return document


def _name_scopes(document: dict[str, Any]) -> None:
    """Say of each operation which scope opens it, and how it is refused where credentials are asked for."""
    document["components"]["securitySchemes"] = {"bearer": SCHEME}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["responses"] |= {str(code): said for code, said in responses(403).items()}
            if not (needed := scopes_for(method.upper(), path)):
                continue
            operation["security"] = [{}, {"bearer": []}]
            operation["responses"] |= {str(code): said for code, said in responses(401, 429).items()}
            operation["responses"].setdefault("503", responses(503)[503])
            words = " or ".join(f"`{scope}`" for scope in sorted(needed))
            operation["description"] = (
                f"{operation.get('description', '')}\n\nScope, with credentials: {words}.".strip()
            )


def _name_bounds(part: Any) -> None:
    """Give bounds their JSON Schema names: pydantic keeps its own for those of optional numbers."""
    if isinstance(part, dict):
        if part.get("type") in ("integer", "number"):
            for name in BOUNDS.keys() & part.keys():
                part[BOUNDS[name]] = part.pop(name)
        for value in part.values():
            _name_bounds(value)
    elif isinstance(part, list):
        for member in part:
            _name_bounds(member)
