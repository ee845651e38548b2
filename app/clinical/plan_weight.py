"""Which weight the dose is worked out from: exceptions first, then the local rule, then actual weight (CLINICAL_DECISIONS 6.7)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.clinical.dosing import DomainError, adjusted_body_weight, body_mass_index, ideal_body_weight
from app.clinical.order_rules import DosingWeight
from app.clinical.plan_doses import DosingWeightFinding, WeightBasis, WeightOption
from app.clinical.plan_parts import PlanSentence, Refusal
from app.clinical.plan_reading import Order, Reading
from app.clinical.sections import Sex
from app.logic.truth import Truth, any_of, of
from app.logic.values import Known

FACTORS = {
    WeightBasis.ADJUSTED_0_4: "dosing.factor_australia",
    WeightBasis.ADJUSTED_0_5: "dosing.factor_handbook",
}
DECIDED_BY = {"weight-pregnant": "pregnancy_status", "weight-minor": "age_years", "weight-light": "sex"}


@dataclass(frozen=True, slots=True)
class Body:
    """A weight in kg and a height in cm, both within the working limits."""

    weight_kg: Decimal
    height_cm: Decimal
    sex: Sex | None


@dataclass(frozen=True, slots=True)
class Settled:
    """The weight basis, or the refusal that stands in its place; ``most_g`` where the local rule caps the dose of a day."""

    finding: DosingWeightFinding
    refused: Refusal | None = None
    most_g: Decimal | None = None


def settle(reading: Reading, body: Body) -> Settled:
    """The dosing weight, kg, for one patient, with every alternative and its source."""
    options = _options(reading, body)
    rule = _local_rule(reading)
    exceptions = _exceptions(reading, body, options, rule)
    basis, chosen_by, because, refused = _decide(reading, body, rule, exceptions)
    by_basis = {option.basis: option for option in options}
    finding = DosingWeightFinding(
        basis,
        by_basis[basis].weight_kg if basis else None,
        chosen_by,
        (*because, *_other_entries(reading, rule), reading.note("weight-alternatives")),
        options,
        _body_mass_index(reading),
    )
    most = Decimal(rule.max_dose_g) if rule and rule.max_dose_g is not None else None
    return Settled(finding, refused, most)


Decision = tuple[
    WeightBasis | None, Literal["rule", "exception", "sender", "none"], tuple[PlanSentence, ...], Refusal | None
]


def _decide(reading: Reading, body: Body, rule: DosingWeight | None, exceptions: dict[str, Truth]) -> Decision:
    chosen = reading.order.basis
    local = _local_basis(rule) if rule and _reaches_threshold(reading, body, rule) else WeightBasis.ACTUAL
    if chosen is WeightBasis.ACTUAL:
        return chosen, "sender", (reading.note("weight-chosen"), *_rule_words(rule)), None
    if chosen is None and local is WeightBasis.ACTUAL:
        return _actual(reading, rule, exceptions)
    excepted = any_of(exceptions.values())
    if excepted is Truth.UNKNOWN:
        fields = (DECIDED_BY[name] for name, truth in exceptions.items() if truth is Truth.UNKNOWN)
        return None, "none", _rule_words(rule), reading.refusal("refuse-weight-undetermined", *fields)
    if excepted is Truth.TRUE and chosen is not None:
        return None, "none", _words(reading, exceptions), reading.refusal("refuse-weight-excluded", "weight_basis")
    if excepted is Truth.TRUE:
        return _actual(reading, rule, exceptions)
    if chosen is not None:
        return chosen, "sender", (reading.note("weight-chosen"), *_rule_words(rule)), None
    if local is None:
        return None, "none", _rule_words(rule), reading.refusal("refuse-weight-factor", "weight_basis")
    return local, "rule", _rule_words(rule), None


def _actual(reading: Reading, rule: DosingWeight | None, exceptions: dict[str, Truth]) -> Decision:
    """Actual weight: by an exception, below the threshold of a local rule, or because there is no rule."""
    words = _words(reading, exceptions)
    if words:
        return WeightBasis.ACTUAL, "exception", words, None
    if rule is None:
        return WeightBasis.ACTUAL, "none", (reading.note("weight-no-rule"),), None
    return WeightBasis.ACTUAL, "rule", (reading.note("weight-below-threshold"),), None


def _words(reading: Reading, exceptions: dict[str, Truth]) -> tuple[PlanSentence, ...]:
    return tuple(reading.note(name) for name, truth in exceptions.items() if truth is Truth.TRUE)


def _rule_words(rule: DosingWeight | None) -> tuple[PlanSentence, ...]:
    return (PlanSentence(rule.id, rule.text, False, rule.cite),) if rule else ()


def _local_rule(reading: Reading) -> DosingWeight | None:
    """The first rule that speaks for the place and, where it is for one indication only, for that one."""
    wanted = (None, reading.order.indication)
    return next(
        (rule for rule in reading.rules.of(DosingWeight) if rule.only_for in wanted and reading.in_reach(rule)), None
    )


def _local_basis(rule: DosingWeight) -> WeightBasis | None:
    """None where the rule asks for an adjusted weight and names no factor."""
    if rule.basis == "ideal":
        return WeightBasis.IDEAL
    return next((basis for basis, factor in FACTORS.items() if factor == rule.factor), None)


def _reaches_threshold(reading: Reading, body: Body, rule: DosingWeight) -> bool:
    if rule.from_bmi is None and rule.above_kg is None:
        return True
    # Pregnancy, where another weight would count, is an exception and decided before.
    index = body_mass_index(body.weight_kg, body.height_cm, reading.rules.parameters)
    heavy = rule.above_kg is not None and body.weight_kg > rule.above_kg
    return heavy or (rule.from_bmi is not None and index >= rule.from_bmi)


def _exceptions(
    reading: Reading, body: Body, options: tuple[WeightOption, ...], rule: DosingWeight | None
) -> dict[str, Truth]:
    """What asks for actual weight, by the id of its sentence [d-ddw-exclusions]."""
    short = of(body.height_cm < reading.number("dosing.ideal_weight_from_cm"))
    lifted = rule is not None and rule.in_pregnancy
    return {
        "weight-pregnant": Truth.FALSE if lifted else reading.pregnant,
        "weight-minor": reading.younger_than(reading.number("dosing.adult_from_years")),
        "weight-short": short,
        "weight-light": Truth.FALSE if short is Truth.TRUE else _light(body, options),
    }


def _light(body: Body, options: tuple[WeightOption, ...]) -> Truth:
    """Whether the actual weight lies below the adjusted one: exactly where it lies below the ideal one, whatever the factor."""
    ideal = next(option.weight_kg for option in options if option.basis is WeightBasis.IDEAL)
    return Truth.UNKNOWN if ideal is None else of(body.weight_kg < ideal)


def _options(reading: Reading, body: Body) -> tuple[WeightOption, ...]:
    """Every basis with its weight, or why there is none."""
    parameters = {item.id: item for item in reading.rules.knowledge.parameters}
    actual, ideal = reading.note("weight-actual"), reading.note("weight-ideal")
    found = [WeightOption(WeightBasis.ACTUAL, None, body.weight_kg, None, None, actual.text, actual.evidence)]
    kg, why = _ideal(reading, body)
    found.append(WeightOption(WeightBasis.IDEAL, None, kg, None, why, ideal.text, ideal.evidence))
    for basis, name in FACTORS.items():
        item = parameters[name]
        adjusted, why_not = _adjusted(body, kg, Decimal(item.value)) if kg is not None else (None, why)
        found.append(WeightOption(basis, Decimal(item.value), adjusted, None, why_not, item.text, item.cite))
    return tuple(found)


def _ideal(reading: Reading, body: Body) -> tuple[Decimal | None, str | None]:
    sex = Sex.FEMALE if body.sex is None and reading.pregnant is Truth.TRUE else body.sex
    if sex is None:
        return None, "sex_not_sent"
    try:
        return ideal_body_weight(sex, body.height_cm, reading.rules.parameters), None
    except DomainError as error:
        return None, error.reason


def _adjusted(body: Body, ideal: Decimal, factor: Decimal) -> tuple[Decimal | None, str | None]:
    try:
        return adjusted_body_weight(body.weight_kg, ideal, factor), None
    except DomainError as error:
        return None, error.reason


def _other_entries(reading: Reading, rule: DosingWeight | None) -> tuple[PlanSentence, ...]:
    """Local rules for an indication that was not sent, and that would turn the pregnant patient's weight."""
    if reading.order.indication is not None or reading.pregnant is Truth.FALSE:
        return ()
    return tuple(
        sentence
        for other in reading.rules.of(DosingWeight)
        if other.in_pregnancy and other is not rule and reading.in_reach(other)
        for sentence in _rule_words(other)
    )


def _body_mass_index(reading: Reading) -> Decimal | None:
    fact = reading.results.facts["patient.bmi"]
    return fact.value if isinstance(fact, Known) and isinstance(fact.value, Decimal) else None


def body_of(order: Order) -> Body:
    """Weight and height of an order that was found to have both."""
    assert order.weight_kg is not None
    assert order.height_cm is not None
    return Body(order.weight_kg, order.height_cm, order.sex)
