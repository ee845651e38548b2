"""Exposure to measles and varicella: whether there was one, and the time since (CLINICAL_DECISIONS 5.7, 5.8).

Time is counted from the latest contact sent; contacts that were not sent are not in question.
"""

from collections.abc import Mapping
from functools import partial

from app.clinical.catalogue import Case, World, fact
from app.clinical.exposure_sections import Exposure, ExposureAgent
from app.clinical.history import Section
from app.clinical.moments import Moment, declare_elapsed, moment, now, until_now
from app.logic.values import Fact, Known, Reason, Unknown

ASK = {
    ExposureAgent.MEASLES: "Was she in contact with measles: on which day, and at what time?",
    ExposureAgent.VARICELLA: "Was she in contact with varicella (chickenpox): on which day, and at what time?",
}
ASK_SPECIFIC = "Can specific varicella globulin (VZIG, VariZIG) be had within 10 days of the contact?"
READ = ("exposures",)


def contacts(case: Case, agent: ExposureAgent) -> Mapping[str, Exposure]:
    """The contacts with this infection, by their place in the request."""
    listed = enumerate(case.history.exposures or ())
    return {f"/exposures/{index}": item for index, item in listed if item.agent is agent}


def exposed(case: Case, agent: ExposureAgent) -> Fact:
    """Whether a contact was sent; known absent only where the sender vouches for the list."""
    found = contacts(case, agent)
    if found:
        return Known(True, tuple(found))
    return Known(False, ("/exposures",)) if case.complete(Section.EXPOSURES) else case.absent(Section.EXPOSURES)


def _dated(case: Case, agent: ExposureAgent) -> list[Moment]:
    found = contacts(case, agent)
    return [moment(item.on, item.time, place) for place, item in found.items() if item.on]


def _undated(case: Case, agent: ExposureAgent) -> tuple[str, ...]:
    return tuple(place for place, item in contacts(case, agent).items() if item.on is None)


def latest(case: Case, agent: ExposureAgent) -> Moment | Unknown:
    """The latest contact: no earlier than the latest one with a date; one without a date can have been until now."""
    dated, undated = _dated(case, agent), _undated(case, agent)
    if not dated:
        return Unknown(Reason.NOT_RECORDED, undated) if undated else case.absent(Section.EXPOSURES)
    last = now(case).latest if undated else max(item.latest for item in dated)
    return until_now(case, Moment(max(item.earliest for item in dated), last, (*_places(dated), *undated)))


def first(case: Case, agent: ExposureAgent) -> Moment | Unknown:
    """The first contact sent; not known while one has no date."""
    dated, undated = _dated(case, agent), _undated(case, agent)
    if not dated or undated:
        return Unknown(Reason.NOT_RECORDED, undated) if undated else case.absent(Section.EXPOSURES)
    last = min(item.latest for item in dated)
    return until_now(case, Moment(min(item.earliest for item in dated), last, _places(dated)))


def _places(found: list[Moment]) -> tuple[str, ...]:
    return tuple(place for item in found for place in item.sources)


def _declare(agent: ExposureAgent) -> None:
    asked = partial(fact, question=ASK[agent], read_from=READ)
    asked(f"exposure.{agent}", "boolean", world=World.CLOSED)(partial(exposed, agent=agent))
    declare_elapsed(f"exposure.{agent}", ASK[agent], READ, partial(latest, agent=agent))
    declare_elapsed(f"exposure.{agent}_first", ASK[agent], READ, partial(first, agent=agent))


for _agent in ExposureAgent:
    _declare(_agent)


@fact("exposure.specific_globulin_available", "boolean", question=ASK_SPECIFIC, read_from=READ)
def specific_globulin_available(case: Case) -> Fact:
    """Whether specific varicella globulin can be had in time; contacts that disagree leave it unknown."""
    found = contacts(case, ExposureAgent.VARICELLA)
    listed = {place: item.specific_immunoglobulin_available for place, item in found.items()}
    said = {place: value for place, value in listed.items() if value is not None}
    if not said:
        return Unknown(Reason.NOT_RECORDED, tuple(found)) if found else case.absent(Section.EXPOSURES)
    if len(set(said.values())) > 1:
        return Unknown(Reason.CONFLICTING, tuple(said))
    return Known(next(iter(said.values())), tuple(said))
