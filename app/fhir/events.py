"""Events of which a chart may hold several records: each counted once, never more often than is certain."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.clinical.obstetric_sections import Complication, LossSummary, Pregnancy, PregnancyOutcome
from app.clinical.scalars import CountRange
from app.clinical.sections import ThrombosisType, ThromboticEvent
from app.clinical.terms import Term
from app.fhir.bundle import Resource
from app.fhir.draft import Draft, origin
from app.fhir.observations import Measured, newest_first
from app.fhir.reading import Origin, Unread, Why
from app.fhir.values import whole
from app.fhir.walk import MalformedError, When

SAME_EVENT = timedelta(days=42)
"""Records of one kind within six weeks are taken as one event; INTEROP 3.1."""


MOST = 60
_LOSSES = frozenset({"biochemical", "miscarriage", "fetal_death", "loss_unspecified"})
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)


Complicated = Callable[[list[list["Event"]]], list[tuple[Complication, ...]]]


@dataclass(frozen=True, slots=True)
class Event:
    """One record of an event: what its code says, when it was, and the resource."""

    term: Term
    at: When | None
    resource: Resource

    @property
    def name(self) -> str:
        return self.term.target.partition("/")[2]

    @property
    def kind(self) -> str:
        """What is counted together."""
        return "loss" if self.name in _LOSSES else self.name

    @property
    def first(self) -> date:
        return self.at.first if self.at else _EARLIEST

    @property
    def last(self) -> date:
        return self.at.last if self.at else _LATEST

    @property
    def exact(self) -> bool:
        return self.first == self.last


def distinct(events: Iterable[Event], apart: timedelta = SAME_EVENT, *, together: bool = False) -> list[list[Event]]:
    """The events in groups that certainly were apart, oldest first; each group is led by the one with the earliest end.

    Records of one kind (of any, if ``together``) that may lie within ``apart`` of each other are one event, and one
    without a date may be any of them. Taking the earliest end first gives the largest number of groups. Records of
    different kinds are one event only where both are dated to the day.
    """
    groups: list[list[Event]] = []
    leaders: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda item: (item.last, item.first, item.resource.reference)):
        kind = "" if together else event.kind
        near = [group for name, group in leaders.items() if _may_be_one(group[0], event, apart, same=name == kind)]
        if near:
            near[0].append(event)
        else:
            leaders[kind] = [event]
            groups.append(leaders[kind])
    return groups


def _may_be_one(earlier: Event, later: Event, apart: timedelta, *, same: bool) -> bool:
    close = later.first <= earlier.last + apart if earlier.at else True
    return close and (same or (earlier.exact and later.exact))


def read_losses(draft: Draft, complicated: Complicated) -> None:
    """Lost pregnancies as events; each is counted once. ``complicated`` tells the complications of each."""
    groups = distinct(draft.found.get("pregnancies", ()))
    for group, complications in zip(groups, complicated(groups), strict=True):
        leader = group[0]
        made = Pregnancy(
            outcome=PregnancyOutcome(_outcome(group)),
            ended_on=leader.at.on if leader.at else None,
            complications=complications or None,
            # A chart names what was coded; what it does not name may have been all the same.
            complications_complete=False if complications else None,
        )
        draft.put("pregnancies", made, leader.resource, leader.at)
        _repeats(draft, group)


def _outcome(group: list[Event]) -> str:
    """What all exactly dated records of an event say; a loss of unknown type where they differ."""
    named = {item.name for item in group if item.exact} or {group[0].name}
    return named.pop() if len(named) == 1 else "loss_unspecified"


def _repeats(draft: Draft, group: list[Event]) -> None:
    draft.unread += [Unread(item.resource.reference, Why.REPEATED) for item in group[1:]]


def read_thromboses(draft: Draft) -> None:
    """Thromboses, each event once. Whether it was confirmed, a code does not say."""
    for group in distinct(draft.found.get("thrombotic_events", ())):
        leader = group[0]
        sites = {item.term.site for item in group if item.term.site}
        made = ThromboticEvent(
            type=ThrombosisType(leader.name),
            site=sites.pop() if len(sites) == 1 else None,
            on=leader.at.on if leader.at else None,
        )
        draft.put("thrombotic_events", made, leader.resource, leader.at)
        _repeats(draft, group)


def read_summary(draft: Draft) -> None:
    """Counts: a summary code or a count observed says at least so many, and the largest of them is taken."""
    stated = {name: _counts(draft, name) for name in ("losses", "live_births")}
    made = {name: max(found, key=lambda item: item[0]) for name, found in stated.items() if found}
    if made:
        counts = {name: CountRange(minimum=count) for name, (count, _) in made.items()}
        largest = next(iter(made.values()))[1]
        draft.fields["loss_summary"] = (LossSummary(**counts), largest)


def _counts(draft: Draft, name: str) -> list[tuple[int, Origin]]:
    coded = [
        (item.term.count, origin(item.resource, item.at))
        for item in draft.found.get("loss_summary", ())
        if item.name == name and item.term.count is not None
    ]
    return [*coded, *_observed(draft, name)]


def _observed(draft: Draft, name: str) -> list[tuple[int, Origin]]:
    """The newest count that can be read."""
    for item in newest_first(draft.found.get(f"loss_summary/{name}", ())):
        count = _count(item)
        if count is not None and 0 <= count <= MOST:
            return [(count, origin(item.resource, item.at))]
        draft.unread.append(Unread(item.resource.reference, Why.VALUE))
    return []


def _count(item: Measured) -> int | None:
    try:
        return whole(item.data)
    except MalformedError:
        return None
