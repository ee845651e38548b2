"""Is she pregnant, and how far: from due dates, last periods, gestations and statements, brought to the day of assessment."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.clinical.obstetric_sections import CurrentPregnancy, Dating, Postpartum, PregnancyStatus
from app.clinical.scalars import GestationalAge
from app.fhir.draft import Draft, origin
from app.fhir.events import Event
from app.fhir.observations import Measured, newest_first
from app.fhir.reading import Origin, Unread, Why
from app.fhir.units import quantity_unit
from app.fhir.values import quantity, targets
from app.fhir.walk import codings, dated_or_none, mapping, text, when

TERM = timedelta(days=280)
LONGEST = 301
"""Days: 43 weeks. A gestation beyond it was never closed in the chart."""
FRESH = timedelta(days=31)
PUERPERIUM = 42
_WEEK = 7
_WORDS = re.compile(
    r"(\d{1,2})\s*(?:weeks|week|wks|wk|w|\+)\s*(?:and\s*)?(?:(\d)\s*(?:days|day|d)?)?", re.ASCII | re.IGNORECASE
)
_DATING = {"lmp": Dating.LMP, "transfer": Dating.TRANSFER}


@dataclass(frozen=True, slots=True)
class Dated:
    """When a pregnancy began, counted from the last period: between two days, both included."""

    earliest: date
    latest: date
    dating: Dating | None
    origin: Origin
    stated_on: date | None


def date_pregnancy(draft: Draft) -> Dated | None:
    """The beginning of the present pregnancy: by the newest due date, else gestation, else last period."""
    for name in ("due_date", "gestation", "last_period"):
        found = [
            item for key, held in draft.found.items() if key.partition(".")[0] == f"pregnancy/{name}" for item in held
        ]
        for item in newest_first(found):
            dated = _dated(item, name)
            if dated is None:
                draft.unread.append(Unread(item.resource.reference, Why.VALUE))
            elif (
                draft.as_of and 0 <= (draft.as_of - dated.latest).days <= (draft.as_of - dated.earliest).days <= LONGEST
            ):
                return dated
            else:
                draft.unread.append(Unread(item.resource.reference, Why.STALE))
    return None


def _coded_weeks(draft: Draft) -> list[tuple[date, Dated]]:
    """Diagnosis codes of a week of gestation: true on the day they are about, else on the day they were recorded."""
    found = []
    for item in draft.found.get("pregnancy", ()):
        weeks = item.term.count
        if item.name == "gestation_weeks" and weeks is not None:
            at = item.at or dated_or_none(item.resource.data, "recordedDate")
            if at is None or at.first != at.last:
                draft.unread.append(Unread(item.resource.reference, Why.NO_DATE))
                continue
            low, high = weeks * _WEEK, weeks * _WEEK + _WEEK - 1
            start, end = at.first - timedelta(high), at.first - timedelta(low)
            found.append((at.first, Dated(start, end, None, origin(item.resource, at), at.first)))
    return found


def date_by_codes(draft: Draft, dated: Dated | None) -> Dated | None:
    """The pregnancy as it was dated, else by the newest diagnosis code that names a week."""
    if dated is not None or draft.as_of is None:
        return dated
    newest = sorted(_coded_weeks(draft), key=lambda item: item[0], reverse=True)
    held = [item for _, item in newest if (draft.as_of - item.earliest).days <= LONGEST]
    draft.unread += [Unread(item.origin.reference, Why.STALE) for _, item in newest if item not in held]
    return held[0] if held else None


def _dated(item: Measured, name: str) -> Dated | None:
    dating = _DATING.get(item.name.partition(".")[2]) or (Dating.LMP if name == "last_period" else None)
    stated_on = item.at.first if item.at else None
    if name == "gestation":
        days = _gestation(item)
        if days is None or item.at is None or item.at.first != item.at.last:
            return None
        low, high = days
        start = item.at.first
        return Dated(start - timedelta(high), start - timedelta(low), dating, origin(item.resource, item.at), stated_on)
    day = when(text(item.data, "valueDateTime"))
    if day is None or day.first != day.last:
        return None
    start = day.first - TERM if name == "due_date" else day.first
    return Dated(start, start, dating, origin(item.resource, item.at), stated_on)


def _gestation(item: Measured) -> tuple[int, int] | None:
    """Days of a gestation, lowest and highest: whole weeks leave the days of the week open."""
    held = quantity(item.data)
    if held is None:
        found = _WORDS.fullmatch((text(item.data, "valueString") or "").strip())
        return _span(int(found[1]), int(found[2]) if found[2] else None) if found else None
    unit = quantity_unit(held.data, ("wk", "d")) if held.comparator is None else None
    if unit == "d" and held.value == held.value.to_integral_value():
        return int(held.value), int(held.value)
    return _span(int(held.value), None) if unit == "wk" else None


def _span(weeks: int, days: int | None) -> tuple[int, int] | None:
    if days is not None and days >= _WEEK:
        return None
    return (weeks * _WEEK + (days or 0), weeks * _WEEK + (_WEEK - 1 if days is None else days))


def read_pregnancy(draft: Draft, dated: Dated | None) -> None:
    """The state of today, unless an end of the pregnancy or a later statement contradicts it."""
    dated = date_by_codes(draft, dated)
    statement = _statement(draft)
    ended = _ended(draft)
    if dated and ((ended and ended >= dated.earliest) or _denied(statement, dated)):
        draft.unread.append(Unread(dated.origin.reference, Why.CONTRADICTED))
        dated = None
    if dated and draft.as_of:
        age = _age(dated, draft.as_of)
        draft.fields["current_pregnancy"] = (CurrentPregnancy(gestational_age=age, dating=dated.dating), dated.origin)
    elif statement:
        _state(draft, statement, ended)
    _postpartum(draft)


def _age(dated: Dated, on: date) -> GestationalAge:
    low, high = (on - dated.latest).days, (on - dated.earliest).days
    if low == high:
        return GestationalAge(weeks=low // _WEEK, days=low % _WEEK)
    return GestationalAge(weeks=low // _WEEK, weeks_max=high // _WEEK)


@dataclass(frozen=True, slots=True)
class Statement:
    """That she is or is not pregnant, on a day."""

    pregnant: bool
    on: date
    origin: Origin


def _statement(draft: Draft) -> Statement | None:
    """The newest dated statement; two of one day that differ say nothing."""
    found = [*_observed(draft), *_diagnosed(draft)]
    last = max((item.on for item in found), default=None)
    newest = [item for item in found if item.on == last]
    if len({item.pregnant for item in newest}) > 1:
        draft.unread += [Unread(item.origin.reference, Why.CONTRADICTED) for item in newest]
        return None
    return newest[0] if newest else None


def _observed(draft: Draft) -> list[Statement]:
    found = []
    for item in draft.found.get("pregnancy/status", ()):
        said = targets(item.data, draft.terms, "pregnancy/")
        if len(said) != 1 or item.at is None:
            draft.unread.append(Unread(item.resource.reference, Why.VALUE if item.at else Why.NO_DATE))
        else:
            found.append(Statement(said == {"pregnancy/pregnant"}, item.at.first, origin(item.resource, item.at)))
    return found


def _diagnosed(draft: Draft) -> list[Statement]:
    held: list[Event] = [item for item in draft.found.get("pregnancy", []) if item.name != "gestation_weeks"]
    found = []
    for item in held:
        active = any(code == "active" for _, code in codings(mapping(item.resource.data, "clinicalStatus")))
        if item.name not in {"pregnant", "not_pregnant"} or item.at is None or not active:
            draft.unread.append(Unread(item.resource.reference, Why.INACTIVE if item.at else Why.NO_DATE))
        else:
            found.append(Statement(item.name == "pregnant", item.at.first, origin(item.resource, item.at)))
    return found


def _ended(draft: Draft) -> date | None:
    """The last day on which a pregnancy certainly ended."""
    losses = [item.first for item in draft.found.get("pregnancies", ()) if item.at]
    return max([*losses, *(day for day, _ in _births(draft))], default=None)


def _births(draft: Draft) -> list[tuple[date, Origin]]:
    found = []
    for item in draft.found.get("pregnancy/delivery", ()):
        day = when(text(item.data, "valueDateTime"))
        if day and day.first == day.last:
            found.append((day.first, origin(item.resource, item.at)))
        else:
            draft.unread.append(Unread(item.resource.reference, Why.VALUE))
    return found


def _denied(statement: Statement | None, dated: Dated) -> bool:
    if statement is None or statement.pregnant:
        return False
    return dated.stated_on is None or statement.on >= dated.stated_on


def _state(draft: Draft, statement: Statement, ended: date | None) -> None:
    """A statement without a gestation is one about today only while it is fresh."""
    if draft.as_of is None or draft.as_of - statement.on > FRESH or (ended and ended >= statement.on):
        draft.unread.append(Unread(statement.origin.reference, Why.STALE))
    elif statement.pregnant:
        draft.fields["current_pregnancy"] = (CurrentPregnancy(), statement.origin)
    else:
        draft.fields["pregnancy_status"] = (PregnancyStatus.NOT_PREGNANT, statement.origin)


def _postpartum(draft: Draft) -> None:
    if draft.as_of is None or "current_pregnancy" in draft.fields:
        return
    for day, source in sorted(_births(draft), reverse=True)[:1]:
        days = (draft.as_of - day).days
        if 0 <= days <= PUERPERIUM:
            draft.fields.pop("pregnancy_status", None)
            draft.fields["postpartum"] = (Postpartum(days=days), source)
