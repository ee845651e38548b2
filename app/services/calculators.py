"""What every calculator's answer has in common: its words, its statements, the rule set they come from."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from app.clinical.calculation import Calculation, Classification, DayFinding, Quantity, RemarkFinding
from app.clinical.dosing import DomainError
from app.clinical.parts import RuleSetName
from app.clinical.references import Parameter
from app.clinical.ruleset import RuleSet
from app.clinical.scalars import Wire
from app.clinical.service_words import Calculator
from app.clinical.sources import cited, short
from app.clinical.validity import Words
from app.errors import InputError, Problem
from app.logic.values import Interval
from app.version import ENGINE_VERSION

A = TypeVar("A", Calculation, Classification)


def words(rules: RuleSet, name: str) -> Words:
    """A calculator's words. Raises InputError 404 when the active rule set has none for it."""
    for item in rules.knowledge.calculators:
        if item.id == name:
            return Words(item)
    raise InputError("not-found", (), status=404)


def refuse(problems: Iterable[Problem]) -> None:
    """Raise InputError 422 if there is any problem: nothing is computed outside a formula's validity."""
    found = tuple(problems)
    if found:
        raise InputError("out-of-validity", found)


@contextmanager
def in_domain(say: Words, **fields: str) -> Iterator[None]:
    """Turn a library function's refusal into the calculator's own, at the request's field: by name, or as ``fields`` say."""
    try:
        yield
    except DomainError as error:
        pointer = f"/{fields.get(error.field, error.field)}"
        raise InputError("out-of-validity", (say.refusal(pointer, error.reason.replace("_", "-")),)) from None


def parameter(rules: RuleSet, name: str) -> Parameter:
    """A threshold of the rule set with its words and statements."""
    return next(item for item in rules.knowledge.parameters if item.id == name)


def calculation(
    rules: RuleSet,
    calculator: Calculator,
    inputs: Mapping[str, Any],
    *quantities: Quantity,
    days: tuple[DayFinding, ...] = (),
    holds_if: tuple[RemarkFinding, ...] = (),
    notes: tuple[RemarkFinding, ...] = (),
) -> Calculation:
    """The whole answer, with every statement that it cites."""
    answer = Calculation(
        calculator=calculator.id,
        title=calculator.title,
        formula=calculator.formula,
        quantities=quantities,
        days=days,
        holds_if=holds_if,
        notes=notes,
        inputs=dict(inputs),
        validity=calculator.validity,
        text=calculator.text,
        evidence=calculator.cite,
        sources=(),
        rule_set=rule_set_name(rules),
        engine_version=ENGINE_VERSION,
    )
    return with_sources(answer, rules)


def rule_set_name(rules: RuleSet) -> RuleSetName:
    return RuleSetName(rules.version, rules.digest, rules.review_by)


def with_sources(answer: A, rules: RuleSet) -> A:
    """The answer with the statements it cites, in the order in which it cites them."""
    return replace(answer, sources=tuple(short(rules, item) for item in dict.fromkeys(cited(answer))))


def shown(amount: Interval) -> Any:
    """An amount as an answer echoes it: a number, or its bounds."""
    return amount.low if amount.exact else {"minimum": amount.low, "maximum": amount.high}


def echo(request: Wire) -> dict[str, Any]:
    """The input of a calculator as its answer repeats it; what was left out is null."""
    return request.model_dump()
