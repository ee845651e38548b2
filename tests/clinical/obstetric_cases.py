"""Short ways to write a history for the tests of the losses."""

from datetime import date

from app.clinical import obstetric
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Fact, Interval, Known, Unknown

AS_OF = date(2026, 11, 25)
PARAMETERS = {
    "obstetric.first_trimester_days": 98,
    "obstetric.ontario_loss_limit_days": 168,
    "obstetric.ontario_exact_run": 3,
    "obstetric.aalborg_week_start_days": 70,
    "obstetric.aalborg_week_end_days": 77,
    "obstetric.thyroid_result_days": 366,
}
COMPLETE = {"complete_sections": ["pregnancies"]}
LIVE_BIRTH = {"outcome": "live_birth"}

assert obstetric.__all__  # importing the module declares the facts


def lost(outcome="miscarriage", weeks=None, days=0, **more) -> dict:
    gestation = {} if weeks is None else {"gestational_age": {"weeks": weeks, "days": days}}
    return {"outcome": outcome, **gestation, **more}


def derive(fact_id: str, *pregnancies, **more) -> Fact:
    sent = {**more, "pregnancies": list(pregnancies)} if pregnancies else more
    return Case(PatientHistory.model_validate(sent, strict=False), AS_OF, PARAMETERS).fact(fact_id)


def value(fact_id: str, *pregnancies, **more):
    """The value, an interval as its two ends, or the reason why there is none."""
    found = derive(fact_id, *pregnancies, **more)
    if isinstance(found, Unknown):
        return found.reason.value
    assert isinstance(found, Known)
    return (found.value.low, found.value.high) if isinstance(found.value, Interval) else found.value
