"""The infusion plan of one IVIG order: dose, volume, days and rates, or the reasons why nothing is computed (CLINICAL_DECISIONS 6.7).

Pure: the same rule set, results and order give the same plan.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from app.clinical.catalogue import Case
from app.clinical.dosing import DomainError, check_height, check_weight, dose_g, volume_ml
from app.clinical.plan_doses import CourseDose, DayDose, RoundedDose, VialCount, WeightOption
from app.clinical.plan_parts import PlanSentence, Refusal
from app.clinical.plan_rates import Given, rate_plans, regions_of
from app.clinical.plan_reading import Order, Reading
from app.clinical.plan_request import VialRounding
from app.clinical.plan_shapes import InfusionPlan, PlannedProduct
from app.clinical.plan_warnings import at_risk_finding, at_risk_of, contraindications, refusals, warnings
from app.clinical.plan_weight import Settled, body_of, settle
from app.clinical.ruleset import RuleSet
from app.clinical.vials import Rounding, Vials, round_to_vials
from app.logic.evaluator import Results

PERCENT = 100
HISTORY_PLACES = {
    "product": "/planned_ivig/product",
    "dose_g_per_kg": "/planned_ivig/dose_g_per_kg",
    "override_daily_limit": "/planned_ivig/dose_g_per_kg",
    "weight_kg": "/patient/weight_kg",
    "height_cm": "/patient/height_cm",
    "sex": "/patient/sex",
    "age_years": "/patient/age_years",
    "concentration_percent": "/planned_ivig/product",
    "weight_basis": "/planned_ivig",
}


@dataclass(frozen=True, slots=True)
class Dose:
    """The dose of one day, exact: g, mL at a strength in percent, and the most in g that the local rule allows."""

    grams: Decimal
    ml: Decimal
    percent: int
    most: Decimal | None


def plan_of(rules: RuleSet, case: Case, results: Results, indication: str | None = None) -> InfusionPlan | None:
    """The plan for the order that a history holds, or None where it holds none. ``indication``: what it is given for, if known."""
    order = case.history.planned_ivig
    if order is None:
        return None
    patient = case.history.patient
    asked = Order(
        product=order.product,
        jurisdiction=case.history.jurisdiction,
        indication=indication,
        weight_kg=patient.weight_kg,
        height_cm=patient.height_cm,
        sex=patient.sex,
        dose_g_per_kg=order.dose_g_per_kg,
        days=order.days,
        places=HISTORY_PLACES,
    )
    return infusion_plan(rules, results, asked)


def infusion_plan(rules: RuleSet, results: Results, order: Order) -> InfusionPlan:
    """The plan of an order, or its refusal with every reason. ``results`` are the rule set's for the same patient."""
    reading = Reading(rules, results, order)
    standing = contraindications(reading)
    refused = (*_refused(reading), *refusals(reading, standing))
    measured = not any(item.id.startswith(("refuse-weight", "refuse-height")) for item in refused)
    settled = settle(reading, body_of(order)) if measured else None
    if settled and settled.refused:
        refused = (*refused, settled.refused)
    plan = InfusionPlan(
        _product(reading),
        refused,
        settled.finding if settled else None,
        None,
        at_risk_finding(reading),
        (),
        warnings(reading),
        standing,
        tuple(_notes(reading, refused)),
    )
    return plan if refused or settled is None else _computed(reading, plan, settled)


def _refused(reading: Reading) -> Iterator[Refusal]:
    """Every reason in the order, the patient's measures or the product why nothing may be computed."""
    yield from _product_refused(reading)
    order, limits = reading.order, reading.rules.parameters
    yield from _measure_refused(reading, "weight", order.weight_kg, lambda value: check_weight(value, limits))
    yield from _measure_refused(reading, "height", order.height_cm, lambda value: check_height(value, limits))
    if order.dose_g_per_kg is None:
        yield reading.refusal("refuse-dose-missing", "dose_g_per_kg")
    elif _above_limit(reading) and not order.override:
        yield reading.refusal("refuse-dose-over-limit", "dose_g_per_kg", "override_daily_limit")


def _product_refused(reading: Reading) -> Iterator[Refusal]:
    product = reading.product
    if reading.order.product is None:
        yield reading.refusal("refuse-product-missing", "product")
    elif product is None:
        yield reading.refusal("refuse-product-unknown", "product")
    else:
        if not (product.rate_plan_possible and product.initial_rate and product.max_infusion_rate):
            yield reading.refusal("refuse-rate-unknown", "product")
        if _percent(reading) is None:
            yield reading.refusal("refuse-concentration", "concentration_percent")


def _measure_refused(
    reading: Reading, name: str, value: Decimal | None, check: Callable[[Decimal], None]
) -> Iterator[Refusal]:
    field = "weight_kg" if name == "weight" else "height_cm"
    if value is None:
        yield reading.refusal(f"refuse-{name}-missing", field)
        return
    try:
        check(value)
    except DomainError:
        yield reading.refusal(f"refuse-{name}-limits", field)


def _percent(reading: Reading) -> int | None:
    """The strength in g per 100 mL: the product's only one, or the one that was sent if the product has it."""
    product, sent = reading.product, reading.order.concentration_percent
    if product is None:
        return None
    if sent is None:
        return product.concentration_percent[0] if len(product.concentration_percent) == 1 else None
    return sent if sent in product.concentration_percent else None


def _above_limit(reading: Reading) -> bool:
    dose = reading.order.dose_g_per_kg
    return dose is not None and dose > reading.number("dosing.daily_limit_g_per_kg")


def _product(reading: Reading) -> PlannedProduct | None:
    product = reading.product
    return PlannedProduct(product.id, product.name, _percent(reading), product.cite) if product else None


def _notes(reading: Reading, refused: tuple[Refusal, ...]) -> Iterator[PlanSentence]:
    """What holds for the whole plan, or for the product where there is no plan."""
    product, regions = reading.product, regions_of(reading)
    if product and regions and not regions & set(product.regions):
        yield reading.note("plan-product-place")
    if product and "EU" in regions and any(rate.region for rate in product.max_infusion_rate):
        yield reading.note("label-region-eu")
    if product and product.stabiliser is None:
        yield reading.note("plan-product-not-cleared")
    if refused:
        return
    if reading.order.days is None:
        yield reading.note("plan-days-missing")
    if _above_limit(reading):
        yield reading.note("plan-override")
    yield reading.note("plan-pump")
    yield reading.note("plan-reaction")


def _computed(reading: Reading, plan: InfusionPlan, settled: Settled) -> InfusionPlan:
    """The plan with its dose and rates, once nothing stands against it."""
    order, product, percent = reading.order, reading.product, _percent(reading)
    weight, per_kg = settled.finding.weight_kg, order.dose_g_per_kg
    assert product is not None
    assert percent is not None
    assert weight is not None
    assert per_kg is not None
    wanted = dose_g(per_kg, weight)
    grams = wanted if settled.most_g is None else min(wanted, settled.most_g)
    dose = Dose(grams, volume_ml(grams, percent), percent, settled.most_g)
    rounded, note = _rounded(order.rounding, dose)
    given = Given(product, percent, rounded.volume_ml if rounded else dose.ml, rounded is not None, weight)
    notes = [*plan.notes, reading.note(note), *([reading.note("plan-dose-capped")] if grams < wanted else [])]
    return replace(
        plan,
        weight=replace(settled.finding, alternatives=_with_doses(settled, per_kg)),
        course=_course(order, per_kg, dose, rounded),
        rates=rate_plans(reading, given, at_risk_of(reading)),
        notes=tuple(notes),
    )


def _rounded(asked: VialRounding | None, dose: Dose) -> tuple[RoundedDose | None, str]:
    """Whole vials if they were asked for and can be made up, and the id of the sentence that says so."""
    if asked is None:
        return None, "plan-no-rounding"
    try:
        vials = _vials(asked, dose)
    except DomainError:
        return None, "plan-rounding-impossible"
    rounded = RoundedDose(
        asked.rule,
        vials.dose_g,
        volume_ml(vials.dose_g, dose.percent),
        (vials.dose_g - dose.grams) * PERCENT / dose.grams,
        tuple(VialCount(size, count) for size, count in vials.counts),
    )
    return rounded, "plan-rounding"


def _vials(asked: VialRounding, dose: Dose) -> Vials:
    """By the rule asked for; down where that would pass the most that the local rule allows."""
    vials = round_to_vials(dose.grams, asked.vial_sizes_g, asked.rule)
    if dose.most is not None and vials.dose_g > dose.most:
        return round_to_vials(dose.grams, asked.vial_sizes_g, Rounding.DOWN)
    return vials


def _course(order: Order, per_kg: Decimal, dose: Dose, rounded: RoundedDose | None) -> CourseDose:
    """Each day of the course; one day where their number is not known, and then no total."""
    days, start = order.days, order.starts_on
    return CourseDose(
        per_kg,
        days,
        dose.grams * days if days else None,
        dose.ml * days if days else None,
        rounded.dose_g * days if days and rounded else None,
        tuple(
            DayDose(day + 1, start + timedelta(days=day) if start else None, dose.grams, dose.ml, rounded)
            for day in range(days or 1)
        ),
    )


def _with_doses(settled: Settled, per_kg: Decimal) -> tuple[WeightOption, ...]:
    return tuple(
        replace(option, dose_g_per_day=None if option.weight_kg is None else dose_g(per_kg, option.weight_kg))
        for option in settled.finding.alternatives
    )
