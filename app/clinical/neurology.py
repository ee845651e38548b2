"""Guillain-Barre syndrome and myasthenia gravis: diagnosis, onset and state (CLINICAL_DECISIONS 5.10, 5.11).

A diagnosis may be sent as a condition or by its part of the neurology section: one fact reads both, so that whatever depends
on it (magnesium is avoided in myasthenia gravis) sees either.
"""

from functools import partial

from app.clinical.catalogue import Case, Entry, World, declare_entry, fact
from app.clinical.exposure_sections import GuillainBarre, Myasthenia, MyastheniaState
from app.clinical.history import Section
from app.clinical.moments import Moment, declare_elapsed, moment, until_now
from app.clinical.presence import declare_presence, read_presence
from app.clinical.timeline import contradicts
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

READ = ("neurology",)
ASK_ONSET = "On which day did the weakness of Guillain-Barre syndrome begin?"
ASK_WALKS = "Does she still walk?"
ASK_STATE = "Is myasthenia gravis in crisis, worse (moderate to severe, or mild) or stable?"
GBS, MG = "/neurology/guillain_barre", "/neurology/myasthenia"
ACUTE = frozenset({MyastheniaState.CRISIS, MyastheniaState.WORSENING_MODERATE_SEVERE})
DIAGNOSES = (
    (
        "guillain_barre_syndrome",
        "Guillain-Barre syndrome",
        "Does she have Guillain-Barre syndrome?",
        "guillain_barre",
    ),
    ("myasthenia_gravis", "Myasthenia gravis", "Does she have myasthenia gravis?", "myasthenia"),
)


def _part(case: Case, name: str) -> GuillainBarre | Myasthenia | None:
    sent = case.history.neurology
    return None if sent is None else getattr(sent, name)


def diagnosed(case: Case, code: str, part: str) -> Fact:
    """Whether the disease is diagnosed: as a condition, or by its part of the neurology section."""
    listed = read_presence(case, Section.CONDITIONS, (code,))
    if _part(case, part) is None:
        return listed
    if contradicts(listed, Truth.TRUE):
        return Unknown(Reason.CONFLICTING, (*listed.sources, f"/neurology/{part}"))
    return Known(True, (f"/neurology/{part}",))


def _missing(case: Case, part: str, place: str) -> Unknown:
    return Unknown(Reason.NOT_SENT if _part(case, part) is None else Reason.NOT_RECORDED, (place,))


def onset(case: Case) -> Moment | Unknown:
    """The day of onset of Guillain-Barre syndrome."""
    sent = _part(case, "guillain_barre")
    if not isinstance(sent, GuillainBarre) or sent.onset is None:
        return _missing(case, "guillain_barre", f"{GBS}/onset")
    return until_now(case, moment(sent.onset, None, f"{GBS}/onset"))


@fact("gbs.walks", "boolean", question=ASK_WALKS, read_from=READ)
def walks(case: Case) -> Fact:
    """Whether she still walks; false when she is not ambulant."""
    sent = _part(case, "guillain_barre")
    if not isinstance(sent, GuillainBarre) or sent.walks is None:
        return _missing(case, "guillain_barre", f"{GBS}/walks")
    return Known(sent.walks, (f"{GBS}/walks",))


def _state(case: Case) -> MyastheniaState | Unknown:
    sent = _part(case, "myasthenia")
    if not isinstance(sent, Myasthenia) or sent.state is None:
        return _missing(case, "myasthenia", f"{MG}/state")
    return sent.state


@fact("mg.crisis_or_marked_worsening", "boolean", question=ASK_STATE, read_from=READ)
def crisis_or_marked_worsening(case: Case) -> Fact:
    """Myasthenic crisis or moderate to severe worsening; a worsening of unknown severity leaves it open."""
    state = _state(case)
    if isinstance(state, Unknown):
        return state
    if state is MyastheniaState.WORSENING:
        return Unknown(Reason.NOT_DETERMINABLE, (f"{MG}/state",))
    return Known(state in ACUTE, (f"{MG}/state",))


@fact("mg.stable", "boolean", question=ASK_STATE, read_from=READ)
def stable(case: Case) -> Fact:
    """Stable myasthenia gravis."""
    state = _state(case)
    return state if isinstance(state, Unknown) else Known(state is MyastheniaState.STABLE, (f"{MG}/state",))


def _declare(code: str, title: str, question: str, part: str) -> None:
    declare_entry(Entry(Section.CONDITIONS, code, title))
    declare = fact(
        f"condition.{code}", "boolean", question=question, world=World.CLOSED, read_from=("conditions", "neurology")
    )
    declare(partial(diagnosed, code=code, part=part))


for _diagnosis in DIAGNOSES:
    _declare(*_diagnosis)

declare_elapsed("gbs.onset", ASK_ONSET, READ, onset)
declare_presence(
    Section.CONDITIONS,
    "plasma_exchange_given",
    "Plasma exchange given in this illness",
    "Has she had plasma exchange in this illness?",
)
