"""The use case of an infusion plan: one order in, one cited plan or refusal out. No database, no clock."""

from collections.abc import Container, Iterator
from datetime import date

from pydantic import ValidationError

from app.clinical.catalogue import Case
from app.clinical.facts import derive
from app.clinical.history import PatientHistory
from app.clinical.infusion_plan import infusion_plan
from app.clinical.obstetric_sections import CurrentPregnancy, Postpartum, PregnancyStatus
from app.clinical.order_rules import PlanNote
from app.clinical.parts import RuleSetName
from app.clinical.plan_reading import AT_RISK, Order
from app.clinical.plan_request import Answer, Answered, InfusionPlanRequest
from app.clinical.plan_shapes import InfusionPlan, InfusionPlanAnswer
from app.clinical.product_rules import ProductRestriction
from app.clinical.rules import Contraindication
from app.clinical.ruleset import RuleSet
from app.clinical.sections import Patient, PlannedIvig, Sex
from app.clinical.sources import cited, short
from app.clinical.vaccine_history import MG
from app.clinical.vaccine_interval import VaccineInterval, vaccine_interval
from app.errors import InputError, Problem
from app.logic.conditions import rules_of
from app.logic.truth import Truth
from app.version import ENGINE_VERSION

TRUTHS = {Answer.YES: Truth.TRUE, Answer.NO: Truth.FALSE, Answer.UNKNOWN: Truth.UNKNOWN}


def plan(rules: RuleSet, request: InfusionPlanRequest, today: date) -> InfusionPlanAnswer:
    """What ``rules`` say about this order. Raises InputError for answers about nothing, or that contradict each other."""
    problems = tuple(_contradictions(request))
    if problems:
        raise InputError("inconsistent-input", problems)
    _check_answers(rules, request)
    case = Case(history_of(request), today, rules.parameters)
    results = rules.program.evaluate(derive(case))
    found = infusion_plan(rules, results, order_of(request))
    vaccine = _vaccine(rules, found)
    return InfusionPlanAnswer(
        RuleSetName(rules.version, rules.digest, rules.review_by),
        ENGINE_VERSION,
        request.jurisdiction,
        found,
        vaccine,
        tuple(short(rules, item) for item in dict.fromkeys(cited((found, vaccine)))),
    )


def _vaccine(rules: RuleSet, found: InfusionPlan) -> VaccineInterval | None:
    """How long a live vaccine waits after the last day of the course; only where the number of days is known."""
    course = found.course
    if course is None or course.days is None:
        return None
    return vaccine_interval(course.dose_g_per_kg_per_day * course.days * MG, course.daily[-1].on, rules.limits)


def history_of(request: InfusionPlanRequest) -> PatientHistory:
    """The history that the request tells. A weight outside the working limits is no fact; the plan refuses it by itself."""
    pregnancy = CurrentPregnancy(gestational_age=request.gestational_age) if request.gestational_age else None
    birth = Postpartum(days=request.postpartum_days) if request.postpartum_days is not None else None
    return PatientHistory(
        jurisdiction=request.jurisdiction,
        patient=_patient(request),
        pregnancy_status=request.pregnancy_status,
        current_pregnancy=pregnancy,
        postpartum=birth,
        planned_ivig=PlannedIvig(
            product=request.product,
            dose_g_per_kg=request.dose_g_per_kg,
            days=request.days,
            rapid_infusion=request.rapid_infusion,
        ),
    )


def _patient(request: InfusionPlanRequest) -> Patient:
    stated = request.model_dump(
        include={"age_years", "sex", "weight_kg", "prepregnancy_weight_kg", "height_cm", "blood_group"}
    )
    try:
        return Patient(**stated)
    except ValidationError:
        return Patient(**{**stated, "weight_kg": None, "height_cm": None})


def order_of(request: InfusionPlanRequest) -> Order:
    """The order as the plan reads it."""
    said = (*request.risk_factors, *request.contraindications)
    return Order(
        product=request.product,
        concentration_percent=request.concentration_percent,
        jurisdiction=request.jurisdiction,
        indication=request.indication,
        weight_kg=request.weight_kg,
        height_cm=request.height_cm,
        sex=request.sex,
        dose_g_per_kg=request.dose_g_per_kg,
        days=request.days,
        starts_on=request.starts_on,
        basis=request.weight_basis,
        override=request.override_daily_limit,
        rounding=request.rounding,
        answers={item.id: TRUTHS[item.present] for item in said},
        factors_complete=request.risk_factors_complete,
    )


def _contradictions(request: InfusionPlanRequest) -> Iterator[Problem]:
    implied = {PregnancyStatus.PREGNANT} if request.gestational_age else set()
    implied |= {PregnancyStatus.POSTPARTUM} if request.postpartum_days is not None else set()
    implied |= {request.pregnancy_status} if request.pregnancy_status else set()
    if len(implied) > 1:
        detail = "pregnancy_status, gestational_age and postpartum_days disagree."
        yield Problem("/pregnancy_status", "inconsistent", detail)
    if request.sex is Sex.MALE and implied:
        yield Problem("/sex", "inconsistent", "sex is male and a pregnancy status is given.")


def _check_answers(rules: RuleSet, request: InfusionPlanRequest) -> None:
    at_risk = next(rule for rule in rules.of(PlanNote) if rule.id == AT_RISK)
    factors = rules_of(at_risk.when) if at_risk.when else ()
    listed = {rule.id for rule in (*rules.of(Contraindication), *rules.of(ProductRestriction))}
    problems = (
        *_answer_problems("risk_factors", request.risk_factors, factors),
        *_answer_problems("contraindications", request.contraindications, listed),
    )
    if problems:
        raise InputError("invalid-input", problems)


def _answer_problems(name: str, answers: tuple[Answered, ...], known: Container[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in enumerate(answers):
        if item.id not in known:
            detail = "The rule set has none of this id; GET /v1/rules/plan-at-risk and /v1/rules list them."
            yield Problem(f"/{name}/{index}/id", "not_in_list", detail)
        if item.id in seen:
            yield Problem(f"/{name}/{index}/id", "inconsistent", "This id is answered twice.")
        seen.add(item.id)
