"""Reading feedback: what became of a card, in either spelling of the override field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from app.errors import InputError, Problem
from app.hooks.shapes import Json

MOST_ITEMS = 500
MOST_SUGGESTIONS = 50
Outcome = Literal["accepted", "overridden"]


@dataclass(frozen=True, slots=True)
class FeedbackItem:
    """What became of one card. ``comment`` is free text, kept only where a site asks for it."""

    card: UUID
    outcome: Outcome
    at: datetime
    suggestions: tuple[UUID, ...] = ()
    override_code: str | None = None
    comment: str | None = None


def read_feedback(body: Json) -> tuple[FeedbackItem, ...]:
    """The feedback in ``body``. Raises InputError 422 for the first entries that are none; then nothing is stored."""
    entries = body.get("feedback")
    if not isinstance(entries, list) or not entries:
        raise InputError("invalid-input", (Problem("/feedback", "required", "A list of feedback is expected."),))
    if len(entries) > MOST_ITEMS:
        raise InputError(
            "invalid-input", (Problem("/feedback", "too_long", f"At most {MOST_ITEMS} are read at once."),)
        )
    return tuple(_items(entries))


def _items(entries: list[Any]) -> Iterator[FeedbackItem]:
    for index, entry in enumerate(entries):
        place = f"/feedback/{index}"
        if not isinstance(entry, dict):
            raise _wrong(place, "An object is expected.")
        yield _item(entry, place)


def _item(entry: Json, place: str) -> FeedbackItem:
    outcome = entry.get("outcome")
    if outcome not in {"accepted", "overridden"}:
        raise _wrong(f"{place}/outcome", "Expected one of: accepted, overridden.")
    suggestions = _suggestions(entry, place) if outcome == "accepted" else ()
    reason = _reason(entry) if outcome == "overridden" else {}
    return FeedbackItem(
        card=_uuid(entry.get("card"), f"{place}/card"),
        outcome=outcome,
        at=_moment(entry.get("outcomeTimestamp"), f"{place}/outcomeTimestamp"),
        suggestions=suggestions,
        override_code=_code(reason.get("reason")),
        comment=reason["userComment"] if isinstance(reason.get("userComment"), str) else None,
    )


def _suggestions(entry: Json, place: str) -> tuple[UUID, ...]:
    stated = entry.get("acceptedSuggestions")
    where = f"{place}/acceptedSuggestions"
    if not isinstance(stated, list) or not stated or len(stated) > MOST_SUGGESTIONS:
        raise _wrong(where, "An accepted card names the suggestions that were taken.")
    return tuple(
        _uuid(item.get("id") if isinstance(item, dict) else None, f"{where}/{index}/id")
        for index, item in enumerate(stated)
    )


def _reason(entry: Json) -> Json:
    """Epic's page writes ``overrideReasons``; it may be a list, and hold nothing but an extension."""
    stated = entry.get("overrideReason", entry.get("overrideReasons"))
    first = stated[0] if isinstance(stated, list) and stated else stated
    return first if isinstance(first, dict) else {}


def _code(reason: object) -> str | None:
    code = reason.get("code") if isinstance(reason, dict) else None
    return code if isinstance(code, str) else None


def _uuid(value: object, place: str) -> UUID:
    try:
        return UUID(str(value).removeprefix("urn:uuid:"))
    except ValueError:
        raise _wrong(place, "A UUID is expected.") from None


def _moment(value: object, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong(place, "A moment with its offset is expected (RFC 3339).") from None
    if moment.tzinfo is None:
        raise _wrong(place, "A moment with its offset is expected (RFC 3339).")
    return moment.astimezone(UTC)


def _wrong(pointer: str, detail: str) -> InputError:
    return InputError("invalid-input", (Problem(pointer, "invalid", detail),))
