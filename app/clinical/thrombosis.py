"""Thromboses: any, confirmed ones, and by the bed and risk profile that ACR/EULAR asks for (CLINICAL_DECISIONS 2a, 2b).

A thrombosis said to be of a superficial vein only is left out. One whose confirmation is not stated may count; one that
imaging did not show does not. High-risk profiles are the clinician's judgement and are never computed here.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.sections import ThrombosisType, ThromboticEvent
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Known, Reason, Unknown

Kind = Callable[[ThromboticEvent], Truth]

READ = ("thrombotic_events",)
ASK = (
    "Has she had a thrombosis (venous, arterial or of small vessels)? Give date, site, how it was confirmed, and whether "
    "only a superficial vein was affected."
)


def stated(value: bool | None) -> Truth:
    """A yes or no that may not have been sent."""
    return Truth.UNKNOWN if value is None else of(value)


def listed(case: Case) -> Mapping[str, ThromboticEvent]:
    """Thromboses by their place in the request."""
    return {f"/thrombotic_events/{index}": item for index, item in enumerate(case.history.thrombotic_events or ())}


def is_thrombosis(event: ThromboticEvent) -> Truth:
    """A thrombosis beyond superficial veins; one that imaging did not show may have been one."""
    return all_of((of(not event.superficial), Truth.UNKNOWN if event.confirmed is False else Truth.TRUE))


def is_confirmed(event: ThromboticEvent) -> Truth:
    """Confirmed by imaging, Doppler or histology, superficial vein thrombosis excluded [sydney-clin-thrombosis]."""
    return all_of((of(not event.superficial), stated(event.confirmed)))


def _of_type(kind: ThrombosisType, event: ThromboticEvent) -> Truth:
    return all_of((of(event.type is kind), is_confirmed(event)))


def _without_high_risk(kind: ThrombosisType, event: ThromboticEvent) -> Truth:
    return all_of((_of_type(kind, event), ~stated(event.high_risk_profile)))


def any_event(case: Case, kind: Kind) -> Fact:
    """Whether any thrombosis is of a kind; FALSE only when the list is complete."""
    found = {place: kind(event) for place, event in listed(case).items()}
    sources = tuple(place for place, truth in found.items() if truth is not Truth.FALSE)
    truth = any_of(found.values())
    if truth is Truth.TRUE:
        return Known(True, sources)
    if sources:
        return Unknown(Reason.NOT_DETERMINABLE, sources)
    if case.complete(Section.THROMBOTIC_EVENTS):
        return Known(False, ("/thrombotic_events",))
    return case.absent(Section.THROMBOTIC_EVENTS)


def _declare(fact_id: str, kind: Kind, question: str = ASK, read_from: Iterable[str] = READ) -> None:
    fact(fact_id, "boolean", question=question, read_from=read_from)(partial(any_event, kind=kind))


_declare("thrombosis.any", is_thrombosis)
_declare("thrombosis.any_confirmed", is_confirmed)
for _type, _profile in ((ThrombosisType.VENOUS, "VTE"), (ThrombosisType.ARTERIAL, "cardiovascular")):
    _declare(f"thrombosis.{_type.value}", partial(_of_type, _type))
    _declare(
        f"thrombosis.{_type.value}_without_high_risk_profile",
        partial(_without_high_risk, _type),
        f"Was there a high-risk {_profile} profile at the time of the {_type.value} thrombosis, in the clinician's judgement?",
    )
