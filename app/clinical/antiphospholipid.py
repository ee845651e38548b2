"""Antiphospholipid antibodies: positive once, positive persistently, and how high (CLINICAL_DECISIONS 2a, 2b).

A documented result is evidence for its assay: one negative test makes that assay negative although the list may not be
complete, and a positive one makes it positive. An assay that was not tested is unknown, never negative. Persistence is
looked for within one assay; a positive result without a second test leaves it unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from app.clinical.apl_readings import (
    ACL_IGG,
    ACL_IGM,
    B2GPI_IGG,
    B2GPI_IGM,
    CRITERIA_ASSAYS,
    LUPUS,
    SOLID_PHASE,
    Reading,
    as_raised,
    as_reported,
    lupus_anticoagulant,
    reaching,
    reaching_by_elisa,
    sydney_anti_beta2_glycoprotein,
    sydney_anticardiolipin,
    unit_allowed,
)
from app.clinical.catalogue import Case, Coding, fact, per_case
from app.clinical.history import Section
from app.clinical.result_sections import AplAssay
from app.clinical.spans import later_by, span
from app.logic.truth import Truth, any_of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

LOINC = "http://loinc.org"
READ = ("antiphospholipid_tests",)


@dataclass(frozen=True, slots=True)
class Sample:
    """One result that says something: where it stands, when it was drawn, whether it is positive."""

    pointer: str
    drawn: Interval
    positive: Truth


@dataclass(frozen=True, slots=True)
class Antibody:
    """One assay as facts name it, with the reading that Sydney asks for."""

    assay: AplAssay
    short: str
    name: str
    sydney: Reading
    codes: tuple[Coding, ...] = ()


def _elisa(code: str, what: str) -> tuple[Coding, ...]:
    return (Coding(LOINC, code, f"{what} by Immunoassay"),)


ANTIBODIES = (
    Antibody(
        LUPUS,
        "la",
        "lupus anticoagulant",
        lupus_anticoagulant,
        (
            Coding(LOINC, "3281-3", "Lupus anticoagulant [Interpretation] in Platelet poor plasma"),
            Coding(LOINC, "75514-0", "Lupus anticoagulant two screening tests W Reflex [Interpretation]"),
        ),
    ),
    Antibody(
        ACL_IGG,
        "acl_igg",
        "anticardiolipin IgG",
        sydney_anticardiolipin,
        _elisa("3181-5", "Cardiolipin IgG Ab [Units/volume] in Serum"),
    ),
    Antibody(
        ACL_IGM,
        "acl_igm",
        "anticardiolipin IgM",
        sydney_anticardiolipin,
        _elisa("3182-3", "Cardiolipin IgM Ab [Units/volume] in Serum"),
    ),
    Antibody(
        B2GPI_IGG,
        "b2gpi_igg",
        "anti-beta2-glycoprotein I IgG",
        sydney_anti_beta2_glycoprotein,
        _elisa("44448-9", "Beta 2 glycoprotein 1 IgG Ab [Units/volume] in Serum or Plasma"),
    ),
    Antibody(
        B2GPI_IGM,
        "b2gpi_igm",
        "anti-beta2-glycoprotein I IgM",
        sydney_anti_beta2_glycoprotein,
        _elisa("44449-7", "Beta 2 glycoprotein 1 IgM Ab [Units/volume] in Serum or Plasma"),
    ),
)


@per_case
def samples(case: Case, assays: tuple[AplAssay, ...], read: Reading) -> tuple[Sample, ...]:
    """Results of these assays that say something by this reading, in the order sent."""
    wanted = frozenset(assays)
    found = []
    for index, test in enumerate(case.history.antiphospholipid_tests or ()):
        positive = read(case, test) if test.assay in wanted else None
        if positive is not None:
            found.append(Sample(f"/antiphospholipid_tests/{index}", span(test.on), positive))
    return tuple(found)


def once(found: Sequence[Sample]) -> Truth:
    """Whether any result was positive; FALSE when there are results and all are negative."""
    return any_of(item.positive for item in found) if found else Truth.UNKNOWN


def persistent(found: Sequence[Sample], days: Number) -> Truth:
    """Whether two results at least ``days`` apart were positive.

    FALSE when all results are negative, or when a negative one came at least ``days`` after every other. A result
    without a date may lie anywhere.
    """
    positive = [item.drawn for item in found if item.positive is Truth.TRUE]
    maybe = [item.drawn for item in found if item.positive is not Truth.FALSE]
    if _certainly_apart(positive, days):
        return Truth.TRUE
    if not found or _possibly_apart(maybe, days):
        return Truth.UNKNOWN
    negative = [item.drawn for item in found if item.positive is Truth.FALSE]
    gone = any(all(later_by(late, early, days) is Truth.TRUE for early in maybe) for late in negative)
    return Truth.FALSE if gone else Truth.UNKNOWN


def _certainly_apart(drawn: Iterable[Interval], days: Number) -> bool:
    dated = [(item.low, item.high) for item in drawn if item.low is not None and item.high is not None]
    return bool(dated) and max(first for first, _ in dated) - min(last for _, last in dated) >= days


def _possibly_apart(drawn: Sequence[Interval], days: Number) -> bool:
    """Whether two different results may lie so far apart; the extremes decide, one result is not a pair."""
    dated = [(item.low, item.high, place) for place, item in enumerate(drawn) if item.low is not None]
    if len(dated) < len(drawn):
        return len(drawn) > 1
    earliest = sorted(dated, key=lambda item: item[0])[:2]
    latest = sorted(dated, key=lambda item: item[1] or 0)[-2:]
    return any((late[1] or 0) - early[0] >= days for late in latest for early in earliest if late[2] != early[2])


def conclude(case: Case, truth: Truth, found: Sequence[Sample], assays: Iterable[AplAssay]) -> Fact:
    """The fact for a truth; why it is unknown where it is."""
    sources = tuple(item.pointer for item in found if item.positive is not Truth.FALSE or truth is Truth.FALSE)
    if truth is not Truth.UNKNOWN:
        return Known(truth is Truth.TRUE, sources)
    if not found:
        return case.absent(Section.ANTIPHOSPHOLIPID_TESTS)
    return Unknown(_reason(case, frozenset(assays)), tuple(item.pointer for item in found))


def _reason(case: Case, assays: frozenset[AplAssay]) -> Reason:
    tests = [test for test in case.history.antiphospholipid_tests or () if test.assay in assays]
    return Reason.NOT_DETERMINABLE if all(map(unit_allowed, tests)) else Reason.UNIT_NOT_ALLOWED


def _once(case: Case, assay: AplAssay, read: Reading) -> Fact:
    found = samples(case, (assay,), read)
    return conclude(case, once(found), found, (assay,))


def _persistent(case: Case, assay: AplAssay, read: Reading) -> Fact:
    found = samples(case, (assay,), read)
    return conclude(case, persistent(found, case.number("apl.persistence_days")), found, (assay,))


def _any_of(case: Case, assays: Sequence[AplAssay], read: Reading) -> Fact:
    """Whether any of these assays was positive once; FALSE only when each of them is known to be negative."""
    by_assay = {assay: samples(case, (assay,), read) for assay in assays}
    found = tuple(item for each in by_assay.values() for item in each)
    return conclude(case, any_of(map(once, by_assay.values())), found, assays)


def _declare(antibody: Antibody) -> None:
    declare = partial(fact, fact_type="boolean", read_from=READ, codes=antibody.codes)
    fact_id, name, assay = f"apl.{antibody.short}", antibody.name, antibody.assay
    declare(
        f"{fact_id}_positive",
        question=f"What was each {name} result, with date, and did she take an anticoagulant when it was drawn?"
        if assay is LUPUS
        else f"What was each {name} result, with date, titre, unit and method?",
    )(partial(_once, assay=assay, read=as_reported))
    repeated = f"Was {name} positive again at least 12 weeks after the first positive result?"
    declare(f"{fact_id}_persistent", question=repeated)(partial(_persistent, assay=assay, read=antibody.sydney))
    if assay is LUPUS:
        return
    for band, parameter in (("moderate", "apl.moderate_units"), ("high", "apl.high_units")):
        declare(
            f"{fact_id}_{band}_persistent",
            question=f"What were the {name} titres (ELISA, units) on two dates at least 12 weeks apart?",
        )(partial(_persistent, assay=assay, read=reaching_by_elisa(parameter)))


for _antibody in ANTIBODIES:
    _declare(_antibody)


@fact(
    "apl.raised",
    "boolean",
    question="Were lupus anticoagulant, anticardiolipin IgG and IgM and anti-beta2-glycoprotein I IgG and IgM tested, "
    "and was any positive?",
    read_from=READ,
)
def raised(case: Case) -> Fact:
    """Whether any antiphospholipid result was positive, or may have been (lupus anticoagulant drawn on an anticoagulant).

    Other antiphospholipid assays can make it true; false needs a negative result of each of the five criteria assays.
    """
    criteria = _any_of(case, CRITERIA_ASSAYS, as_raised)
    others = tuple(assay for assay in AplAssay if assay not in CRITERIA_ASSAYS)
    found = samples(case, others, as_raised)
    positive = tuple(item.pointer for item in found if item.positive is Truth.TRUE)
    already = isinstance(criteria, Known) and criteria.value is True
    return Known(True, positive) if positive and not already else criteria


@fact(
    "apl.solid_phase_moderate",
    "boolean",
    question="How high were the anticardiolipin and anti-beta2-glycoprotein I titres (IgG and IgM)?",
    read_from=READ,
)
def solid_phase_moderate(case: Case) -> Fact:
    """Any anticardiolipin or anti-beta2-glycoprotein I (IgG, IgM) of moderate or high titre [profile-high-moderate-low]."""
    return _any_of(case, SOLID_PHASE, reaching("apl.moderate_units"))


@fact(
    "apl.solid_phase_low",
    "boolean",
    question="How high were the anticardiolipin and anti-beta2-glycoprotein I titres (IgG and IgM)?",
    read_from=READ,
)
def solid_phase_low(case: Case) -> Fact:
    """Any anticardiolipin or anti-beta2-glycoprotein I (IgG, IgM) of low titre or more [profile-high-moderate-low]."""
    return _any_of(case, SOLID_PHASE, reaching("apl.low_units"))


@fact(
    "apl.aps_pt_positive",
    "boolean",
    question="Was anti-phosphatidylserine/prothrombin (aPS/PT) tested, and was it positive?",
    read_from=READ,
)
def aps_pt_positive(case: Case) -> Fact:
    """Anti-phosphatidylserine/prothrombin by the laboratory's own reading [gapss-points]."""
    return _once(case, AplAssay.ANTI_PHOSPHATIDYLSERINE_PROTHROMBIN, as_reported)
