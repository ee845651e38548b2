"""Synthetic FHIR requests shown in the API documentation."""

from typing import Any

from app.fhir.names import MEDIA_TYPE

_HER = {"reference": "Patient/example"}
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def _loss(number: int, on: str) -> dict[str, Any]:
    return {
        "resource": {
            "resourceType": "Condition",
            "id": f"loss-{number}",
            "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "resolved"}]},
            "subject": _HER,
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "17369002", "display": "Miscarriage"}]},
            "onsetDateTime": on,
        }
    }


CHART: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "example",
                "gender": "female",
                "birthDate": "1992-03-01",
            }
        },
        *(_loss(number, on) for number, on in enumerate(("2023-05", "2024-02", "2024-11", "2025-09"), 1)),
        {
            "resource": {
                "resourceType": "Observation",
                "id": "weight",
                "status": "final",
                "subject": _HER,
                "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]},
                "effectiveDateTime": "2026-11-20",
                "valueQuantity": {"value": 62, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
            }
        },
    ],
}
ANSWERS: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "status": "completed",
    "subject": _HER,
    "item": [
        {
            "linkId": "migraine",
            "item": [
                {
                    "linkId": "condition.migraine",
                    "answer": [
                        {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "N"}}
                    ],
                }
            ],
        }
    ],
}
WITH_ANSWERS: dict[str, Any] = {
    "resourceType": "Parameters",
    "parameter": [
        {"name": "bundle", "resource": CHART},
        {"name": "questionnaireResponse", "resource": ANSWERS},
        {"name": "jurisdiction", "valueCode": "DK"},
        {"name": "asOf", "valueDate": "2026-11-25"},
    ],
}
_SCHEMA = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string", "enum": ["Bundle", "Parameters"]}},
}
_EXAMPLES = {
    "chart": {"summary": "A Bundle: four losses, birth date and weight", "value": CHART},
    "chart-and-answers": {
        "summary": "Parameters: the same with an answered form, a date and a place",
        "value": WITH_ANSWERS,
    },
}
_CONTENT = {"schema": _SCHEMA, "examples": _EXAMPLES}
ASSESS_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {MEDIA_TYPE: _CONTENT, "application/json": _CONTENT}}
}
