"""The IVIG order as sent: amounts, speed, and what is planned around it."""

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.scalars import DAYS_IN_WEEK
from app.logic.values import Fact, Interval, Known, Reason, Unknown

DOSE, DAYS, EVERY = "/planned_ivig/dose_g_per_kg", "/planned_ivig/days", "/planned_ivig/interval_days"
ASK_DOSE = "What dose is planned (g per kg and day), over how many days, repeated how often?"
READ = ("planned_ivig",)
G_PER_KG = "g/kg"


def _missing(case: Case, pointer: str) -> Unknown:
    return Unknown(Reason.NOT_SENT if case.history.planned_ivig is None else Reason.NOT_RECORDED, (pointer,))


@fact(
    "planned.daily_g_per_kg",
    "number",
    unit="g/kg/d",
    question=ASK_DOSE,
    read_from=READ,
)
def daily_g_per_kg(case: Case) -> Fact:
    """Dose of one day, g/kg, as ordered."""
    order = case.history.planned_ivig
    if order is None or order.dose_g_per_kg is None:
        return _missing(case, DOSE)
    return Known(order.dose_g_per_kg, (DOSE,))


@fact("planned.total_g_per_kg", "number", unit=G_PER_KG, question=ASK_DOSE, read_from=READ)
def total_g_per_kg(case: Case) -> Fact:
    """Dose of one course, g/kg: the daily dose times the days; at least one day's dose where the days are not known."""
    order = case.history.planned_ivig
    if order is None or order.dose_g_per_kg is None:
        return _missing(case, DOSE)
    if order.days is None:
        return Known(Interval(order.dose_g_per_kg, None), (DOSE,))
    return Known(order.dose_g_per_kg * order.days, (DOSE, DAYS))


@fact("planned.weekly_g_per_kg", "number", unit=G_PER_KG, question=ASK_DOSE, read_from=READ)
def weekly_g_per_kg(case: Case) -> Fact:
    """Dose in a week when courses are repeated, g/kg: the course times 7 days, divided by the days between courses."""
    order = case.history.planned_ivig
    if order is None or order.dose_g_per_kg is None:
        return _missing(case, DOSE)
    if order.interval_days is None:
        return _missing(case, EVERY)
    one_day = order.dose_g_per_kg * DAYS_IN_WEEK / order.interval_days
    if order.days is None:
        return Known(Interval(one_day, None), (DOSE, EVERY))
    return Known(one_day * order.days, (DOSE, DAYS, EVERY))


@fact("planned.rapid", "boolean", question="Is a rapid infusion meant?", read_from=READ)
def rapid(case: Case) -> Fact:
    """Whether a rapid infusion is meant."""
    order = case.history.planned_ivig
    if order is None or order.rapid_infusion is None:
        return _missing(case, "/planned_ivig/rapid_infusion")
    return Known(order.rapid_infusion, ("/planned_ivig/rapid_infusion",))


@fact("vaccine.planned", "boolean", question="Are vaccines planned, and which?", read_from=("immunisations",))
def vaccine_planned(case: Case) -> Fact:
    """Whether any vaccine is planned; none only when the sender vouches for the list."""
    listed = enumerate(case.history.immunisations or ())
    planned = tuple(f"/immunisations/{index}" for index, item in listed if item.planned)
    if planned:
        return Known(True, planned)
    if case.complete(Section.IMMUNISATIONS):
        return Known(False, ("/immunisations",))
    return case.absent(Section.IMMUNISATIONS)
