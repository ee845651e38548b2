"""IgA and antibodies against it, from the laboratory and from the diagnoses."""

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import below
from app.clinical.laboratory import Sample, read_finding, read_number, samples
from app.clinical.laboratory_tests import TESTS
from app.clinical.timeline import contradicts, interval_of, truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

READ = ("laboratory", "conditions")


@fact(
    "iga.deficiency",
    "boolean",
    question="What is her IgA, measured quantitatively, or has IgA deficiency been diagnosed?",
    read_from=READ,
    codes=TESTS["iga"].codes,
)
def deficiency(case: Case) -> Fact:
    """IgA deficiency: diagnosed, or IgA below the limit in mg/dL at which it is truly deficient [iga-severe-definition].

    A diagnosis holds beside a low but measurable IgA. `<` with a number above the limit says neither yes nor no.
    Few women are ever measured: a list of diagnoses that does not name it, even a complete one, is no normal IgA.
    """
    stated = _stated(case, "condition.iga_deficiency")
    return stated if truth_of(stated) is Truth.TRUE else _together(stated, _measured(case))


@fact(
    "iga.antibodies",
    "boolean",
    question="Does she have antibodies against IgA?",
    read_from=READ,
)
def antibodies(case: Case) -> Fact:
    """Antibodies against IgA, by diagnosis or by the newest result.

    Few women are ever tested: a list of diagnoses that does not name them, even a complete one, is no negative result.
    """
    return _together(_stated(case, "condition.anti_iga_antibodies"), read_finding(case, _all(case, "anti_iga")))


def _stated(case: Case, diagnosis: str) -> Fact:
    """What the diagnoses say of it by name; a list that is silent says nothing."""
    stated = case.fact(diagnosis)
    silent = isinstance(stated, Known) and all(place.count("/") == 1 for place in stated.sources)
    return case.absent(Section.LABORATORY) if silent else stated


def _all(case: Case, test: str) -> tuple[Sample, ...]:
    """Every result: what IgA was before an illness or a pregnancy still holds."""
    return (*samples(case, test), *samples(case, test, baseline=True))


def _measured(case: Case) -> Fact:
    found, test = _all(case, "iga"), TESTS["iga"]
    number = read_number(case, found, test.scales[0], test)
    if isinstance(number, Known):
        low = below(interval_of(number), case.number("safety.iga_deficient_below"))
        truth = {Truth.TRUE: True, Truth.FALSE: False}.get(low)
        return Unknown(Reason.NOT_DETERMINABLE, number.sources) if truth is None else Known(truth, number.sources)
    # An abnormal IgA may be high or low; only a normal one settles the question.
    reading = read_finding(case, found)
    return reading if truth_of(reading) is Truth.FALSE else number


def _together(stated: Fact, measured: Fact) -> Fact:
    """What a diagnosis and a measurement say together."""
    for item in (stated, measured):
        if isinstance(item, Unknown) and item.reason is Reason.CONFLICTING:
            return item
    if not isinstance(measured, Known):
        return stated if isinstance(stated, Known) else measured
    if contradicts(stated, truth_of(measured)):
        return Unknown(Reason.CONFLICTING, (*stated.sources, *measured.sources))
    return measured
