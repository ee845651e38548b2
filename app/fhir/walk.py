"""Reading plain dicts, as JSON decodes to, of any shape: each getter gives what is there in its right form or raises."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.clinical.scalars import partial_date_bounds

Json = Mapping[str, Any]
MOST_CODINGS = 100
"""Codings of one concept that are looked at; a concept of a chart has a handful."""
_DATE = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T.*)?", re.ASCII | re.DOTALL)
_LONGEST_NUMBER = 40


class MalformedError(ValueError):
    """A part of a resource does not have the form that FHIR R4 gives it."""


@dataclass(frozen=True, slots=True)
class When:
    """A FHIR date: as a partial date of the history, and the instant where one was stated."""

    on: str
    instant: datetime | None = None

    @property
    def first(self) -> date:
        return partial_date_bounds(self.on)[0]

    @property
    def last(self) -> date:
        return partial_date_bounds(self.on)[1]


def mapping(data: Json, name: str) -> Json:
    """The object under this name; an empty one if there is none."""
    found = data.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise MalformedError(name)
    return found


def items(data: Json, name: str) -> Iterator[Json]:
    """The objects of the list under this name."""
    found = data.get(name)
    if found is None:
        return
    if not isinstance(found, list):
        raise MalformedError(name)
    for item in found:
        if not isinstance(item, dict):
            raise MalformedError(name)
        yield item


def text(data: Json, name: str) -> str | None:
    """The text under this name."""
    found = data.get(name)
    if found is None or isinstance(found, str):
        return found
    raise MalformedError(name)


def number(value: object) -> Decimal:
    """A JSON number, or a number written as text, exactly. Raises MalformedError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise MalformedError("number")
    written = str(value).strip()
    try:
        found = Decimal(written) if len(written) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise MalformedError("number")
    return found


def when(stated: str | None) -> When | None:
    """A FHIR date, dateTime or instant; the day is the one that the sender's clock showed."""
    if stated is None:
        return None
    found = _DATE.fullmatch(stated)
    if found is None:
        raise MalformedError("date")
    try:
        partial_date_bounds(found[1])
        return When(found[1], _instant(stated))
    except ValueError:
        raise MalformedError("date") from None


def dated_or_none(data: Json, name: str) -> When | None:
    """The date under this name, or None where it is none: for dates that only say when something was written down."""
    try:
        return when(text(data, name))
    except MalformedError:
        return None


def _instant(stated: str) -> datetime | None:
    """Only an instant with its zone can be put in order with others."""
    if "T" not in stated:
        return None
    found = datetime.fromisoformat(stated)
    return found if found.tzinfo else None


def time_of(data: Json, name: str) -> When | None:
    """The choice element ``name[x]``: a dateTime, an instant, or a Period by its start, else its end."""
    plain = data.get(f"{name}DateTime")
    if plain and isinstance(plain, str):
        return when(plain)
    period = mapping(data, f"{name}Period")
    stated = (text(data, f"{name}DateTime"), text(data, f"{name}Instant"), text(period, "start"), text(period, "end"))
    return when(next((item for item in stated if item), None))


def codings(concept: Json) -> Iterator[tuple[str, str]]:
    """System and code of each coding that has both."""
    for place, coding in enumerate(items(concept, "coding")):
        if place >= MOST_CODINGS:
            raise MalformedError("coding")
        system, code = text(coding, "system"), text(coding, "code")
        if system and code:
            yield system, code


def words(concept: Json) -> Iterator[str]:
    """What a concept says in words: its text, and the display of each coding."""
    stated = text(concept, "text")
    if stated:
        yield stated
    for place, coding in enumerate(items(concept, "coding")):
        display = text(coding, "display")
        if display and place < MOST_CODINGS:
            yield display


def code_of(data: Json, name: str) -> str | None:
    """The one code of a CodeableConcept with a required HL7 binding, or of a plain code."""
    found = data.get(name)
    if found is None or isinstance(found, str):
        return found
    concept = mapping(data, name)
    return next((code for _, code in codings(concept)), None) or next(
        (code for coding in items(concept, "coding") if (code := text(coding, "code"))), None
    )
