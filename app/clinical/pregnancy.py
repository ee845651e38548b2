"""The patient and her pregnancy today: age, smoking, and where she stands between trying and after a birth.

Gestation is counted in days from the last menstrual period (10w0d = 70), CLINICAL_DECISIONS 0.1.
"""

from datetime import date
from typing import Any

from app.clinical.catalogue import Case, Coding, fact
from app.clinical.obstetric_sections import PregnancyStatus
from app.logic.values import Fact, Interval, Known, Reason, Unknown

LOINC = "http://loinc.org"
STATUS = ("pregnancy_status", "current_pregnancy", "postpartum")
ASK_STATUS = "Is she pregnant, trying, in a treatment cycle, or after a birth?"
STATUS_CODES = (Coding(LOINC, "82810-3", "Pregnancy status"),)
GESTATION_CODES = (Coding(LOINC, "18185-9", "Gestational age"),)


@fact(
    "patient.age_years",
    "number",
    unit="a",
    question="How old is she (completed years), or when was she born?",
    read_from=("patient",),
)
def age_years(case: Case) -> Fact:
    """Completed years on the date of assessment, from the birth date or as sent."""
    patient = case.history.patient
    if patient.birth_date is not None:
        return Known(_years(patient.birth_date, case.as_of), ("/patient/birth_date",))
    return _sent(patient.age_years, "/patient/age_years")


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@fact("patient.smoker", "boolean", question="Does she smoke?", read_from=("patient",))
def smoker(case: Case) -> Fact:
    """Whether she smokes now."""
    return _sent(case.history.patient.smoker, "/patient/smoker")


def status(case: Case) -> tuple[PregnancyStatus, tuple[str, ...]] | Unknown:
    """Today's status and where it was read: stated, or implied by the section of a pregnancy or of a birth."""
    history = case.history
    implied = {
        "/current_pregnancy": PregnancyStatus.PREGNANT if history.current_pregnancy else None,
        "/postpartum": PregnancyStatus.POSTPARTUM if history.postpartum else None,
        "/pregnancy_status": history.pregnancy_status,
    }
    said = {place: value for place, value in implied.items() if value is not None}
    if not said:
        return Unknown(Reason.NOT_SENT, ("/pregnancy_status",))
    if len(set(said.values())) > 1:
        return Unknown(Reason.CONFLICTING, tuple(said))
    return next(iter(said.values())), tuple(said)


def _is(case: Case, *wanted: PregnancyStatus) -> Fact:
    found = status(case)
    return found if isinstance(found, Unknown) else Known(found[0] in wanted, found[1])


@fact("pregnancy.pregnant", "boolean", question=ASK_STATUS, read_from=STATUS, codes=STATUS_CODES)
def pregnant(case: Case) -> Fact:
    """Whether she is pregnant on the date of assessment."""
    return _is(case, PregnancyStatus.PREGNANT)


@fact("pregnancy.postpartum", "boolean", question=ASK_STATUS, read_from=STATUS, codes=STATUS_CODES)
def postpartum(case: Case) -> Fact:
    """Whether she is after a birth; the five statuses exclude each other."""
    return _is(case, PregnancyStatus.POSTPARTUM)


@fact("pregnancy.trying", "boolean", question=ASK_STATUS, read_from=STATUS, codes=STATUS_CODES)
def trying(case: Case) -> Fact:
    """Whether she is trying to conceive, by herself or in a treatment cycle."""
    return _is(case, PregnancyStatus.TRYING, PregnancyStatus.IN_TREATMENT_CYCLE)


@fact(
    "pregnancy.gestation_days",
    "number",
    unit="d",
    question="What is the gestation today, in weeks and days?",
    read_from=("current_pregnancy",),
    codes=GESTATION_CODES,
)
def gestation_days(case: Case) -> Fact:
    """Gestation today in days; a week without days is the interval of its seven days. Outside pregnancy there is none."""
    found = _of_pregnancy(case, "gestational_age")
    if isinstance(found, Unknown):
        return found
    age, place = found
    days: Interval = age.in_days
    return Known(days.low if days.exact and days.low is not None else days, (place,))


@fact(
    "pregnancy.fetuses",
    "number",
    unit="1",
    question="How many fetuses are there?",
    read_from=("current_pregnancy",),
)
def fetuses(case: Case) -> Fact:
    """Number of fetuses now; none outside pregnancy."""
    return _now(case, "plurality", outside=0)


@fact("pregnancy.bleeding", "boolean", question="Is there vaginal bleeding now?", read_from=("current_pregnancy",))
def bleeding(case: Case) -> Fact:
    """Vaginal bleeding in the pregnancy of today; not applicable, so false, outside pregnancy."""
    return _now(case, "bleeding", outside=False)


@fact(
    "pregnancy.intrauterine",
    "boolean",
    question="Has a scan shown the pregnancy inside the uterus?",
    read_from=("current_pregnancy",),
)
def intrauterine(case: Case) -> Fact:
    """Whether a scan showed the pregnancy inside the uterus; not applicable, so false, outside pregnancy."""
    return _now(case, "intrauterine", outside=False)


@fact(
    "pregnancy.postpartum_days",
    "number",
    unit="d",
    question="How many days ago was the birth?",
    read_from=("postpartum",),
)
def postpartum_days(case: Case) -> Fact:
    """Days since the birth; none unless she is after a birth."""
    birth = case.history.postpartum
    if birth is not None and birth.days is not None:
        return Known(birth.days, ("/postpartum/days",))
    found = status(case)
    if isinstance(found, Unknown) or found[0] is PregnancyStatus.POSTPARTUM:
        return Unknown(Reason.NOT_RECORDED if birth else Reason.NOT_SENT, ("/postpartum",))
    return Unknown(Reason.NOT_DETERMINABLE, found[1])


def _sent(value: bool | int | None, place: str) -> Fact:
    return Unknown(Reason.NOT_RECORDED, (place,)) if value is None else Known(value, (place,))


def _now(case: Case, name: str, *, outside: bool | int) -> Fact:
    found = _of_pregnancy(case, name)
    if not isinstance(found, Unknown):
        return Known(found[0], (found[1],))
    return Known(outside, found.sources) if found.reason is Reason.NOT_DETERMINABLE else found


def _of_pregnancy(case: Case, name: str) -> tuple[Any, str] | Unknown:
    """A field of the pregnancy of today with its place; not determinable when she is known not to be pregnant."""
    now, found = case.history.current_pregnancy, status(case)
    if isinstance(found, Unknown):
        return found
    if found[0] is not PregnancyStatus.PREGNANT:
        return Unknown(Reason.NOT_DETERMINABLE, found[1])
    if now is None:
        return Unknown(Reason.NOT_SENT, ("/current_pregnancy",))
    value, place = getattr(now, name), f"/current_pregnancy/{name}"
    return Unknown(Reason.NOT_RECORDED, (place,)) if value is None else (value, place)
