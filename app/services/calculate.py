"""Calculators that give figures: one function each, from a checked request to an answer or a refusal."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from app.clinical.calculation import Calculation, RemarkFinding, bounds, day, hull, quantity
from app.clinical.calculator_shapes import (
    CkdEpiRequest,
    CockcroftGaultRequest,
    Creatinine,
    CreatinineUnitsRequest,
    GestationalAgeRequest,
    KidneyInput,
    interval,
)
from app.clinical.gestation import (
    EMBRYO_DAYS,
    days_of,
    due_date,
    gestation_on,
    start_by_scan,
    start_by_transfer,
)
from app.clinical.obstetric_sections import PregnancyStatus
from app.clinical.renal import ckd_epi_2021, cockcroft_gault, creatinine_in
from app.clinical.ruleset import RuleSet
from app.clinical.scalars import DAYS_IN_WEEK
from app.clinical.sections import Sex
from app.clinical.validity import Words
from app.errors import InputError, Problem
from app.logic.values import Interval
from app.services.calculators import calculation, echo, refuse, words

MG_DL, UMOL_L = "mg/dL", "umol/L"
OTHER_UNIT = {MG_DL: UMOL_L, UMOL_L: MG_DL}
CONCEIVING = frozenset({PregnancyStatus.TRYING, PregnancyStatus.IN_TREATMENT_CYCLE})


def ckd_epi(rules: RuleSet, request: CkdEpiRequest) -> Calculation:
    """Estimated GFR, mL/min/1.73 m2. Raises InputError in pregnancy, when that is not known, and outside the equation's range."""
    say = words(rules, "ckd-epi-2021")
    refuse(_kidney_problems(say, request))
    found = [bounds(partial(ckd_epi_2021, sex), *_age_and_creatinine(request)) for sex in _sexes(request)]
    figure = quantity("egfr", "mL/min/{1.73_m2}", hull(found), say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure, holds_if=_holds_if(say, request))


def creatinine_clearance(rules: RuleSet, request: CockcroftGaultRequest) -> Calculation:
    """Creatinine clearance, mL/min, with the weight it was computed from. Raises InputError as ``ckd_epi``."""
    say = words(rules, "cockcroft-gault")
    weight = interval(request.weight_kg)
    refuse((*_kidney_problems(say, request), *say.outside({"/weight_kg": (weight, "kg")})))
    age, creatinine = _age_and_creatinine(request)
    found = [bounds(partial(cockcroft_gault, sex), age, weight, creatinine) for sex in _sexes(request)]
    figure = quantity("creatinine_clearance", "mL/min", hull(found), say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure, holds_if=_holds_if(say, request))


def creatinine_units(rules: RuleSet, request: CreatinineUnitsRequest) -> Calculation:
    """Serum creatinine in the other of mg/dL and umol/L. Raises InputError for a probable unit error."""
    say = words(rules, "creatinine-units")
    refuse(say.outside(_creatinine_value(request.creatinine)))
    other = OTHER_UNIT[request.creatinine.unit]
    figure = quantity("creatinine", other, _converted(request.creatinine, other), say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure)


def gestational_age(rules: RuleSet, request: GestationalAgeRequest, today: date) -> Calculation:
    """Gestation on ``as_of`` (or ``today``) in days, and the due date. Raises InputError for dates that cannot be."""
    say = words(rules, "gestational-age")
    on = request.as_of or today
    start = _start(request, on)
    found = gestation_on(on, start)
    refuse(say.outside({f"/{_method(request)}": (found, "d")}))
    age = quantity("gestational_age", "d", found, 0, _weeks(found))
    inputs = {"as_of": on, **request.model_dump(exclude_none=True, exclude={"as_of"})}
    return calculation(rules, say.calculator, inputs, age, days=(day("due_date", due_date(start)),))


def _sexes(request: KidneyInput) -> tuple[Sex, ...]:
    return (request.sex,) if request.sex else tuple(Sex)


def _age_and_creatinine(request: KidneyInput) -> tuple[Interval, Interval]:
    return interval(request.age_years), _converted(request.creatinine, MG_DL)


def _converted(creatinine: Creatinine, wanted: str) -> Interval:
    return bounds(lambda value: creatinine_in(value, creatinine.unit, wanted), interval(creatinine.value))


def _creatinine_value(creatinine: Creatinine) -> dict[str, tuple[Interval, str]]:
    return {"/creatinine/value": (interval(creatinine.value), creatinine.unit)}


def _kidney_problems(say: Words, request: KidneyInput) -> Iterator[Problem]:
    """Pregnant, or not known not to be, is refused first: the formula would flatter a failing kidney."""
    if request.sex is not Sex.MALE:
        if request.pregnancy_status is None:
            yield say.refusal("/pregnancy_status", "pregnancy-unknown", "required")
        elif request.pregnancy_status is PregnancyStatus.PREGNANT:
            yield say.refusal("/pregnancy_status", "pregnant")
    if request.creatinine_stable is False:
        yield say.refusal("/creatinine_stable", "unstable")
    yield from say.outside({"/age_years": (interval(request.age_years), "a"), **_creatinine_value(request.creatinine)})


def _holds_if(say: Words, request: KidneyInput) -> tuple[RemarkFinding, ...]:
    named = {
        "if-stable": request.creatinine_stable is None,
        "if-not-pregnant": request.pregnancy_status in CONCEIVING,
        "after-birth": request.pregnancy_status is PregnancyStatus.POSTPARTUM,
    }
    return tuple(say.finding(name) for name, holds in named.items() if holds)


def _method(request: GestationalAgeRequest) -> str:
    return next(name for name in ("lmp_on", "scan", "transfer") if getattr(request, name) is not None)


def _start(request: GestationalAgeRequest, on: date) -> Interval:
    """The first day of the last menstrual period, or the day that stands for it."""
    try:
        if request.scan is not None:
            return start_by_scan(days_of(request.scan.on, on), request.scan.gestational_age.in_days)
        if request.transfer is not None:
            age = request.transfer.embryo_day
            embryo = Interval(min(EMBRYO_DAYS), max(EMBRYO_DAYS)) if age is None else Interval(age, age)
            return start_by_transfer(days_of(request.transfer.on, on), embryo)
        assert request.lmp_on is not None
        return days_of(request.lmp_on, on)
    except ValueError:
        raise _later(_method(request)) from None


def _later(method: str) -> InputError:
    pointer = "/lmp_on" if method == "lmp_on" else f"/{method}/on"
    return InputError(
        "inconsistent-input",
        (Problem(pointer, "in_the_future", "This date lies after as_of, or after today where it is left out."),),
    )


def _weeks(days: Interval) -> str:
    ends = ["{}w{}d".format(*divmod(int(end), DAYS_IN_WEEK)) for end in (days.low, days.high) if end is not None]
    return " to ".join(dict.fromkeys(ends))
