"""Discovery: the services, and the prefetch templates that a FHIR R4 server can resolve.

Plain tokens only, and within the specification's query subset: read of an instance, token equality with comma as "or", ``_sort`` and
``_count``. Each address stays under 2,000 characters.
"""

from collections.abc import Iterable

from app.clinical.card_words import CardPrefetch, CardService
from app.clinical.ruleset import RuleSet
from app.clinical.terms import Term
from app.hooks.shapes import Json, without_empty

VERSION = "2.0.1"
HOOK_VERSION = "1.0"
PATIENT = "{{context.patientId}}"


def template(words: CardPrefetch, terms: Iterable[Term]) -> str:
    """One FHIR read or search, with the token of the patient in it."""
    if words.resource == "Patient":
        return f"Patient/{PATIENT}"
    codes = ",".join(f"{words.system}|{code}" for code in _codes(words, terms))
    parts = (f"patient={PATIENT}", f"code={codes}" if codes else "", words.query or "")
    return f"{words.resource}?{'&'.join(filter(None, parts))}"


def _codes(words: CardPrefetch, terms: Iterable[Term]) -> list[str]:
    """The codes that lead to a section asked for; a LOINC answer (LA...) is a value, never the code of an observation."""
    found = {
        term.code
        for term in terms
        if term.system == words.system and term.target.partition("/")[0] in words.sections and term.code[0].isdigit()
    }
    return sorted(found)


def prefetch_templates(rules: RuleSet) -> dict[str, str]:
    """The templates by key, the same for every service."""
    return {item.id: template(item, rules.knowledge.terminology) for item in rules.card_words.prefetch}


def services(rules: RuleSet) -> Json:
    """The answer to discovery."""
    prefetch = prefetch_templates(rules)
    return {"services": [_service(item, prefetch) for item in rules.card_words.services]}


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
