"""How fast: the label's rates for this product, place and indication, its steps where it prints them, bounds where it does not.

CLINICAL_DECISIONS 6.7, steps 2 to 5. A rate is never taken from another product, and nothing fills a rate that is not printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.clinical.dosing import (
    MG_PER_ML_AND_PERCENT,
    MINUTES_IN_HOUR,
    RateStep,
    Segment,
    ml_per_kg_min,
    pump_ml_per_hour,
    walk_steps,
)
from app.clinical.plan_parts import PlanSentence
from app.clinical.plan_reading import AT_RISK, Reading
from app.clinical.plan_shapes import PlanKind, PlanStep, RatePlan, RateShown
from app.clinical.products import Product, Rate
from app.logic.truth import Truth

EU, EU_LABEL = "EU", "label-region-eu"


@dataclass(frozen=True, slots=True)
class Given:
    """What is infused on one day: mL of a solution of ``percent``, to a dosing weight in kg."""

    product: Product
    percent: int
    volume_ml: Decimal
    rounded: bool
    weight_kg: Decimal


@dataclass(frozen=True, slots=True)
class Printed:
    """One rate of the label in mL/kg/min. ``lowest`` where it was not the only one that could hold."""

    ml_kg_min: Decimal
    note: str | None
    lowest: bool


def rate_plans(reading: Reading, given: Given, at_risk: Truth) -> tuple[RatePlan, ...]:
    """A plan for a patient at risk unless that is excluded, and one for a patient without a listed factor unless one is present."""
    whom: list[Literal["at_risk", "no_listed_factor"]] = []
    if at_risk is not Truth.FALSE:
        whom.append("at_risk")
    if at_risk is not Truth.TRUE:
        whom.append("no_listed_factor")
    return tuple(_plan(reading, given, item) for item in whom)


def regions_of(reading: Reading) -> frozenset[str]:
    """The label regions of the chosen place: itself, its country, and the EU where EU labels are read for it."""
    place = reading.order.jurisdiction
    if place is None:
        return frozenset()
    european = {EU} if place in reading.notes[EU_LABEL].jurisdictions else set()
    return frozenset({place, place.partition("-")[0], *european})


def choose(rates: tuple[Rate, ...], regions: frozenset[str], indication: str | None, percent: int) -> Printed:
    """The lowest of the printed rates that can hold: by place, then by indication; where neither singles one out, of all."""
    placed = [rate for rate in rates if rate.region is None or rate.region in regions] or list(rates)
    words = indication.replace("_", " ") if indication else None
    named = [rate for rate in placed if words and rate.indication in {None, words}] or placed
    low = min(named, key=lambda rate: _lower(rate, percent))
    return Printed(_lower(low, percent), low.note, len({_lower(rate, percent) for rate in named}) > 1)


def _lower(rate: Rate, percent: int) -> Decimal:
    """mL/kg/min; a label that prints two figures which differ by rounding is read at the lower one."""
    return min(ml_per_kg_min(rate.mg_kg_min, percent), rate.ml_kg_h / MINUTES_IN_HOUR)


def _plan(reading: Reading, given: Given, whom: Literal["at_risk", "no_listed_factor"]) -> RatePlan:
    product, regions = given.product, regions_of(reading)
    initial = choose(product.initial_rate, regions, reading.order.indication, given.percent)
    highest = choose(product.max_infusion_rate, regions, reading.order.indication, given.percent)
    cap = product.at_risk_max_mg_kg_min if whom == "at_risk" else None
    ceiling = min(highest.ml_kg_min, ml_per_kg_min(cap, given.percent)) if cap else highest.ml_kg_min
    known = whom == "no_listed_factor" or cap is not None
    kind = _kind(product) if known else PlanKind.MINIMUM_PRACTICABLE
    segments = _segments(given, ceiling) if kind is PlanKind.SCHEDULE else ()
    shortest = given.volume_ml / (ceiling * given.weight_kg) if kind is PlanKind.BOUNDS else None
    return RatePlan(
        holds_for=whom,
        condition=reading.note(AT_RISK if whom == "at_risk" else "plan-no-factor"),
        kind=kind,
        volume_ml=given.volume_ml,
        volume_is_rounded=given.rounded,
        initial=_shown(given, min(initial.ml_kg_min, ceiling), initial.note),
        maximum=_shown(given, ceiling, None if ceiling < highest.ml_kg_min else highest.note) if known else None,
        capped=known and ceiling < highest.ml_kg_min,
        label_words=product.at_risk_rate_limit if whom == "at_risk" else None,
        steps=tuple(_step(given, number, part) for number, part in enumerate(segments, 1)),
        schedule_for=product.schedule.population if product.schedule and segments else None,
        total_minutes=segments[-1].end if segments else None,
        shortest_minutes=shortest,
        notes=tuple(_notes(reading, kind, highest)),
        evidence=product.cite,
    )


def _kind(product: Product) -> PlanKind:
    return PlanKind.SCHEDULE if product.schedule else PlanKind.BOUNDS


def _segments(given: Given, ceiling: Decimal) -> tuple[Segment, ...]:
    """The label's steps, none above the ceiling, then the highest rate allowed until the volume is in."""
    schedule = given.product.schedule
    assert schedule is not None
    steps = [
        RateStep(min(ml_per_kg_min(step.mg_kg_min, given.percent), ceiling), step.minutes) for step in schedule.steps
    ]
    final = min(ml_per_kg_min(schedule.then_up_to_mg_kg_min, given.percent), ceiling)
    return walk_steps(given.volume_ml, given.weight_kg, steps, final)


def _shown(given: Given, rate: Decimal, note: str | None) -> RateShown:
    mg_kg_min = rate * MG_PER_ML_AND_PERCENT * given.percent
    return RateShown(mg_kg_min, rate * MINUTES_IN_HOUR, pump_ml_per_hour(rate, given.weight_kg), note)


def _step(given: Given, number: int, part: Segment) -> PlanStep:
    schedule = given.product.schedule
    printed = schedule is not None and number <= len(schedule.steps)
    return PlanStep(number, printed, part.start, part.end, part.volume_ml, _shown(given, part.ml_kg_min, None))


def _notes(reading: Reading, kind: PlanKind, highest: Printed) -> Iterator[PlanSentence]:
    yield reading.note(f"plan-{kind.value.replace('_', '-')}")
    if highest.lowest and kind is not PlanKind.MINIMUM_PRACTICABLE:
        yield reading.note("plan-lowest-maximum")
