"""Short ways to write a history for the tests of fetal facts."""

import json
from datetime import date

from app.clinical import facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Known

assert facts  # importing it declares the whole catalogue

AS_OF = date(2026, 11, 25)
PARAMETERS = {
    "hdfn.early_onset_week_start_days": 168,
    "hdfn.early_onset_week_end_days": 175,
    "itp.question_platelets": 70,
}


def fact(fact_id, **history):
    return Case(PatientHistory.model_validate_json(json.dumps(history)), AS_OF, PARAMETERS).fact(fact_id)


def value(fact_id, **history):
    """The known value, or the reason why there is none."""
    found = fact(fact_id, **history)
    return found.value if isinstance(found, Known) else found.reason.value


def past(fact_id, *pregnancies, complete=False):
    """A fact that reads past pregnancies only."""
    vouched = {"complete_sections": ["pregnancies"]} if complete else {}
    return value(fact_id, pregnancies=list(pregnancies), **vouched)


def pregnancy(complications=None, outcome="live_birth", weeks=None, **findings):
    written = {"outcome": outcome}
    if complications is not None:
        written["complications"] = complications
    if weeks is not None:
        written["gestational_age"] = {"weeks": weeks}
    if findings:
        written["fetal_findings"] = findings
    return written


def condition(code, status="present"):
    return {"code": code, "status": status}


def platelets(count):
    return [{"test": "platelets", "value": count, "unit": "10*9/L", "on": "2026-11-24"}]
