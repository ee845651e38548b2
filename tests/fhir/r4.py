"""A conformance check of our own FHIR R4 output, written from the published resource definitions.

It knows the elements of the types we send: which exist, how often they may occur, of what type they are, which codes a
required binding allows, and the invariants that concern us. Anything it does not know is a fault.
"""

import re
from typing import Any

Faults = list[str]
MANY = "*"

PUBLICATION = "draft active retired unknown"
BINDINGS = {
    "publication-status": PUBLICATION,
    "guidance-response-status": "success data-requested data-required in-progress failure entered-in-error",
    "observation-status": "registered preliminary final amended corrected cancelled entered-in-error unknown",
    "request-status": "draft active on-hold revoked completed entered-in-error unknown",
    "request-intent": "proposal plan directive order original-order reflex-order filler-order instance-order option",
    "issue-severity": "fatal error warning information",
    "issue-type": "invalid structure required value invariant security login unknown expired forbidden suppressed processing "
    "not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule "
    "conflict transient lock-error no-store exception timeout incomplete throttled informational",
    "detected-issue-severity": "high moderate low",
    "related-artifact-type": "documentation justification citation predecessor successor derived-from depends-on composed-of",
    "action-condition-kind": "applicability start stop",
    "item-type": "group display boolean decimal integer date dateTime time string text url choice open-choice attachment "
    "reference quantity",
    "enable-operator": "exists = != > < >= <=",
    "capability-kind": "instance capability requirements",
    "restful-mode": "client server",
    "interaction": "read vread update patch delete history-instance history-type create search-type",
    "operation-kind": "operation query",
    "parameter-use": "in out",
    "fhir-version": "4.0.1",
}
PRIMITIVES = {
    "string": r"[\s\S]*\S[\s\S]*",
    "markdown": r"[\s\S]*\S[\s\S]*",
    "code": r"[^\s]+(\s[^\s]+)*",
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "uri": r"\S+",
    "url": r"\S+",
    "canonical": r"\S+",
    "date": r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
    "dateTime": r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T\S+)?)?)?",
}
DOMAIN = {"id": "id", "contained": "*Resource", "extension": "*Extension", "language": "code", "implicitRules": "uri"}
PUBLISHED = DOMAIN | {
    "url": "uri",
    "version": "string",
    "name": "string",
    "title": "string",
    "status": "!publication-status",
    "experimental": "boolean",
    "date": "dateTime",
    "publisher": "string",
    "description": "markdown",
}
# "!x": exactly one, required binding x or type x; "*x": a list; "+x": a list of one or more.
TYPES: dict[str, dict[str, str]] = {
    "Extension": {"url": "!uri", "value[x]": "any", "extension": "*Extension"},
    "Coding": {"system": "uri", "version": "string", "code": "code", "display": "string"},
    "CodeableConcept": {"coding": "*Coding", "text": "string"},
    "Identifier": {"system": "uri", "value": "string"},
    "Reference": {"reference": "string", "display": "string", "extension": "*Extension"},
    "Period": {"start": "dateTime", "end": "dateTime"},
    "Quantity": {"value": "decimal", "unit": "string", "system": "uri", "code": "code"},
    "RelatedArtifact": {
        "type": "!related-artifact-type",
        "label": "string",
        "display": "string",
        "citation": "markdown",
        "url": "url",
        "resource": "canonical",
    },
    "Expression": {"description": "string", "language": "!code", "expression": "string"},
    "DataRequirement": {
        "extension": "*Extension",
        "type": "!code",
        "codeFilter": "*DataRequirement.codeFilter",
    },
    "DataRequirement.codeFilter": {"path": "string", "code": "*Coding"},
    "UsageContext": {"code": "!Coding", "valueCodeableConcept": "!CodeableConcept"},
    "Parameters": {"id": "id", "parameter": "*Parameters.parameter"},
    "Parameters.parameter": {
        "name": "!string",
        "value[x]": "any",
        "resource": "Resource",
        "part": "*Parameters.parameter",
    },
    "GuidanceResponse": DOMAIN
    | {
        "requestIdentifier": "Identifier",
        "identifier": "*Identifier",
        "moduleCanonical": "!canonical",
        "status": "!guidance-response-status",
        "subject": "Reference",
        "occurrenceDateTime": "dateTime",
        "performer": "Reference",
        "reasonCode": "*CodeableConcept",
        "evaluationMessage": "*Reference",
        "outputParameters": "Reference",
        "result": "Reference",
        "dataRequirement": "*DataRequirement",
    },
    "RequestGroup": DOMAIN
    | {
        "instantiatesCanonical": "*canonical",
        "status": "!request-status",
        "intent": "!request-intent",
        "subject": "Reference",
        "reasonCode": "*CodeableConcept",
        "action": "*RequestGroup.action",
    },
    "RequestGroup.action": {
        "id": "string",
        "extension": "*Extension",
        "title": "string",
        "description": "string",
        "code": "*CodeableConcept",
        "documentation": "*RelatedArtifact",
        "action": "*RequestGroup.action",
    },
    "DetectedIssue": DOMAIN
    | {
        "identifier": "*Identifier",
        "status": "!observation-status",
        "code": "CodeableConcept",
        "severity": "detected-issue-severity",
        "patient": "Reference",
        "identifiedDateTime": "dateTime",
        "detail": "string",
    },
    "OperationOutcome": DOMAIN | {"issue": "+OperationOutcome.issue"},
    "OperationOutcome.issue": {
        "severity": "!issue-severity",
        "code": "!issue-type",
        "details": "CodeableConcept",
        "expression": "*string",
    },
    "Questionnaire": PUBLISHED | {"derivedFrom": "*canonical", "subjectType": "*code", "item": "*Questionnaire.item"},
    "Questionnaire.item": {
        "extension": "*Extension",
        "linkId": "!string",
        "code": "*Coding",
        "text": "string",
        "type": "!item-type",
        "enableWhen": "*Questionnaire.item.enableWhen",
        "required": "boolean",
        "repeats": "boolean",
        "answerOption": "*Questionnaire.item.answerOption",
        "item": "*Questionnaire.item",
    },
    "Questionnaire.item.enableWhen": {
        "question": "!string",
        "operator": "!enable-operator",
        "answerCoding": "!Coding",
    },
    "Questionnaire.item.answerOption": {"valueCoding": "!Coding"},
    "PlanDefinition": PUBLISHED
    | {
        "type": "CodeableConcept",
        "useContext": "*UsageContext",
        "library": "*canonical",
        "action": "*PlanDefinition.action",
    },
    "PlanDefinition.action": {
        "id": "string",
        "title": "string",
        "description": "string",
        "code": "*CodeableConcept",
        "documentation": "*RelatedArtifact",
        "condition": "*PlanDefinition.action.condition",
        "action": "*PlanDefinition.action",
    },
    "PlanDefinition.action.condition": {"kind": "!action-condition-kind", "expression": "Expression"},
    "Library": PUBLISHED
    | {
        "identifier": "*Identifier",
        "type": "!CodeableConcept",
        "lastReviewDate": "date",
        "effectivePeriod": "Period",
        "relatedArtifact": "*RelatedArtifact",
    },
    "CapabilityStatement": PUBLISHED
    | {
        "date": "!dateTime",
        "kind": "!capability-kind",
        "software": "CapabilityStatement.software",
        "implementation": "CapabilityStatement.implementation",
        "fhirVersion": "!fhir-version",
        "format": "+code",
        "rest": "*CapabilityStatement.rest",
    },
    "CapabilityStatement.software": {"name": "!string", "version": "string"},
    "CapabilityStatement.implementation": {"description": "!string", "url": "url"},
    "CapabilityStatement.rest": {
        "mode": "!restful-mode",
        "documentation": "markdown",
        "resource": "*CapabilityStatement.rest.resource",
        "operation": "*CapabilityStatement.rest.operation",
    },
    "CapabilityStatement.rest.resource": {"type": "!code", "interaction": "*CapabilityStatement.rest.interaction"},
    "CapabilityStatement.rest.interaction": {"code": "!interaction"},
    "CapabilityStatement.rest.operation": {"name": "!string", "definition": "!canonical"},
    "OperationDefinition": PUBLISHED
    | {
        "name": "!string",
        "kind": "!operation-kind",
        "affectsState": "boolean",
        "code": "!code",
        "system": "!boolean",
        "type": "!boolean",
        "instance": "!boolean",
        "parameter": "*OperationDefinition.parameter",
    },
    "OperationDefinition.parameter": {
        "name": "!code",
        "use": "!parameter-use",
        "min": "!integer",
        "max": "!string",
        "documentation": "string",
        "type": "code",
        "part": "*OperationDefinition.parameter",
    },
}
VALUES = {
    "valueString": "string",
    "valueCode": "code",
    "valueDate": "date",
    "valueDateTime": "dateTime",
    "valueBoolean": "boolean",
    "valueCoding": "Coding",
    "valueReference": "Reference",
    "valueRelatedArtifact": "RelatedArtifact",
}
JSON_TYPES = {"boolean": bool, "integer": int, "decimal": int | float}


def faults(resource: Any) -> Faults:
    """Every fault of one resource, with its place."""
    found: Faults = []
    _resource(resource, "", found)
    return found


def _resource(resource: Any, at: str, found: Faults, inside: frozenset[str] = frozenset()) -> None:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind not in TYPES:
        found.append(f"{at}: unknown resource {kind}")
        return
    place = f"{at}/{kind}" if at else kind
    body = {name: value for name, value in resource.items() if name != "resourceType"}
    _object(kind, body, place, found)
    contained = frozenset(item.get("id", "") for item in resource.get("contained", ()))
    _references(body, place, contained or inside, found)
    _invariants(kind, resource, place, found)


def _object(kind: str, value: Any, at: str, found: Faults) -> None:
    if not isinstance(value, dict) or not value:
        found.append(f"{at}: an object with members is expected")
        return
    known = TYPES[kind]
    for name, member in value.items():
        _member(known, name, member, f"{at}.{name}", found)
    for name, spec in known.items():
        if spec[0] in "!+" and name not in value:
            found.append(f"{at}.{name}: required")
    if sum(name in VALUES for name in value) > 1:
        found.append(f"{at}: more than one value[x]")


def _member(known: dict[str, str], name: str, value: Any, at: str, found: Faults) -> None:
    spec = known.get(name) or (VALUES[name] if "value[x]" in known and name in VALUES else None)
    if spec is None:
        found.append(f"{at}: no such element")
    elif spec[0] in "*+":
        if not isinstance(value, list) or not value:
            found.append(f"{at}: a list with members is expected")
            return
        for number, item in enumerate(value):
            _value(spec[1:], item, f"{at}[{number}]", found)
    else:
        _value(spec.lstrip("!"), value, at, found)


def _value(kind: str, value: Any, at: str, found: Faults) -> None:
    if kind == "Resource":
        _resource(value, at, found)
    elif kind in TYPES:
        _object(kind, value, at, found)
    elif kind in BINDINGS:
        if value not in BINDINGS[kind].split():
            found.append(f"{at}: not in {kind}")
    elif kind in JSON_TYPES:
        if not isinstance(value, JSON_TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
            found.append(f"{at}: not {kind}")
    elif not isinstance(value, str) or not re.fullmatch(PRIMITIVES[kind], value):
        found.append(f"{at}: not {kind}")


def _references(value: Any, at: str, contained: frozenset[str], found: Faults) -> None:
    """A local reference resolves; any other is Type/id."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            _references(item, f"{at}[{number}]", contained, found)
    elif isinstance(value, dict) and "resourceType" not in value:
        reference = value.get("reference")
        if isinstance(reference, str):
            local = reference.startswith("#")
            if local and reference[1:] not in contained:
                found.append(f"{at}: {reference} is not contained")
            if not local and not re.fullmatch(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}", reference):
                found.append(f"{at}: not a reference")
        for name, item in value.items():
            _references(item, f"{at}.{name}", contained, found)


def _invariants(kind: str, resource: dict[str, Any], at: str, found: Faults) -> None:
    if "url" in TYPES[kind] and not re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,254}", resource.get("name", "X")):
        found.append(f"{at}.name: -0 not usable as an identifier")
    for contained in resource.get("contained", ()):
        if f"#{contained.get('id')}" not in str(resource):
            found.append(f"{at}: dom-3 contained {contained.get('id')} is referred to by nobody")
        if "contained" in contained:
            found.append(f"{at}: dom-2 contained resources hold none themselves")
    if kind == "Questionnaire":
        _form(resource, at, found)
    if kind == "CapabilityStatement" and resource.get("kind") == "instance" and "implementation" not in resource:
        found.append(f"{at}: cpb-15 an instance has an implementation")
    if kind == "OperationDefinition":
        _operation(resource, at, found)
    if kind == "Parameters":
        _parameters(resource.get("parameter", ()), at, found)


def _items(items: Any) -> Any:
    for item in items:
        yield item
        yield from _items(item.get("item", ()))


def _form(resource: dict[str, Any], at: str, found: Faults) -> None:
    items = list(_items(resource.get("item", ())))
    links = [item.get("linkId") for item in items]
    found += [f"{at}: que-2 {link} occurs twice" for link in {link for link in links if links.count(link) > 1}]
    for item in items:
        kind, link = item.get("type"), item.get("linkId")
        if (kind == "group") != bool(item.get("item")) and kind in {"group", "display"}:
            found.append(f"{at}: que-1 {link}")
        if kind == "display" and {"code", "required", "repeats"} & item.keys():
            found.append(f"{at}: que-3/6 {link}")
        if "answerOption" in item and kind != "choice":
            found.append(f"{at}: que-5 {link}")
        if kind == "choice" and "answerOption" not in item:
            found.append(f"{at}: a choice without options {link}")
        if len(item.get("enableWhen", ())) > 1 and "enableBehavior" not in item:
            found.append(f"{at}: que-12 {link}")
        found += [
            f"{at}: {link} depends on a question that is not asked"
            for gate in item.get("enableWhen", ())
            if gate.get("question") not in links
        ]


def _operation(resource: dict[str, Any], at: str, found: Faults) -> None:
    for parameter in resource.get("parameter", ()):
        if ("type" in parameter) == ("part" in parameter):
            found.append(f"{at}: opd-1 {parameter.get('name')} has a type or parts")


def _parameters(parts: Any, at: str, found: Faults) -> None:
    for part in parts:
        held = [name for name in part if name in VALUES or name in {"resource", "part"}]
        if len(held) != 1:
            found.append(f"{at}: inv-1 {part.get('name')} holds one thing")
