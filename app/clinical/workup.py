"""What the search for a cause of the losses showed: chromosomes, thyroid, uterus (CLINICAL_DECISIONS 1b).

A cause is True, False or unknown. One finding that names a cause and one that rules it out conflict: then nobody but
the treating team can say, and the fact is unknown.
"""

from collections.abc import Mapping

from app.clinical.catalogue import Case, Coding, fact
from app.clinical.history import Section
from app.clinical.intervals import below, days_since
from app.clinical.investigations import declare_investigation, entries_of
from app.clinical.laboratory import newest, samples
from app.clinical.presence import declare_presence
from app.clinical.result_sections import Comparator, Finding, Laboratory, LabResult
from app.logic.truth import Truth, of
from app.logic.values import Fact, Known, Reason, Unknown

SNOMED = "http://snomed.info/sct"
ASK_CHROMOSOMES = "Were the chromosomes of the losses, or of both parents, examined, and with what result?"
ASK_THYROID = "What did thyroid function (TSH) show within the last 12 months, and was there hypothyroidism?"

declare_investigation(
    "uterine_anatomy",
    "Uterine anatomy (3D ultrasound or equivalent)",
    "Was the uterine cavity examined (3D ultrasound or equivalent), and was it normal?",
)
declare_investigation("thyroid_function", "Thyroid function", ASK_THYROID)
declare_investigation(
    "parental_karyotypes",
    "Karyotypes of both parents",
    "Were both parents karyotyped, and were the karyotypes normal?",
)
declare_presence(
    Section.CONDITIONS,
    "hypothyroidism",
    "Hypothyroidism, overt or subclinical",
    "Does she have hypothyroidism, overt or subclinical?",
    (Coding(SNOMED, "40930008", "Hypothyroidism (disorder)"),),
)


@fact(
    "workup.chromosomal_cause",
    "boolean",
    question=ASK_CHROMOSOMES,
    read_from=("pregnancies", "investigations"),
)
def chromosomal_cause(case: Case) -> Fact:
    """Whether chromosomes explain the losses [house-unexplained-workup].

    No: a tested loss was normal, or none was tested and both parents are normal. Yes: every tested loss was abnormal, or
    a parent carries a rearrangement. A normal loss beside a parental rearrangement conflicts.
    """
    parents, normal = case.fact("investigation.parental_karyotypes"), case.fact("losses.normal_karyotype_known")
    rearranged = isinstance(parents, Known) and parents.value == Finding.ABNORMAL
    tested_normal = isinstance(normal, Known) and normal.value is True
    if rearranged and tested_normal:
        return Unknown(Reason.CONFLICTING, (*parents.sources, *normal.sources))
    if tested_normal or rearranged:
        return Known(rearranged, parents.sources if rearranged else normal.sources)
    return _of_tissue(case, parents)


def _of_tissue(case: Case, parents: Fact) -> Fact:
    abnormal = case.fact("losses.all_tested_abnormal")
    if isinstance(abnormal, Unknown) or abnormal.value is True:
        return abnormal
    # No loss was tested: the parents are all there is to judge by.
    return parents if isinstance(parents, Unknown) else Known(False, parents.sources)


@fact(
    "workup.thyroid_cause",
    "boolean",
    question=ASK_THYROID,
    read_from=("investigations", "laboratory", "conditions"),
)
def thyroid_cause(case: Case) -> Fact:
    """Whether hypothyroidism explains the losses [house-unexplained-workup].

    Read from thyroid function as an investigation, from TSH with the laboratory's reading or upper limit, and from the
    diagnosis. Thyroid antibodies alone are no cause. Results older than the limit are not read.
    """
    said = {**_investigated(case), **_tsh(case)}
    diagnosis = case.fact("condition.hypothyroidism")
    if isinstance(diagnosis, Unknown) and diagnosis.reason is Reason.CONFLICTING:
        return diagnosis
    if isinstance(diagnosis, Known) and diagnosis.value is True:
        said |= dict.fromkeys(diagnosis.sources, True)
    if not said:
        return case.absent(Section.INVESTIGATIONS)
    found = set(said.values())
    return Known(found.pop(), tuple(said)) if len(found) == 1 else Unknown(Reason.CONFLICTING, tuple(said))


def _recent(case: Case, on: str | None) -> bool:
    """Not certainly too old; a result without a date is read."""
    limit = case.number("obstetric.thyroid_result_days")
    return on is None or below(days_since(on, case.as_of), limit) is not Truth.FALSE


def _investigated(case: Case) -> Mapping[str, bool]:
    return {
        place: item.result is Finding.ABNORMAL
        for place, item in entries_of(case, "thyroid_function").items()
        if item.result is not Finding.NOT_EXAMINED and _recent(case, item.on)
    }


def _tsh(case: Case) -> Mapping[str, bool]:
    """The newest TSH, read as raised or not; one without a limit or a reading says nothing."""
    recent = [item for item in samples(case, "tsh") if _recent(case, item.entry.on)]
    read = {item.pointer: _raised(item.entry) for item in newest(recent)}
    return {place: truth is Truth.TRUE for place, truth in read.items() if truth is not Truth.UNKNOWN}


def _raised(entry: Laboratory) -> Truth:
    value, limit = entry.value, entry.upper_limit_of_normal
    if value is None or limit is None:
        read = entry.result in (LabResult.NORMAL, LabResult.ABNORMAL)
        return of(entry.result is LabResult.ABNORMAL) if read else Truth.UNKNOWN
    if entry.comparator is Comparator.LESS_THAN:
        return Truth.FALSE if value <= limit else Truth.UNKNOWN
    if entry.comparator is Comparator.GREATER_THAN:
        return Truth.TRUE if value >= limit else Truth.UNKNOWN
    return of(value > limit)
