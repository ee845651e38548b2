"""Complications of a past pregnancy: attached where the chart says in which one it was, otherwise listed and asked about.

Which one it was is said by dates: of a pregnancy that ended in a fetal death, what is dated in the six weeks before that
death; of any loss of a fetus, what one encounter that lasted no longer holds beside it. That two records were written down
at one visit says nothing: a history is taken at one visit too (R4, Condition.encounter).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from app.clinical.obstetric_sections import Complication
from app.fhir.bundle import Resource
from app.fhir.draft import Draft
from app.fhir.events import SAME_EVENT, Event
from app.fhir.reading import Unread, Why
from app.fhir.walk import MalformedError, items, mapping, text, when

NAMED = {item.value: item for item in Complication} | {"superimposed_preeclampsia": Complication.PREECLAMPSIA}
FOUND = "complications"
_NO_PLACENTA = frozenset({"biochemical", "ectopic", "molar"})
_HELD = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})
"""Statuses of an encounter that took place."""


def attached(draft: Draft, groups: list[list[Event]]) -> list[tuple[Complication, ...]]:
    """The complications of each event, in the order of the events; one that may be of several is of none."""
    found: list[dict[Complication, None]] = [{} for _ in groups]
    for event in draft.found.pop(FOUND, ()):
        own = [place for place, group in enumerate(groups) if _belongs(draft, event, group)]
        if len(own) == 1:
            found[own[0]][NAMED[event.name]] = None
        else:
            draft.unread.append(Unread(event.resource.reference, Why.PREGNANCY))
    return [tuple(sorted(item)) for item in found]


def _belongs(draft: Draft, event: Event, group: list[Event]) -> bool:
    if not event.exact:
        return False
    if any(item.exact and item.name == "fetal_death" and _before(event, item) for item in group):
        return True
    return any(item.exact and item.name not in _NO_PLACENTA and _one_stay(draft, event, item) for item in group)


def _before(event: Event, end: Event) -> bool:
    return end.first - SAME_EVENT <= event.first <= end.first


def _one_stay(draft: Draft, event: Event, end: Event) -> bool:
    """Whether both happened while one encounter, which both name, lasted."""
    named = {text(mapping(item.resource.data, "encounter"), "reference") for item in (event, end)}
    reference = named.pop()
    if named or not reference:
        return False
    found = draft.collected.resolve(event.resource, reference)
    if found is None or text(found, "status") not in _HELD:
        return False
    period = mapping(found, "period")
    start, stop = when(text(period, "start")), when(text(period, "end"))
    if start is None or stop is None or stop.last - start.first > SAME_EVENT:
        return False
    return all(_within(start.first, item.first, stop.last) for item in (event, end))


def _within(first: date, day: date, last: date) -> bool:
    return first <= day <= last


def read_stays(draft: Draft, own: Iterable[Resource]) -> Iterator[Unread]:
    """What an encounter or an episode of care holds that was not sent; no fact of its own is read from either."""
    kinds: dict[str, None] = {}
    for item in own:
        if item.type in {"Encounter", "EpisodeOfCare"}:
            kinds[item.type] = None
            yield from _diagnoses(draft, item)
    yield from (Unread(kind, Why.ASIDE) for kind in kinds)


def _diagnoses(draft: Draft, item: Resource) -> Iterator[Unread]:
    """A diagnosis is read from its Condition; one that was not sent is not known here."""
    try:
        named = [text(mapping(part, "condition"), "reference") for part in items(item.data, "diagnosis")]
        lost = any(draft.collected.resolve(item, reference) is None for reference in named if reference)
    except MalformedError:
        yield Unread(item.reference, Why.MALFORMED)
        return
    if lost:
        yield Unread(item.reference, Why.UNRESOLVED)
