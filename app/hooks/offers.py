"""Suggestions: draft orders that would answer an open question. One suggestion, one action, one resource."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from app.clinical.card_words import CardSuggestion
from app.clinical.result_sections import AntiphospholipidTest, AplResult
from app.hooks.content import Seen
from app.hooks.shapes import HookContext, Json

DAY_FORM = len("2026-11-25")


def offers_of(seen: Seen, topic: str) -> list[dict[str, Any]]:
    """The suggestions that fit a topic and answer a question that is open."""
    missing = {fact for item in seen.answer.missing for fact in item.facts}
    return [
        {"words": words, "not_before": _not_before(seen, words)}
        for words in seen.words.suggestions
        if topic in words.topics and missing.issuperset(words.facts) and _has_reason(seen, words)
    ]


def _has_reason(seen: Seen, words: CardSuggestion) -> bool:
    """A check that applies and is not done, or a positive test that was not repeated."""
    open_checks = {item.id for item in seen.answer.workup if item.applies == "true" and item.done != "true"}
    return bool(open_checks.intersection(words.checks)) or bool(words.repeats and _positive(seen, words))


def _positive(seen: Seen, words: CardSuggestion) -> list[AntiphospholipidTest]:
    tests = seen.history.antiphospholipid_tests or ()
    return [item for item in tests if item.assay == words.repeats and _is_positive(item)]


def _is_positive(test: AntiphospholipidTest) -> bool:
    """As the laboratory called it; what a number means is the rules' affair."""
    if test.result is not None:
        return test.result is AplResult.POSITIVE
    return bool(test.above_99th_percentile)


def _not_before(seen: Seen, words: CardSuggestion) -> date | None:
    """The first day on which a repeated test can show that an antibody persists; None where it is past or not known."""
    dates = [item.on for item in _positive(seen, words) if item.on and len(item.on) == DAY_FORM]
    if not dates or words.after is None:
        return None
    day = date.fromisoformat(min(dates)) + timedelta(days=int(seen.limits[words.after].value))
    return day if day > seen.answer.as_of else None


def suggestion(offer: dict[str, Any], card: UUID, context: HookContext) -> Json:
    """The suggestion of a card. Its uuid follows from the card's, so feedback can be read without storing it."""
    words: CardSuggestion = offer["words"]
    action = {
        "type": "create",
        "description": words.description,
        "resource": _request(words, offer["not_before"], context),
    }
    return {"label": words.label, "uuid": str(suggestion_id(card, words.id)), "actions": [action]}


def suggestion_id(card: UUID, name: str) -> UUID:
    """The uuid of one suggestion on one card."""
    return uuid5(card, name)


def _request(words: CardSuggestion, not_before: date | None, context: HookContext) -> Json:
    coding = words.coding
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {
            "coding": [{"system": coding.system, "code": coding.code, "display": coding.display}],
            "text": words.label,
        },
        "subject": {"reference": f"Patient/{context.patient_id}"},
        "encounter": {"reference": f"Encounter/{context.encounter_id}"} if context.encounter_id else None,
        "occurrenceDateTime": not_before.isoformat() if not_before else None,
    }
