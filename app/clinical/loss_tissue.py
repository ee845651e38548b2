"""What is known of the lost pregnancies themselves: chromosomes of the tissue, and treatment given in them."""

from collections.abc import Mapping

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import count
from app.clinical.investigations import declare_investigation, entries_of
from app.clinical.losses import complete, conflict, is_loss, listed, settle, unlisted
from app.clinical.obstetric_sections import Pregnancy, Treatment
from app.clinical.result_sections import Finding
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Interval, Known, Reason, Unknown

READ = ("pregnancies",)
READ_TISSUE = ("pregnancies", "investigations")
TISSUE = "loss_karyotypes"
ASK_TISSUE = "Was tissue of any loss karyotyped, and with what result? Say so also where none was tested."
HEPARIN = frozenset({Treatment.HEPARIN_PROPHYLACTIC, Treatment.HEPARIN_THERAPEUTIC})


declare_investigation(
    TISSUE,
    "Karyotypes of the losses (normal: of at least one; abnormal: of every tested one; not_examined: none was tested)",
    ASK_TISSUE,
)


def karyotypes(case: Case) -> Mapping[str, Finding | None]:
    """The karyotype of each listed loss; None where it is not known whether one was done.

    A loss without a karyotype counts as not examined once the list is vouched for as complete: what it does not hold is
    then known to be absent. A summary of the karyotypes among the investigations goes before that silence.
    """
    unsaid = Finding.NOT_EXAMINED if complete(case) and not entries_of(case, TISSUE) else None
    return {place: item.karyotype or unsaid for place, item in listed(case).items() if is_loss(item) is not Truth.FALSE}


def _all_listed(case: Case) -> bool:
    return unlisted(case).high == 0


@fact("losses.normal_karyotype_known", "boolean", question=ASK_TISSUE, read_from=READ_TISSUE)
def normal_karyotype_known(case: Case) -> Fact:
    """At least one loss was tested and had a normal karyotype [fetal-karyotype]."""
    results = karyotypes(case)
    normal = _having(results, Finding.NORMAL)
    found = Known(True, normal) if normal else _unless_open(case, results, Known(False, ("/pregnancies",)))
    return conflict(case) or _with_summary(case, found, Finding.NORMAL)


@fact("losses.all_tested_abnormal", "boolean", question=ASK_TISSUE, read_from=READ_TISSUE)
def all_tested_abnormal(case: Case) -> Fact:
    """At least one loss was tested, and every tested one had an abnormal karyotype [house-unexplained-workup]."""
    results = karyotypes(case)
    normal, abnormal = _having(results, Finding.NORMAL), _having(results, Finding.ABNORMAL)
    decided = Known(bool(abnormal), abnormal or ("/pregnancies",))
    found = Known(False, normal) if normal else _unless_open(case, results, decided)
    return conflict(case) or _with_summary(case, found, Finding.ABNORMAL)


def _having(results: Mapping[str, Finding | None], wanted: Finding) -> tuple[str, ...]:
    return tuple(place for place, result in results.items() if result is wanted)


def _unless_open(case: Case, results: Mapping[str, Finding | None], decided: Known) -> Fact:
    """The answer, unless a loss is listed without saying whether it was tested, or may not be listed."""
    unsaid = tuple(place for place, result in results.items() if result is None)
    if unsaid:
        return Unknown(Reason.NOT_RECORDED, unsaid)
    return decided if _all_listed(case) else case.absent(Section.PREGNANCIES)


def _with_summary(case: Case, found: Fact, wanted: Finding) -> Fact:
    """The list and the summary of the karyotypes together: either decides, unless they contradict each other."""
    said = {place: item.result is wanted for place, item in entries_of(case, TISSUE).items()}
    answers = set(said.values()) | ({found.value is True} if isinstance(found, Known) else set())
    if len(answers) > 1:
        return Unknown(Reason.CONFLICTING, (*found.sources, *said))
    return Known(answers.pop(), tuple(said)) if said and isinstance(found, Unknown) else found


@fact("losses.count_abnormal_karyotype", "number", unit="1", question=ASK_TISSUE, read_from=READ)
def count_abnormal_karyotype(case: Case) -> Fact:
    """Losses with a known abnormal karyotype [norgaard-trial]."""
    results = karyotypes(case)
    found = count(Truth.UNKNOWN if result is None else of(result is Finding.ABNORMAL) for result in results.values())
    more = unlisted(case).high
    high = None if more is None or found.high is None else found.high + more
    places = [place for place, result in results.items() if result in (Finding.ABNORMAL, None)]
    return conflict(case) or settle(case, (Interval(found.low, high),), places)


def _treated(case: Case, wanted: frozenset[Treatment]) -> Fact:
    found = {place: all_of((is_loss(item), _given(item, wanted))) for place, item in listed(case).items()}
    places = tuple(place for place, truth in found.items() if truth is not Truth.FALSE)
    whether = any_of((*found.values(), Truth.FALSE if _all_listed(case) else Truth.UNKNOWN))
    if whether is Truth.UNKNOWN:
        return Unknown(Reason.NOT_RECORDED, places) if places else case.absent(Section.PREGNANCIES)
    return Known(whether is Truth.TRUE, places or ("/pregnancies",))


def _given(pregnancy: Pregnancy, wanted: frozenset[Treatment]) -> Truth:
    if pregnancy.treatments is None:
        return Truth.UNKNOWN
    return of(not wanted.isdisjoint(pregnancy.treatments))


@fact("losses.treated_with_heparin", "boolean", question="Was any pregnancy lost under heparin?", read_from=READ)
def treated_with_heparin(case: Case) -> Fact:
    """A pregnancy was lost under heparin of any dose."""
    return _treated(case, HEPARIN)


@fact(
    "losses.treated_with_corticosteroid",
    "boolean",
    question="Was any pregnancy lost under a corticosteroid?",
    read_from=READ,
)
def treated_with_corticosteroid(case: Case) -> Fact:
    """A pregnancy was lost under a corticosteroid."""
    return _treated(case, frozenset({Treatment.CORTICOSTEROID}))


@fact(
    "losses.treated_with_hydroxychloroquine",
    "boolean",
    question="Was any pregnancy lost under hydroxychloroquine?",
    read_from=READ,
)
def treated_with_hydroxychloroquine(case: Case) -> Fact:
    """A pregnancy was lost under hydroxychloroquine."""
    return _treated(case, frozenset({Treatment.HYDROXYCHLOROQUINE}))
