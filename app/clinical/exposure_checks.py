"""What the sections on exposures and neurology cannot say. Names fields, never values."""

from collections.abc import Iterator
from datetime import date

from app.clinical.exposure_sections import ExposureAgent
from app.clinical.history import PatientHistory
from app.clinical.scalars import partial_date_bounds
from app.clinical.sections import Presence
from app.errors import Problem

LAST_MINUTE = "23:59"


def exposure_problems(history: PatientHistory, as_of: date) -> Iterator[Problem]:
    """Everything about clock times, exposures and neurology that cannot be true."""
    if history.as_of_time is not None and history.as_of is None:
        yield _inconsistent("/as_of_time", "as_of_time goes together with as_of.")
    yield from _exposures(history, as_of)
    yield from _neurology(history, as_of)


def _inconsistent(pointer: str, detail: str) -> Problem:
    return Problem(pointer, "inconsistent", detail)


def _exposures(history: PatientHistory, as_of: date) -> Iterator[Problem]:
    for index, item in enumerate(history.exposures or ()):
        place = f"/exposures/{index}"
        days = partial_date_bounds(item.on) if item.on else None
        if item.time is not None and (days is None or days[0] != days[1]):
            yield _inconsistent(f"{place}/time", "A time of day goes together with a full date.")
        elif days == (as_of, as_of) and (item.time or "") > (history.as_of_time or LAST_MINUTE):
            yield Problem(f"{place}/time", "in_the_future", "This time lies after the time of assessment.")
        if item.specific_immunoglobulin_available is not None and item.agent is not ExposureAgent.VARICELLA:
            yield _inconsistent(
                f"{place}/specific_immunoglobulin_available", "Specific globulin is asked for varicella only."
            )


def _neurology(history: PatientHistory, as_of: date) -> Iterator[Problem]:
    sent = history.neurology
    if sent is None:
        return
    onset = sent.guillain_barre.onset if sent.guillain_barre else None
    if onset is not None and partial_date_bounds(onset)[0] > as_of:
        yield Problem(
            "/neurology/guillain_barre/onset", "in_the_future", "This date lies after the date of assessment."
        )
    denied = {item.code for item in history.conditions or () if item.status is Presence.ABSENT}
    for field, code in (("guillain_barre", "guillain_barre_syndrome"), ("myasthenia", "myasthenia_gravis")):
        if getattr(sent, field) is not None and code in denied:
            yield _inconsistent(f"/neurology/{field}", "A condition calls absent what this section describes.")
