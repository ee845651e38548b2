"""Calculators of body size and dosing weight: one function each, from a checked request to an answer or a refusal."""

from collections.abc import Iterator

from app.clinical.calculation import Calculation, RemarkFinding, bounds, hull, quantity
from app.clinical.calculator_shapes import Years, interval
from app.clinical.dose_shapes import (
    ADULT_FROM,
    FACTORS,
    IDEAL_FROM,
    BmiRequest,
    DosingWeightRequest,
    IdealWeightRequest,
    WeightOf,
)
from app.clinical.dosing import body_mass_index, ideal_body_weight
from app.clinical.dosing_weight import dosing_weight
from app.clinical.intervals import below
from app.clinical.obstetric_sections import PregnancyStatus
from app.clinical.ruleset import RuleSet
from app.clinical.sections import Sex
from app.clinical.validity import Words
from app.logic.truth import Truth, any_of, of
from app.logic.values import Number
from app.services.calculators import calculation, echo, in_domain, parameter, refuse, words


def bmi(rules: RuleSet, request: BmiRequest) -> Calculation:
    """Body mass index, kg/m2, naming the weight. Raises InputError for minors and outside the working limits."""
    say = words(rules, "bmi")
    conditions = [*_adult(rules, say, request.age_years), *_weight_of(say, request)]

    def one(weight_kg: Number, height_cm: Number) -> Number:
        return body_mass_index(weight_kg, height_cm, rules.parameters)

    with in_domain(say):
        found = bounds(one, interval(request.weight_kg), interval(request.height_cm))
    figure = quantity("bmi", "kg/m2", found, say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure, holds_if=tuple(conditions))


def _weight_of(say: Words, request: BmiRequest) -> Iterator[RemarkFinding]:
    """A weight of today gives no obesity class while she is, or may be, pregnant."""
    if request.weight_of is WeightOf.TODAY and request.pregnancy_status is PregnancyStatus.PREGNANT:
        yield say.finding("weight-in-pregnancy")
    elif request.weight_of is WeightOf.TODAY and request.pregnancy_status is None:
        yield say.finding("pregnancy-unknown")


def ideal_weight(rules: RuleSet, request: IdealWeightRequest) -> Calculation:
    """Ideal body weight, kg. Raises InputError for minors and below the height at which the formula starts."""
    say = words(rules, "ideal-weight")
    conditions = tuple(_adult(rules, say, request.age_years))

    def of_sex(sex: Sex, height_cm: Number) -> Number:
        return ideal_body_weight(sex, height_cm, rules.parameters)

    with in_domain(say):
        height = interval(request.height_cm)
        found = hull(bounds(lambda cm, sex=sex: of_sex(sex, cm), height) for sex in _sexes(request.sex))
    figure = quantity("ideal_weight", "kg", found, say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure, holds_if=conditions)


def adjusted_weight(rules: RuleSet, request: DosingWeightRequest) -> Calculation:
    """Dosing weight, kg: adjusted, or actual where adjusted is excluded; both as bounds where that is not known.

    Raises InputError outside the working limits.
    """
    say = words(rules, "dosing-weight")
    weight, height = interval(request.weight_kg), interval(request.height_cm)
    excluded = _exclusions(rules, request)
    factor = parameter(rules, FACTORS[request.factor])
    with in_domain(say):
        found = dosing_weight(
            weight, height, _sexes(request.sex), factor.value, any_of(excluded.values()), rules.parameters
        )
    notes = (RemarkFinding("factor", factor.text, factor.cite), *_reasons(say, excluded))
    figure = quantity("dosing_weight", "kg", found, say.calculator.digits)
    return calculation(rules, say.calculator, echo(request), figure, notes=notes)


def _exclusions(rules: RuleSet, request: DosingWeightRequest) -> dict[str, Truth]:
    """Why the actual weight would be used instead, and whether that is so."""
    status = request.pregnancy_status
    pregnant = of(status is PregnancyStatus.PREGNANT)
    if status is None and request.sex is not Sex.MALE:
        pregnant = Truth.UNKNOWN
    minor = Truth.UNKNOWN
    if request.age_years is not None:
        minor = below(interval(request.age_years), rules.parameters[ADULT_FROM])
    short = below(interval(request.height_cm), rules.parameters[IDEAL_FROM])
    return {"pregnant": pregnant, "minor": minor, "short": short}


def _reasons(say: Words, excluded: dict[str, Truth]) -> Iterator[RemarkFinding]:
    """What excludes adjusted weight; where nothing does, what may."""
    wanted = any_of(excluded.values())
    for name, truth in excluded.items():
        if truth is wanted is not Truth.FALSE:
            yield say.finding(name if truth is Truth.TRUE else f"{name}-unknown")


def _adult(rules: RuleSet, say: Words, age: Years | None) -> Iterator[RemarkFinding]:
    """Refuse what may be a minor; where the age is not said, the answer depends on it."""
    if age is None:
        yield say.finding("if-adult")
    elif below(interval(age), rules.parameters[ADULT_FROM]) is not Truth.FALSE:
        refuse([say.refusal("/age_years", "minor")])


def _sexes(sex: Sex | None) -> tuple[Sex, ...]:
    return (sex,) if sex else tuple(Sex)
