"""Discovery: the services, and the prefetch templates that a FHIR R4 server can resolve.

Plain tokens only, and within the specification's query subset: read of an instance, token equality with comma as "or", ``_sort`` and
``_count``. Each address stays under 2,000 characters.
"""

from app.clinical.card_words import CardPrefetch, CardService, CardWords
from app.hooks.shapes import Json, without_empty

VERSION = "2.0.1"
HOOK_VERSION = "1.0"
PATIENT = "{{context.patientId}}"


def template(words: CardPrefetch) -> str:
    """One FHIR read or search, with the token of the patient in it."""
    if words.resource == "Patient":
        return f"Patient/{PATIENT}"
    codes = ",".join(f"{words.system}|{code}" for code in words.codes)
    parts = (f"patient={PATIENT}", f"code={codes}" if codes else "", words.query or "")
    return f"{words.resource}?{'&'.join(filter(None, parts))}"


def services(words: CardWords) -> Json:
    """The answer to discovery."""
    prefetch = {item.id: template(item) for item in words.prefetch}
    return {"services": [_service(item, prefetch) for item in words.services]}


def _service(words: CardService, prefetch: dict[str, str]) -> Json:
    return without_empty(
        {
            "hook": words.hook,
            "id": words.id,
            "title": words.title,
            "description": words.description,
            "usageRequirements": words.usage,
            "prefetch": prefetch,
            "version": VERSION,
            "hookVersion": HOOK_VERSION,
        }
    )
