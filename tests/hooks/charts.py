"""Charts and drafts as an EHR holds them, made up."""

from typing import Any

from tests.hooks.ehr import Json

SNOMED, LOINC, ICD = "http://snomed.info/sct", "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
ATC = "http://www.whocc.no/atc"
ACTIVE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
CONFIRMED = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}]}
HERS = {"reference": "Patient/p1"}
CONTEXT = {"userId": "Practitioner/d1", "patientId": "p1"}


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1991-05-14", **more}


def coded(system: str, code: str, text: str = "") -> Json:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def condition(name: str, system: str, code: str, onset: str | None = None, **more: Any) -> Json:
    found = {
        "resourceType": "Condition",
        "id": name,
        "clinicalStatus": ACTIVE,
        "verificationStatus": CONFIRMED,
        "code": coded(system, code),
        "subject": HERS,
        **more,
    }
    return found | ({"onsetDateTime": onset} if onset else {})


def result(name: str, code: str, on: str = "2026-10-01", **value: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": coded(LOINC, code),
        "subject": HERS,
        "effectiveDateTime": on,
        **value,
    }


def quantity(value: float, unit: str) -> Json:
    return {"valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}}


def losses(*dates: str) -> list[Json]:
    """One miscarriage for each date."""
    return [condition(f"loss{index}", ICD, "O03.9", on) for index, on in enumerate(dates)]


def order(name: str = "o1", drug: Json | None = None, **more: Any) -> Json:
    """A draft MedicationRequest, of IVIG unless said otherwise."""
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "draft",
        "intent": "order",
        "subject": HERS,
        "medicationCodeableConcept": drug or coded(ATC, "J06BA02", "Immunoglobulin, normal human, intravenous"),
        **more,
    }


def drafts(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in resources]}


def ordering(*resources: Json, selections: list[str] | None = None) -> Json:
    """The context of an order hook."""
    made: Json = {**CONTEXT, "draftOrders": drafts(*resources)}
    return made | {"selections": selections or [f"{item['resourceType']}/{item['id']}" for item in resources[:1]]}
