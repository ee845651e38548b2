"""FHIR R4: the CapabilityStatement, and the active rule set as resources."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.fhir.capability import capability_statement, operation_definition
from app.fhir.definitions import library, plan_definitions
from app.fhir.names import OPERATION, RULE_LIBRARY
from app.fhir.questionnaire import questionnaires
from app.web.context import context_of
from app.web.fhir import Format, assessed, fhir_body, fhir_response, outcomes, read, resource_response
from app.web.fhir_examples import ASSESS_BODY

router = APIRouter(prefix="/fhir", tags=["fhir"])


@router.get(
    "/metadata",
    summary="What this FHIR server offers",
    operation_id="fhir_metadata",
    responses={**resource_response("CapabilityStatement", "The CapabilityStatement."), **outcomes(422, 503)},
)
async def metadata(request: Request, _format: Format = "json") -> Response:
    """The CapabilityStatement: FHIR R4 (4.0.1), JSON only, reads of the rule set and the operation `$assess-ivig`."""
    rules = context_of(request).rules
    return read(request, rules, "metadata", {"metadata": capability_statement})


@router.post(
    "/$assess-ivig",
    summary="Assess one patient's resources",
    operation_id="fhir_assess_ivig",
    openapi_extra=ASSESS_BODY,
    responses={
        **resource_response("Parameters", "GuidanceResponses, DetectedIssues, a Questionnaire, an OperationOutcome."),
        **outcomes(400, 408, 413, 415, 422, 503),
    },
)
async def assess_ivig(request: Request, _format: Format = "json") -> Response:
    """A Bundle of one patient's resources in, or Parameters that hold it; Parameters out.

    `guidance` is one GuidanceResponse for each indication and one for what holds for all. Its `status` is `data-required`
    while the verdict waits for the facts in `dataRequirement`, `data-requested` while more facts would inform it, else
    `success`. It contains the RequestGroup (every sentence with its citations as `documentation`), the Parameters with the
    verdict, and the OperationOutcome with what is asked. `issue` are DetectedIssues, one for each contraindication:
    `final` where it is present, `preliminary` where it is not yet excluded. `questionnaire` asks for what is missing; send
    its QuestionnaireResponse back as the parameter `questionnaireResponse`. `outcome` says what was not read, and which
    sections are absent, empty, failed or partial. `used` names the resource behind each entry of the history.

    What is absent is unknown, never "no". A resource of another patient refuses the whole request. Nothing is stored but
    ids and keyed hashes, unless the site keeps a case log.
    """
    context = context_of(request)
    rules = context.rules
    body = await fhir_body(request)
    content, entry = assessed(context, rules, body)
    await context.record("fhir", entry, body, content)
    return fhir_response(request, content, rules)


@router.get(
    "/OperationDefinition/{id}",
    summary="The definition of the operation",
    operation_id="fhir_operation_definition",
    responses={**resource_response("OperationDefinition", "Its definition."), **outcomes(404, 422, 503)},
)
async def definition_of_operation(request: Request, id: str, _format: Format = "json") -> Response:  # noqa: A002 - FHIR's name
    """Parameters in and out of `$assess-ivig`. The only id is `assess-ivig`."""
    rules = context_of(request).rules
    return read(request, rules, id, {OPERATION: operation_definition})


@router.get(
    "/Library/{id}",
    summary="The active rule set as a Library",
    operation_id="fhir_library",
    responses={**resource_response("Library", "The rule set."), **outcomes(404, 422, 503)},
)
async def library_of_rules(request: Request, id: str, _format: Format = "json") -> Response:  # noqa: A002 - FHIR's name
    """Version, digest, PlanDefinitions and every cited statement of the rule set that answers now. The only id is `ivig-rule-set`."""
    rules = context_of(request).rules
    return read(request, rules, id, {RULE_LIBRARY: library})


@router.get(
    "/PlanDefinition/{id}",
    summary="The rules of one indication",
    operation_id="fhir_plan_definition",
    responses={**resource_response("PlanDefinition", "The rules."), **outcomes(404, 422, 503)},
)
async def plan_of_rules(request: Request, id: str, _format: Format = "json") -> Response:  # noqa: A002 - FHIR's name
    """One action for each rule, with its sentence, its citations and its condition as JSON.

    The conditions are **not CQL** and cannot be run by a CQL engine. The ids are listed in `Library/ivig-rule-set`.
    """
    rules = context_of(request).rules
    return read(request, rules, id, plan_definitions(rules))


@router.get(
    "/Questionnaire/{id}",
    summary="Questions, to be answered by a form",
    operation_id="fhir_questionnaire",
    responses={**resource_response("Questionnaire", "The questions."), **outcomes(404, 422, 503)},
)
async def questions(request: Request, id: str, _format: Format = "json") -> Response:  # noqa: A002 - FHIR's name
    """`ivig-history` asks for the whole history; the id of an ask-list (`rpl-ask`, `safety-questions`...) for what it lists.

    Link ids, units and answer options say where each answer belongs, so that its QuestionnaireResponse can be sent to
    `$assess-ivig`. An answer that is left out, or is `unknown`, stays unknown. Each assessment also brings a Questionnaire
    with just the questions it left open.
    """
    rules = context_of(request).rules
    return read(request, rules, id, questionnaires(rules))
