"""Immunity to measles and varicella (CLINICAL_DECISIONS 5.7, 5.8): serology, or what a clinician documents.

Two facts for each: shown immune, and shown susceptible. Both are false after an equivocal result. A list of vaccines given
shows neither: how many doses count is a local rule.
"""

from functools import partial

from app.clinical.catalogue import Case, World, fact
from app.clinical.history import Section
from app.clinical.laboratory import Sample, newest, samples
from app.clinical.presence import declare_presence
from app.clinical.result_sections import LabResult
from app.clinical.scalars import partial_date_bounds
from app.clinical.timeline import truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

Reading = tuple[bool | None, tuple[str, ...]]
AGENTS = (("measles", "measles"), ("varicella", "varicella (chickenpox)"))
VACCINES = {
    "measles": frozenset({"mmr", "mmrv", "measles"}),
    "varicella": frozenset({"mmrv", "varicella"}),
}
IMMUNE = frozenset({LabResult.POSITIVE, LabResult.ABNORMAL})
SUSCEPTIBLE = frozenset({LabResult.NEGATIVE, LabResult.NORMAL})


def _read(case: Case, agent: str) -> Reading | Unknown:
    """True for immune, False for susceptible, None for an equivocal result; or why neither is known."""
    said: dict[str, bool | None] = {
        f"condition.{agent}_immunity_documented": True,
        f"condition.{agent}_susceptible": False,
    }
    found = [
        (value, case.fact(name).sources) for name, value in said.items() if truth_of(case.fact(name)) is Truth.TRUE
    ]
    tested = _serology(case, agent)
    if not isinstance(tested, Unknown):
        found.append(tested)
    elif not found or tested.reason is Reason.CONFLICTING:
        return tested
    sources = tuple(place for _, places in found for place in places)
    readings = {value for value, _ in found} - ({None} if len(found) > 1 else set())
    return (readings.pop(), sources) if len(readings) == 1 else Unknown(Reason.CONFLICTING, sources)


def _serology(case: Case, agent: str) -> Reading | Unknown:
    both = (*samples(case, f"{agent}_igg"), *samples(case, f"{agent}_igg", baseline=True))
    found = newest([item for item in both if item.entry.result is not None])
    if not found:
        return case.absent(Section.LABORATORY)
    sources = tuple(item.pointer for item in found)
    results = {_reading(item) for item in found}
    if len(results) > 1:
        return Unknown(Reason.CONFLICTING, sources)
    if True in results and any(_may_be_passive(case, item) for item in found):
        return Unknown(Reason.NOT_DETERMINABLE, (*sources, "/previous_ivig"))
    return results.pop(), sources


def _reading(item: Sample) -> bool | None:
    return True if item.entry.result in IMMUNE else False if item.entry.result in SUSCEPTIBLE else None


def _may_be_passive(case: Case, item: Sample) -> bool:
    """Whether immunoglobulin may have been given within four months before the sample [mon-serology-sample, 6.6]."""
    limit = case.number("exposures.passive_antibody_days")
    for dose in case.history.previous_ivig or ():
        if dose.on is None or item.entry.on is None:
            return True
        given, drawn = partial_date_bounds(dose.on), partial_date_bounds(item.entry.on)
        if given[0] <= drawn[1] and (drawn[0] - given[1]).days <= limit:
            return True
    return False


def immune(case: Case, agent: str) -> Fact:
    """Whether immunity is shown; false after a negative or an equivocal result."""
    found = _read(case, agent)
    return found if isinstance(found, Unknown) else Known(found[0] is True, found[1])


def susceptible(case: Case, agent: str) -> Fact:
    """Whether she is shown not to be immune; false after a positive or an equivocal result."""
    found = _read(case, agent)
    return found if isinstance(found, Unknown) else Known(found[0] is False, found[1])


def vaccinated(case: Case, vaccines: frozenset[str]) -> Fact:
    """Whether a dose of one of these vaccines is recorded as given; a list without one leaves it unknown."""
    listed = enumerate(case.history.immunisations or ())
    found = tuple(f"/immunisations/{i}" for i, dose in listed if dose.vaccine in vaccines and not dose.planned)
    if found:
        return Known(True, found)
    vouched = case.complete(Section.IMMUNISATIONS)
    return Known(False, ("/immunisations",)) if vouched else case.absent(Section.IMMUNISATIONS)


def _declare(agent: str, name: str) -> None:
    question = f"Is she immune to {name}: what does IgG show today, or is immunity documented?"
    declare_presence(
        Section.CONDITIONS,
        f"{agent}_immunity_documented",
        f"Immunity to {name} documented by the local rules",
        f"Is immunity to {name} documented?",
    )
    declare_presence(
        Section.CONDITIONS,
        f"{agent}_susceptible",
        f"Known not to be immune to {name}",
        f"Is she known not to be immune to {name}?",
    )
    asked = partial(fact, question=question, read_from=("laboratory", "conditions", "previous_ivig"))
    given = fact(
        f"immunisation.{agent}_given",
        "boolean",
        question=f"Was she ever vaccinated against {name}, and how often?",
        world=World.CLOSED,
        read_from=("immunisations",),
    )
    given(partial(vaccinated, vaccines=VACCINES[agent]))
    asked(f"immunity.{agent}", "boolean")(partial(immune, agent=agent))
    asked(f"immunity.{agent}_susceptible", "boolean")(partial(susceptible, agent=agent))


for _agent, _name in AGENTS:
    _declare(_agent, _name)
