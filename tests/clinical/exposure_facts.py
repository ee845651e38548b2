"""One fact of a history about exposures or neurology, and the checks at the door."""

import json
from datetime import date

from app.clinical import facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.clinical.plausibility import contradictions
from app.logic.values import Interval, Known

assert facts  # importing it declares the whole catalogue

AS_OF = date(2026, 11, 25)
PARAMETERS = {"exposures.passive_antibody_days": 123}


def read(**history) -> PatientHistory:
    return PatientHistory.model_validate_json(json.dumps({"as_of": "2026-11-25", **history}))


def value(fact_id, **history):
    """The value, an interval as its two ends, or the reason why there is none."""
    found = Case(read(**history), AS_OF, PARAMETERS).fact(fact_id)
    if not isinstance(found, Known):
        return found.reason.value
    return (found.value.low, found.value.high) if isinstance(found.value, Interval) else found.value


def contact(on=None, time=None, agent="measles", **more) -> dict:
    return {"agent": agent, **{k: v for k, v in {"on": on, "time": time}.items() if v is not None}, **more}


def problems(**history) -> list[tuple[str, str]]:
    return [(item.pointer, item.code) for item in contradictions(read(**history), AS_OF)]
