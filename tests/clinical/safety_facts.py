"""One fact of a history, for the tests of safety facts."""

import json
from datetime import date
from decimal import Decimal

from app.clinical import facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Known

assert facts  # importing it declares the whole catalogue

AS_OF = date(2026, 11, 25)
PARAMETERS = {"safety.iga_deficient_below": Decimal("0.05")}


def fact(fact_id, **history):
    return Case(PatientHistory.model_validate_json(json.dumps(history)), AS_OF, PARAMETERS).fact(fact_id)


def value(fact_id, **history):
    """The known value, or the reason why there is none."""
    found = fact(fact_id, **history)
    return found.value if isinstance(found, Known) else found.reason


def lab(test, **more):
    return {"test": test, **more}


def diagnosis(status, code="immunoglobulin_anaphylaxis"):
    return {"code": code, "status": status}
