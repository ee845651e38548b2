"""Discovery: the services, and the prefetch templates that a FHIR R4 server can resolve.

Plain tokens only, and within the specification's query subset: read of an instance, token equality with comma as "or", ``_sort`` and
``_count``. Each address stays under 2,000 characters.
"""

from collections.abc import Iterable

from app.clinical.card_words import CardService, CardWords
from app.hooks.shapes import Json, without_empty

VERSION = "2.0.1"
HOOK_VERSION = "1.0"
PATIENT = "{{context.patientId}}"
LOINC = "http://loinc.org"

PREGNANCY = (
    "11996-6 11977-6 11612-9 11614-5 11613-7 33065-4 11636-8 11639-2 11637-6 11640-0 11638-4 82810-3 11778-8 11779-6 11780-4 "
    "8665-2 18185-9 11884-4 11885-1 49051-6 56077-1 29463-7 3141-9 8302-2 8480-6 8462-4 85354-9"
).split()
"""Counts of pregnancies, state and dating of a pregnancy, body measurements and blood pressure."""
LABORATORY = (
    "2458-8 2465-3 2160-0 14682-9 3094-0 2951-2 777-3 26515-7 1742-6 1920-8 1975-2 2532-0 4542-7 718-7 1007-4 882-1 883-9 10331-7 "
    "3084-1 2890-2 2888-6 5804-0 2889-4 3016-3 8099-4 5196-1 890-4 74757-6"
).split()
"""Immunoglobulins, kidney, blood count, haemolysis, blood group, liver, urine protein, thyroid, serology."""
ANTIPHOSPHOLIPID = (
    "3181-5 3182-3 5076-5 8065-5 44448-9 44449-7 16135-6 3281-3 6303-2 50410-0 34571-0 15359-3 57838-5 75884-7 75514-0 75515-7 75881-3"
).split()

TRANSFERS = "http://snomed.info/sct|75456002,http://snomed.info/sct|236894009"


def prefetch() -> dict[str, str]:
    """The templates, the same for every service: a client that answers one can answer all."""
    by_patient = f"patient={PATIENT}"
    return {
        "patient": f"Patient/{PATIENT}",
        "conditions": f"Condition?{by_patient}",
        "pregnancy": _observations(PREGNANCY),
        "laboratory": _observations(LABORATORY),
        "antiphospholipid": _observations(ANTIPHOSPHOLIPID),
        "medications": f"MedicationRequest?{by_patient}&status=active,completed,on-hold",
        "procedures": f"Procedure?{by_patient}&code={TRANSFERS}",
        "allergies": f"AllergyIntolerance?{by_patient}",
    }


def _observations(codes: Iterable[str]) -> str:
    named = ",".join(f"{LOINC}|{code}" for code in codes)
    return f"Observation?patient={PATIENT}&code={named}&_sort=-date&_count=200"


def services(words: CardWords) -> Json:
    """The answer to discovery."""
    return {"services": [_service(item) for item in words.services]}


def _service(words: CardService) -> Json:
    return without_empty(
        {
            "hook": words.hook,
            "id": words.id,
            "title": words.title,
            "description": words.description,
            "usageRequirements": words.usage,
            "prefetch": prefetch(),
            "version": VERSION,
            "hookVersion": HOOK_VERSION,
        }
    )
