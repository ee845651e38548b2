"""Immune thrombocytopenia in pregnancy: does the question arise, is another cause open, what was tried, what is planned."""

from collections.abc import Iterable
from functools import partial

from app.clinical.aps_conditions import DIAGNOSES
from app.clinical.catalogue import Case, fact
from app.clinical.fetal_sections import CorticosteroidResponse, CorticosteroidTrial
from app.clinical.history import Section
from app.clinical.intervals import below
from app.clinical.presence import read_presence
from app.clinical.timeline import interval_of, truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

ITP = "condition.immune_thrombocytopenia"
EXCLUDED = "condition.thrombocytopenia_other_causes_excluded"
OTHER_CAUSES = (
    "preeclampsia",
    "preeclampsia_severe_features",
    "superimposed_preeclampsia",
    "eclampsia",
    "hellp",
    "catastrophic_aps_suspected",
    "drug_induced_thrombocytopenia",
    "thrombotic_thrombocytopenic_purpura",
    *DIAGNOSES,
)
TRIAL = "/corticosteroid_trial"


def _said(found: Fact) -> bool:
    """Whether an entry says it; silence in a list vouched for as complete is no entry."""
    return isinstance(found, Known) and found.sources != ("/conditions",)


@fact(
    "itp.raised",
    "boolean",
    question="Has immune thrombocytopenia (ITP) been diagnosed, and what is the latest platelet count?",
    read_from=("conditions", "laboratory"),
)
def raised(case: Case) -> Fact:
    """ITP diagnosed; or platelets under the highest limit that asks for action [itp-thresholds], unless ITP was denied."""
    stated, platelets = case.fact(ITP), case.fact("lab.platelets")
    if truth_of(stated) is Truth.TRUE or _said(stated):
        return stated
    if isinstance(stated, Unknown) and stated.reason is Reason.CONFLICTING:
        return stated
    low = below(interval_of(platelets), case.number("itp.question_platelets"))
    return Known(True, platelets.sources) if isinstance(platelets, Known) and low is Truth.TRUE else stated


@fact(
    "itp.other_cause_open",
    "boolean",
    question="Were preeclampsia and HELLP, thrombotic thrombocytopenic purpura, antiphospholipid syndrome and drugs excluded?",
    read_from=("conditions",),
)
def other_cause_open(case: Case) -> Fact:
    """Whether another cause of the low platelets is present, suspected or not excluded [tma-differential].

    The clinician's word on the exclusion decides. Without it another cause that was entered keeps the question open, and
    a diagnosis of ITP, which is one of exclusion, closes it; otherwise it is not known.
    """
    excluded, itp = case.fact(EXCLUDED), case.fact(ITP)
    if _said(excluded):
        return Known(truth_of(excluded) is Truth.FALSE, excluded.sources)
    found = read_presence(case, Section.CONDITIONS, OTHER_CAUSES)
    if truth_of(found) is Truth.TRUE:
        return found
    if truth_of(itp) is Truth.TRUE:
        return Known(False, itp.sources)
    return Unknown(Reason.NOT_DETERMINABLE, itp.sources)


@fact(
    "itp.clinician_holds_need",
    "boolean",
    question="Between the limits: does the treating clinician hold that treatment is needed now?",
    read_from=("conditions",),
)
def clinician_holds_need(case: Case) -> Fact:
    """The treating clinician's decision between the limits of [house-itp-need]; only an entry says yes or no."""
    stated = case.fact("condition.itp_treatment_needed")
    return stated if _said(stated) or isinstance(stated, Unknown) else Unknown(Reason.NOT_RECORDED, stated.sources)


@fact(
    "plans.birth_within_two_weeks",
    "boolean",
    question="Is the birth planned or expected within about two weeks?",
    read_from=("plans",),
)
def birth_within_two_weeks(case: Case) -> Fact:
    """Whether the birth is planned or expected within about two weeks: it decides the platelets aimed at [itp-thresholds]."""
    plans, place = case.history.plans, ("/plans/birth_within_two_weeks",)
    if plans is None or plans.birth_within_two_weeks is None:
        return Unknown(Reason.NOT_SENT if plans is None else Reason.NOT_RECORDED, place)
    return Known(plans.birth_within_two_weeks, place)


def _trial(case: Case, name: str) -> Fact:
    """A field of the trial; one that only a corticosteroid that was given can have is false when none was given."""
    trial = case.history.corticosteroid_trial
    if trial is None:
        return Unknown(Reason.NOT_SENT, (TRIAL,))
    value = _read(trial, name)
    if value is None:
        return Unknown(Reason.NOT_RECORDED, (f"{TRIAL}/{name}",))
    return Known(value, (f"{TRIAL}/{name}",))


def _read(trial: CorticosteroidTrial, name: str) -> bool | None:
    if name == "response":
        failed = None if trial.response is None else trial.response is CorticosteroidResponse.INADEQUATE
        return False if trial.given is False else failed
    if name == "given" and trial.given is None:
        begun = any(item is not None for item in (trial.prednisone_mg_per_day, trial.days, trial.response))
        return True if begun or trial.harmed else None
    stated: bool | None = getattr(trial, name)
    return False if name == "harmed" and trial.given is False else stated


def _declare(fact_id: str, name: str, question: str, read_from: Iterable[str] = ("corticosteroid_trial",)) -> None:
    fact(fact_id, "boolean", question=question, read_from=read_from)(partial(_trial, name=name))


_declare("steroid.tried", "given", "Was a corticosteroid given for the low platelets (dose, days)?")
_declare("steroid.failed", "response", "Did the platelets respond to the corticosteroid?")
_declare("steroid.harmed", "harmed", "Did the corticosteroid cause harm that stands against going on?")
_declare("steroid.contraindicated", "contraindicated", "Is a corticosteroid contraindicated?")
