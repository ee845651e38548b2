"""Dose-determining weight over half-known input: adjusted weight, or actual weight where adjusted weight is excluded."""

from collections.abc import Iterable

from app.clinical.calculation import bounds, hull
from app.clinical.dosing import Parameters, adjusted_body_weight, check_height, check_weight, ideal_body_weight
from app.clinical.sections import Sex
from app.logic.truth import Truth
from app.logic.values import Interval, Number


def dosing_weight(
    actual_kg: Interval,
    height_cm: Interval,
    sexes: Iterable[Sex],
    factor: Number,
    excluded: Truth,
    parameters: Parameters,
) -> Interval:
    """Dosing weight, kg: ideal + factor x (actual - ideal), or the actual weight where it is lower or ``excluded`` is TRUE.

    With ``excluded`` UNKNOWN both bound the answer. Heights below ``dosing.ideal_weight_from_cm`` are for ``excluded``.
    Raises DomainError outside the working limits. Sources: statements f-ddw, f-devine, d-ddw-exclusions.
    """
    for weight, height in zip((actual_kg.low, actual_kg.high), (height_cm.low, height_cm.high), strict=True):
        assert weight is not None
        assert height is not None
        check_weight(weight, parameters)
        check_height(height, parameters)
    if excluded is Truth.TRUE:
        return actual_kg
    least = parameters["dosing.ideal_weight_from_cm"]
    assert height_cm.low is not None
    heights = Interval(max(height_cm.low, least), height_cm.high)

    def one(sex: Sex) -> Interval:
        return bounds(lambda kg, cm: _lower(kg, ideal_body_weight(sex, cm, parameters), factor), actual_kg, heights)

    adjusted = hull(one(sex) for sex in sexes)
    return adjusted if excluded is Truth.FALSE else hull((adjusted, actual_kg))


def _lower(actual_kg: Number, ideal_kg: Number, factor: Number) -> Number:
    """The adjusted weight, or the actual one where it lies below: rises with the actual and with the ideal weight."""
    return actual_kg if actual_kg < ideal_kg else adjusted_body_weight(actual_kg, ideal_kg, factor)
