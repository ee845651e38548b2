"""Small FHIR R4 resources for tests, in the shape that servers send."""

from typing import Any

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
HCPCS = "http://terminology.hl7.org/CodeSystem/HCPCS"
UCUM = "http://unitsofmeasure.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
HER = {"reference": "Patient/p1"}
Resource = dict[str, Any]


def bundle(*resources: Any, **more: Any) -> Resource:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": item} for item in resources], **more}


def concept(*codings: tuple[str, str], text: str | None = None) -> Resource:
    found: Resource = {"coding": [{"system": system, "code": code} for system, code in codings]}
    return {**found, "text": text} if text else found


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1992-03-01", **more}


def condition(
    named: str, *codings: tuple[str, str], clinical: str | None = "active", verified: str | None = None, **more: Any
) -> Resource:
    found = {"resourceType": "Condition", "id": named, "subject": HER, "code": concept(*codings), **more}
    if clinical:
        found["clinicalStatus"] = concept((CLINICAL, clinical))
    if verified:
        found["verificationStatus"] = concept((VERIFICATION, verified))
    return found


def observation(
    named: str, code: str, on: str | None = "2026-11-01", *, status: str = "final", **more: Any
) -> Resource:
    found = {
        "resourceType": "Observation",
        "id": named,
        "status": status,
        "subject": HER,
        "code": concept((LOINC, code)),
        **more,
    }
    return {**found, "effectiveDateTime": on} if on else found


def quantity(value: Any, unit: str, **more: Any) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}
