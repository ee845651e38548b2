"""Calculators of dose, volume and rate: exact decimals in, exact decimals out; rounding is left to whoever shows them.

Formulas and worked examples: evidence calculators.yaml (bmi, ibw-devine, ddw, dose-volume, rate-conversion, total-duration).
Limits of validity come with the rule set (parameters/dosing.yaml). Outside them a calculator raises, it never returns a value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.clinical.sections import Sex
from app.errors import AppError
from app.logic.values import Number

Parameters = Mapping[str, Number]

CM2_PER_M2 = 10_000
INCHES_PER_CM = Decimal("0.393701")
DEVINE_INCHES = 60
DEVINE_BASE_KG = {Sex.FEMALE: Decimal("45.5"), Sex.MALE: Decimal(50)}
DEVINE_KG_PER_INCH = Decimal("2.3")
MG_PER_ML_AND_PERCENT = 10
ML_PER_PERCENT = 100
MINUTES_IN_HOUR = 60
MG_PER_G = 1000


class DomainError(AppError):
    """A calculator does not hold for this input. ``field`` and ``reason`` are names, never values."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RateStep:
    """A rate in mL/kg/min, kept for a number of minutes."""

    ml_kg_min: Decimal
    minutes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an infusion at one rate: from minute ``start`` to minute ``end``, ``volume_ml`` at ``ml_kg_min``."""

    start: Decimal
    end: Decimal
    ml_kg_min: Decimal
    volume_ml: Decimal


def check_weight(weight_kg: Number, parameters: Parameters) -> None:
    """Raise DomainError unless the weight, kg, lies within the working limits (dosing.weight_min_kg, dosing.weight_max_kg)."""
    _within("weight_kg", weight_kg, parameters["dosing.weight_min_kg"], parameters["dosing.weight_max_kg"])


def check_height(height_cm: Number, parameters: Parameters) -> None:
    """Raise DomainError unless the height, cm, lies within the working limits (dosing.height_min_cm, dosing.height_max_cm)."""
    _within("height_cm", height_cm, parameters["dosing.height_min_cm"], parameters["dosing.height_max_cm"])


def body_mass_index(weight_kg: Number, height_cm: Number, parameters: Parameters) -> Decimal:
    """Body mass index, kg/m2, from kg and cm [f-bmi]. Which weight was taken must be said with it."""
    check_weight(weight_kg, parameters)
    check_height(height_cm, parameters)
    return Decimal(weight_kg) * CM2_PER_M2 / (Decimal(height_cm) * Decimal(height_cm))


def ideal_body_weight(sex: Sex, height_cm: Number, parameters: Parameters) -> Decimal:
    """Ideal body weight (Devine), kg, of an adult, from the height in cm [f-devine].

    Raises DomainError outside the working limits and below ``dosing.ideal_weight_from_cm``: the formula starts at 60 inches.
    """
    check_height(height_cm, parameters)
    if height_cm < parameters["dosing.ideal_weight_from_cm"]:
        raise DomainError("height_cm", "below_formula")
    inches = Decimal(height_cm) * INCHES_PER_CM
    return DEVINE_BASE_KG[sex] + DEVINE_KG_PER_INCH * (inches - DEVINE_INCHES)


def adjusted_body_weight(actual_kg: Number, ideal_kg: Number, factor: Number) -> Decimal:
    """Dose-determining weight, kg: ideal + factor x (actual - ideal) [f-ddw, d-weight-hl]. The factor travels with its source.

    Raises DomainError where the actual weight lies below the adjusted one [d-ddw-exclusions], or for a factor outside 0..1.
    """
    if not 0 < factor < 1:
        raise DomainError("factor", "not_a_fraction")
    if actual_kg < ideal_kg:
        raise DomainError("weight_kg", "below_adjusted")
    return Decimal(ideal_kg) + Decimal(factor) * (Decimal(actual_kg) - Decimal(ideal_kg))


def dose_g(g_per_kg: Number, dosing_weight_kg: Number) -> Decimal:
    """Dose, g, from g/kg and the dosing weight in kg. Raises DomainError for what is not above zero."""
    _positive("dose_g_per_kg", g_per_kg)
    _positive("weight_kg", dosing_weight_kg)
    return Decimal(g_per_kg) * Decimal(dosing_weight_kg)


def volume_ml(grams: Number, percent: Number) -> Decimal:
    """Volume, mL, of a dose in g: a solution of X percent holds X g in 100 mL. Raises DomainError for what is not above zero."""
    _positive("dose_g", grams)
    _positive("concentration_percent", percent)
    return Decimal(grams) * ML_PER_PERCENT / Decimal(percent)


def grams_of(volume: Number, percent: Number) -> Decimal:
    """Dose, g, in a volume in mL of a solution of X percent."""
    _positive("volume_ml", volume)
    _positive("concentration_percent", percent)
    return Decimal(volume) * Decimal(percent) / ML_PER_PERCENT


def ml_per_kg_min(mg_kg_min: Number, percent: Number) -> Decimal:
    """Rate, mL/kg/min, from mg/kg/min: divided by 10 mg/mL for each percent."""
    _positive("mg_kg_min", mg_kg_min)
    _positive("concentration_percent", percent)
    return Decimal(mg_kg_min) / (MG_PER_ML_AND_PERCENT * Decimal(percent))


def ml_per_kg_hour(mg_kg_min: Number, percent: Number) -> Decimal:
    """Rate, mL/kg/h, from mg/kg/min."""
    return ml_per_kg_min(mg_kg_min, percent) * MINUTES_IN_HOUR


def mg_per_kg_min(ml_kg_h: Number, percent: Number) -> Decimal:
    """Rate, mg/kg/min, from mL/kg/h."""
    _positive("ml_kg_h", ml_kg_h)
    _positive("concentration_percent", percent)
    return Decimal(ml_kg_h) * MG_PER_ML_AND_PERCENT * Decimal(percent) / MINUTES_IN_HOUR


def pump_ml_per_hour(ml_kg_min: Number, weight_kg: Number) -> Decimal:
    """Pump rate, mL/h: mL/kg/min x kg x 60 [adm-pump-formula]."""
    _positive("ml_kg_min", ml_kg_min)
    _positive("weight_kg", weight_kg)
    return Decimal(ml_kg_min) * Decimal(weight_kg) * MINUTES_IN_HOUR


def walk_steps(
    volume: Number, weight_kg: Number, steps: Iterable[RateStep], final_ml_kg_min: Number
) -> tuple[Segment, ...]:
    """An infusion of ``volume`` mL: the steps in order, then the final rate, mL/kg/min, until nothing is left.

    A step in which the volume ends is cut short. Raises DomainError for a volume, weight or rate that is not above zero.
    """
    _positive("volume_ml", volume)
    _positive("weight_kg", weight_kg)
    _positive("final_ml_kg_min", final_ml_kg_min)
    left, now = Decimal(volume), Decimal(0)
    found: list[Segment] = []
    for step in steps:
        _positive("ml_kg_min", step.ml_kg_min)
        given = min(left, step.ml_kg_min * Decimal(weight_kg) * step.minutes)
        found.append(_segment(now, step.ml_kg_min, given, weight_kg))
        left, now = left - given, found[-1].end
        if not left:
            return tuple(found)
    return (*found, _segment(now, Decimal(final_ml_kg_min), left, weight_kg))


def _segment(start: Decimal, ml_kg_min: Decimal, given: Decimal, weight_kg: Number) -> Segment:
    return Segment(start, start + given / (ml_kg_min * Decimal(weight_kg)), ml_kg_min, given)


def infusion_minutes(volume: Number, weight_kg: Number, steps: Iterable[RateStep], final_ml_kg_min: Number) -> Decimal:
    """Total duration, min, of an infusion in steps (calculator total-duration). Errors as ``walk_steps``."""
    return walk_steps(volume, weight_kg, steps, final_ml_kg_min)[-1].end


def _positive(field: str, value: Number) -> None:
    if value <= 0:
        raise DomainError(field, "not_positive")


def _within(field: str, value: Number, low: Number, high: Number) -> None:
    if not low <= value <= high:
        raise DomainError(field, "outside_working_limits")
