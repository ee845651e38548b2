"""How far apart clinical events and positive tests lie: the Sydney window and the entry to ACR/EULAR (CLINICAL_DECISIONS 2b).

An event or a test without a date may lie anywhere; so may one that is not listed, unless its list is complete.
"""

from collections.abc import Iterable, Iterator
from itertools import product

from app.clinical import thrombosis
from app.clinical.antiphospholipid import ANTIBODIES, samples
from app.clinical.apl_readings import CRITERIA_ASSAYS, LUPUS, lupus_anticoagulant, reaching_by_elisa
from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.losses import complete, listed
from app.clinical.obstetric_morbidity import (
    Judge,
    acr_eular_death,
    acr_eular_early,
    acr_eular_either,
    in_run,
    judged,
    sydney_death,
    sydney_early,
    sydney_preterm,
)
from app.clinical.platelet_nadir import counts, in_range
from app.clinical.sections import Presence, ThrombosisType
from app.clinical.spans import ANY_DAY, distance, span, within
from app.clinical.timeline import truth_of
from app.logic.truth import Truth, all_of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

Dated = tuple[Truth, Interval]

READ = ("antiphospholipid_tests", "pregnancies", "thrombotic_events", "conditions", "laboratory")
ASK_DATES = (
    "On which dates were the antiphospholipid tests drawn, and when was each thrombosis or pregnancy complication?"
)
MACROVASCULAR = frozenset({ThrombosisType.VENOUS, ThrombosisType.ARTERIAL})
MANIFESTATIONS = (
    "livedo_racemosa",
    "livedoid_vasculopathy",
    "livedoid_vasculopathy_on_pathology",
    "apl_nephropathy",
    "apl_nephropathy_on_pathology",
    "pulmonary_haemorrhage",
    "pulmonary_haemorrhage_on_lavage_or_pathology",
    "apl_myocardial_disease",
    "adrenal_haemorrhage",
    "apl_valve_disease",
    "valve_thickening",
    "valve_vegetation",
)
SOMEWHERE: Dated = (Truth.UNKNOWN, ANY_DAY)


def _pregnancies(case: Case, judges: Iterable[Judge], early: Judge) -> Iterator[Dated]:
    """Complications, and the members of a run of early losses that is long enough."""
    ends = [span(item.ended_on) for item in listed(case).values()]
    runs = in_run(judged(case, early).values(), case.number("apl.consecutive_losses"))
    for ended, member in zip(ends, runs, strict=True):
        yield member if complete(case) else all_of((member, Truth.UNKNOWN)), ended
    for judge in judges:
        yield from zip(judged(case, judge).values(), ends, strict=True)


def _thromboses(case: Case, types: Iterable[ThrombosisType]) -> Iterator[Dated]:
    wanted = frozenset(types)
    for event in thrombosis.listed(case).values():
        if event.type in wanted:
            yield thrombosis.is_confirmed(event), span(event.on)


def _apart(events: Iterable[Dated], tests: Iterable[Dated], least: Number, most: Number) -> Truth:
    """Whether any event and any positive test lie ``least`` to ``most`` days apart."""
    possible = [{item for item in found if item[0] is not Truth.FALSE} for found in (events, tests)]
    answer = Truth.FALSE
    for (event, happened), (test, drawn) in product(*possible):
        truth = all_of((event, test, within(distance(happened, drawn), least, most)))
        if truth is Truth.TRUE:
            return truth
        answer = answer if truth is Truth.FALSE else truth
    return answer


def _sydney_tests(case: Case) -> Iterator[Dated]:
    for antibody in ANTIBODIES:
        yield from ((item.positive, item.drawn) for item in samples(case, (antibody.assay,), antibody.sydney))


@fact("aps.sydney_timing", "boolean", question=ASK_DATES, read_from=READ[:3])
def sydney_timing(case: Case) -> Fact:
    """Whether an event and a positive test lie 12 weeks to 5 years apart [sydney-timing].

    True or unknown, never false: outside the window classification "should be avoided", which is no answer, so that the
    whole classification stays undetermined.
    """
    events = [
        *_pregnancies(case, (sydney_death, sydney_preterm), sydney_early),
        *_thromboses(case, ThrombosisType),
    ]
    least, most = case.number("apl.timing_least_days"), case.number("apl.timing_most_days")
    if _apart(events, _sydney_tests(case), least, most) is Truth.TRUE:
        return Known(value=True, sources=("/antiphospholipid_tests",))
    if case.history.antiphospholipid_tests is None:
        return case.absent(Section.ANTIPHOSPHOLIPID_TESTS)
    return Unknown(Reason.NOT_DETERMINABLE, ("/antiphospholipid_tests",))


def _entry_events(case: Case) -> Iterator[Dated]:
    yield from _pregnancies(case, (acr_eular_death, acr_eular_either), acr_eular_early)
    yield from _thromboses(case, MACROVASCULAR)
    yield from _manifestations(case)
    yield from ((in_range(case, value), drawn) for value, drawn in counts(case).values())
    known = (complete(case), case.complete(Section.THROMBOTIC_EVENTS), bool(counts(case)))
    yield from (SOMEWHERE for settled in known if not settled)


def _manifestations(case: Case) -> Iterator[Dated]:
    present = [item for item in case.history.conditions or () if item.status is Presence.PRESENT]
    for code in MANIFESTATIONS:
        truth = truth_of(case.fact(f"condition.{code}"))
        dates = [span(item.on) for item in present if item.code == code]
        yield from ((truth, on) for on in dates or [ANY_DAY])


def _entry_tests(case: Case) -> Iterator[Dated]:
    for assay in CRITERIA_ASSAYS:
        read = lupus_anticoagulant if assay is LUPUS else reaching_by_elisa("apl.moderate_units")
        found = samples(case, (assay,), read)
        yield from ((item.positive, item.drawn) for item in found)
        if not found:
            yield SOMEWHERE


@fact("aps.acr_eular_entry", "boolean", question=ASK_DATES, read_from=READ)
def acr_eular_entry(case: Case) -> Fact:
    """Whether a clinical item of D1-D6 and a positive test lie within three years of each other [acreular-entry]."""
    truth = _apart(_entry_events(case), _entry_tests(case), 0, case.number("apl.entry_days"))
    if truth is Truth.UNKNOWN:
        return Unknown(Reason.NOT_DETERMINABLE, ("/antiphospholipid_tests",))
    return Known(truth is Truth.TRUE, ("/antiphospholipid_tests",))
