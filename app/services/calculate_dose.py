"""Calculators of dose, volume, rate, duration and vaccine interval: one function each, from a checked request to an answer."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from app.clinical import dosing
from app.clinical.calculation import Calculation, Quantity, RemarkFinding, bounds, day, quantity
from app.clinical.calculator_shapes import interval
from app.clinical.dose_shapes import (
    DAILY_LIMIT,
    Dose,
    DoseVolumeRequest,
    RateConversionRequest,
    TotalDurationRequest,
    VaccineIntervalRequest,
    Vials,
)
from app.clinical.ruleset import RuleSet
from app.clinical.vaccine_interval import VaccineInterval, vaccine_interval
from app.clinical.validity import Words
from app.clinical.vials import round_to_vials
from app.errors import InputError
from app.logic.truth import Truth
from app.logic.values import Interval, Number
from app.services.calculators import calculation, echo, in_domain, parameter, refuse, words

GRAM_DIGITS, VOLUME_DIGITS, PUMP_DIGITS, RATE_DIGITS = 2, 1, 1, 4


def dose_volume(rules: RuleSet, request: DoseVolumeRequest) -> Calculation:
    """Dose, g, and volume, mL, exact; beside them in whole vials where these are given. Raises InputError outside the limits."""
    say = words(rules, "dose-volume")
    weight, per_kg, percent = interval(request.dosing_weight_kg), _g_per_kg(request.dose), request.concentration_percent
    refuse(say.outside({"/dose/value": (interval(request.dose.value), request.dose.unit)}))
    with in_domain(say, weight_kg="dosing_weight_kg", vial_sizes_g="vials/sizes_g"):
        bounds(lambda kg: _checked(rules, kg), weight)
        dose = bounds(dosing.dose_g, per_kg, weight)
        figures = [_dose("dose", dose), _volume("volume", dose, percent)]
        if request.vials is not None:
            rounded = _in_vials(say, dose, request.vials)
            figures += [_dose("dose_in_vials", rounded), _volume("volume_in_vials", rounded, percent)]
    notes = tuple(_above_daily_limit(rules, per_kg))
    return calculation(rules, say.calculator, echo(request), *figures, notes=notes)


def _checked(rules: RuleSet, weight_kg: Number) -> Number:
    dosing.check_weight(weight_kg, rules.parameters)
    return weight_kg


def _g_per_kg(dose: Dose) -> Interval:
    given = interval(dose.value)
    return given if dose.unit == "g/kg" else bounds(lambda mg: mg / dosing.MG_PER_G, given)


def _dose(name: str, grams: Interval) -> Quantity:
    return quantity(name, "g", grams, GRAM_DIGITS)


def _volume(name: str, grams: Interval, percent: Decimal) -> Quantity:
    return quantity(name, "mL", bounds(lambda dose: dosing.volume_ml(dose, percent), grams), VOLUME_DIGITS)


def _in_vials(say: Words, dose: Interval, vials: Vials) -> Interval:
    """The dose in whole vials; a dose known only within bounds has none."""
    if not dose.exact or not isinstance(dose.low, Decimal):
        raise InputError("out-of-validity", (say.refusal("/vials", "vials-need-a-dose"),))
    grams = round_to_vials(dose.low, vials.sizes_g, vials.rule).dose_g
    return Interval(grams, grams)


def _above_daily_limit(rules: RuleSet, g_per_kg: Interval) -> Iterator[RemarkFinding]:
    limit = parameter(rules, DAILY_LIMIT)
    assert g_per_kg.high is not None
    if g_per_kg.high > limit.value:
        yield RemarkFinding("above-daily-limit", limit.text, limit.cite)


def rate_conversion(rules: RuleSet, request: RateConversionRequest) -> Calculation:
    """The rate in mg/kg/min, mL/kg/min and mL/kg/h, and the pump rate in mL/h where the weight is given."""
    say = words(rules, "rate-conversion")
    percent = request.concentration_percent
    with in_domain(say):
        hourly = _ml_per_kg_hour(request)
        minutely = bounds(lambda rate: rate / dosing.MINUTES_IN_HOUR, hourly)
        figures = [
            quantity("rate_mg", "mg/kg/min", bounds(lambda rate: dosing.mg_per_kg_min(rate, percent), hourly), 2),
            quantity("rate_ml_per_minute", "mL/kg/min", minutely, RATE_DIGITS),
            quantity("rate_ml_per_hour", "mL/kg/h", hourly, 2),
        ]
        if request.weight_kg is not None:
            weight = bounds(lambda kg: _checked(rules, kg), interval(request.weight_kg))
            figures.append(
                quantity("pump_rate", "mL/h", bounds(dosing.pump_ml_per_hour, minutely, weight), PUMP_DIGITS)
            )
    return calculation(rules, say.calculator, echo(request), *figures)


def _ml_per_kg_hour(request: RateConversionRequest) -> Interval:
    rate, percent = interval(request.rate.value), request.concentration_percent
    match request.rate.unit:
        case "mg/kg/min":
            return bounds(lambda mg: dosing.ml_per_kg_hour(mg, percent), rate)
        case "mL/kg/min":
            return bounds(lambda ml: ml * dosing.MINUTES_IN_HOUR, rate)
        case "mL/kg/h":
            return rate


def total_duration(rules: RuleSet, request: TotalDurationRequest) -> Calculation:
    """Minutes from the first step to the end of the volume. Raises InputError outside the limits of weight."""
    say = words(rules, "total-duration")
    steps = [dosing.RateStep(step.ml_kg_min, step.minutes) for step in request.steps]

    def minutes(volume_ml: Number, weight_kg: Number) -> Number:
        return dosing.infusion_minutes(volume_ml, _checked(rules, weight_kg), steps, request.final_ml_kg_min)

    with in_domain(say):
        found = bounds(minutes, interval(request.volume_ml), interval(request.weight_kg))
    figure = quantity("total_duration", "min", found, say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure, holds_if=(say.finding("at-risk"),))


def live_vaccine_interval(rules: RuleSet, request: VaccineIntervalRequest) -> Calculation:
    """Months and days before measles- and varicella-containing vaccines. Raises InputError for a dose that looks like a unit error."""
    say = words(rules, "vaccine-interval")
    dose = bounds(lambda grams: grams * dosing.MG_PER_G, _g_per_kg(request.cumulative_dose))
    found = _interval(dose, request, rules)
    months = quantity("interval", "mo", Interval(found.months_at_least, found.months), 0)
    days = []
    if found.ends_on_earliest and found.ends_on_latest and found.measles_check_until:
        days = [
            day("earliest_vaccination", (found.ends_on_earliest, found.ends_on_latest)),
            day("measles_antibodies_checked_until", (found.measles_check_until, found.measles_check_until)),
        ]
    notes = tuple(
        RemarkFinding(f"vaccine-interval-{number}", item.text, item.evidence)
        for number, item in enumerate(found.because, 1)
    )
    asks = (say.finding("ask-an-expert"),) if found.expert is not Truth.FALSE else ()
    return calculation(rules, say.calculator, echo(request), months, days=tuple(days), holds_if=asks, notes=notes)


def _interval(dose: Interval, request: VaccineIntervalRequest, rules: RuleSet) -> VaccineInterval:
    try:
        return vaccine_interval(dose, request.last_infusion_on, {item.id: item for item in rules.knowledge.parameters})
    except InputError as error:
        moved = tuple(replace(item, pointer="/cumulative_dose/value") for item in error.problems)
        raise InputError(error.type, moved, error.status) from None
