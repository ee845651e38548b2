"""What an infusion plan is made from: the order, the rule set's results, and what the sender answered beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.clinical.content import Conditional, RuleBase
from app.clinical.intervals import below
from app.clinical.jurisdictions import chain_of, reaches
from app.clinical.order_rules import PlanNote
from app.clinical.parts import Sentence
from app.clinical.plan_doses import WeightBasis
from app.clinical.plan_parts import PlanSentence, Refusal
from app.clinical.plan_request import VialRounding
from app.clinical.products import Product
from app.clinical.rules import Risk
from app.clinical.ruleset import RuleSet
from app.clinical.sections import Sex
from app.logic.conditions import rules_of
from app.logic.evaluator import Results
from app.logic.truth import Truth, of
from app.logic.values import Interval, Known, Number

AT_RISK = "plan-at-risk"


@dataclass(frozen=True, slots=True)
class Order:
    """One IVIG order: amounts in kg, cm, g/kg and days; None is not known. ``places`` says where the sender wrote each field."""

    product: str | None = None
    concentration_percent: int | None = None
    jurisdiction: str | None = None
    indication: str | None = None
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    sex: Sex | None = None
    dose_g_per_kg: Decimal | None = None
    days: int | None = None
    starts_on: date | None = None
    basis: WeightBasis | None = None
    override: bool = False
    rounding: VialRounding | None = None
    answers: Mapping[str, Truth] = field(default_factory=dict)
    factors_complete: bool = False
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """JSON pointer to a field of the order."""
        return self.places.get(name, f"/{name}")


@dataclass(frozen=True)
class Reading:
    """A rule set's results for one patient, read for one order."""

    rules: RuleSet
    results: Results
    order: Order

    @cached_property
    def notes(self) -> Mapping[str, PlanNote]:
        return {rule.id: rule for rule in self.rules.of(PlanNote)}

    @cached_property
    def chain(self) -> tuple[str, ...]:
        """The places whose issuers reach the chosen one, nearest first."""
        return chain_of(self.order.jurisdiction, self.rules.jurisdictions)

    @cached_property
    def product(self) -> Product | None:
        """The ordered product's row of the product table."""
        return next((item for item in self.rules.knowledge.products if item.id == self.order.product), None)

    @cached_property
    def boxed(self) -> tuple[str, ...]:
        """The risk factors that hold a patient to the ceiling for patients at risk, as ``rule/factor``."""
        condition = self.notes[AT_RISK].when
        return rules_of(condition) if condition else ()

    @cached_property
    def factors(self) -> Mapping[str, Conditional]:
        """Every factor of every risk, as ``rule/factor``."""
        return {f"{risk.id}/{factor.id}": factor for risk in self.rules.of(Risk) for factor in risk.factors}

    @cached_property
    def pregnant(self) -> Truth:
        fact = self.results.facts["pregnancy.pregnant"]
        return of(fact.value is True) if isinstance(fact, Known) else Truth.UNKNOWN

    def number(self, parameter: str) -> Number:
        """A limit or factor of the rule set, by id."""
        return self.rules.parameters[parameter]

    def younger_than(self, years: Number) -> Truth:
        """Whether her age in completed years lies below a limit."""
        fact = self.results.facts["patient.age_years"]
        if not isinstance(fact, Known):
            return Truth.UNKNOWN
        value = fact.value
        if isinstance(value, Interval):
            return below(value, years)
        assert not isinstance(value, bool | str)
        return of(value < years)

    def in_reach(self, rule: RuleBase) -> bool:
        """Whether the rule speaks for the chosen place; with none chosen, whether it holds anywhere."""
        return reaches(rule.jurisdictions, self.chain)

    def truth(self, key: str) -> Truth:
        """What facts and answers say together: a yes of either wins, then a no, then what the sender vouched for."""
        computed = self.results.truth(key) if key in self.rules.conditions else Truth.TRUE
        said = {computed, self.order.answers.get(key, Truth.UNKNOWN)}
        if Truth.TRUE in said:
            return Truth.TRUE
        vouched = self.order.factors_complete and key in self.boxed
        return Truth.FALSE if Truth.FALSE in said or vouched else Truth.UNKNOWN

    def sentences(self, keys: Iterator[str], wanted: Truth) -> tuple[Sentence, ...]:
        """Those of these factors that have the wanted truth, each named as a sender can answer it."""
        return tuple(
            Sentence(key, self.factors[key].text, wanted.value, self.factors[key].cite)
            for key in keys
            if self.truth(key) is wanted
        )

    def note(self, note_id: str) -> PlanSentence:
        """A sentence of the plan, by id."""
        rule = self.notes[note_id]
        return PlanSentence(rule.id, rule.text, rule.convention, rule.cite)

    def refusal(self, note_id: str, *fields: str) -> Refusal:
        """A refusal, by the id of its sentence, with the fields of the order that stand in the way."""
        rule = self.notes[note_id]
        return Refusal(rule.id, tuple(map(self.order.place, fields)), rule.text, rule.convention, rule.cite)
