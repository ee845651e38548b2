"""The products for one patient, ranked: suitable, suitable with warning, excluded, each with its reasons.

Pure. What is not known about her or about a product is never a reason to call the product suitable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from app.clinical.jurisdictions import chain_of, markets, reaches
from app.clinical.parts import Evidence, JsonNumber, Tri
from app.clinical.product_rules import ProductRanking, ProductRestriction
from app.clinical.products import Product
from app.clinical.rules import Contraindication
from app.clinical.ruleset import RuleSet
from app.logic.evaluator import Results
from app.logic.truth import Truth

Suitability = Literal["suitable", "suitable_with_warning", "excluded"]
Level = Literal["exclude", "warn", "inform"]
R = TypeVar("R", ProductRestriction, ProductRanking, Contraindication)

_LEVELS: tuple[Level, ...] = ("exclude", "warn", "inform")
_SUITABLE: dict[Level, Suitability] = {
    "exclude": "excluded",
    "warn": "suitable_with_warning",
    "inform": "suitable",
}
_ORDER: tuple[Suitability, ...] = ("suitable", "suitable_with_warning", "excluded")


@dataclass(frozen=True, slots=True)
class ProductReason:
    """Why a product is excluded, warned about, or placed where it is."""

    id: Annotated[str, Field(description="The rule.", examples=["product-hyperprolinaemia"])]
    level: Level
    text: str
    patient: Annotated[Tri, Field(description="Whether the patient has what the rule is about.")]
    product: Annotated[Tri, Field(description="Whether the rule is about this product.")]
    missing: Annotated[tuple[str, ...], Field(description="Facts about the patient that are not known.")]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductFinding:
    """One product for this patient. ``to_be_checked``: its row of the table is likely, not verified."""

    id: Annotated[str, Field(description="Served at /v1/products/{id}.", examples=["privigen"])]
    name: str
    suitability: Suitability
    in_region: Annotated[
        Literal["true", "unknown"], Field(description="Known to be supplied in the chosen place; never a no.")
    ]
    iga_max_ug_per_ml: Annotated[JsonNumber | None, Field(description="Labelled maximum, ug/mL; null is not known.")]
    iga_max_at_percent: Annotated[int | None, Field(description="The only strength at which that maximum holds.")]
    to_be_checked: bool
    reasons: tuple[ProductReason, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """The products of the region, best first. ``elsewhere``: not known to be supplied there, judged all the same.

    ``provisos`` are contraindications to every immunoglobulin that are not excluded yet; one that is present excludes every product.
    """

    region: Annotated[
        Literal["chosen", "none_chosen", "not_known"],
        Field(description="not_known: no product is known for the chosen place, so all are listed."),
    ]
    products: tuple[ProductFinding, ...]
    elsewhere: tuple[ProductFinding, ...]
    ranked_by: tuple[ProductReason, ...]
    provisos: tuple[ProductReason, ...]

    def of(self, product_id: str) -> ProductFinding | None:
        """What was found about one product, whatever its region; None for one that the table does not have."""
        return next((item for item in (*self.products, *self.elsewhere) if item.id == product_id), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts about the patient that would settle a reason, each once."""
        findings = (*self.products, *self.elsewhere)
        reasons = (*self.provisos, *self.ranked_by, *(reason for item in findings for reason in item.reasons))
        return tuple(dict.fromkeys(fact for reason in reasons for fact in reason.missing))


@dataclass(frozen=True, slots=True)
class _Judged(Generic[R]):
    """A rule that may hold for her: its truth, and the facts that keep it open."""

    rule: R
    truth: Truth
    missing: tuple[str, ...]

    def reason(self, level: Level, text: str, product: Truth) -> ProductReason:
        """The rule's sentence with what is known on both sides."""
        return ProductReason(self.rule.id, level, text, self.truth.value, product.value, self.missing, self.rule.cite)


@dataclass(frozen=True, slots=True)
class _Patient:
    """All that bears on any product for her. A rule that is FALSE for her does not."""

    restrictions: tuple[_Judged[ProductRestriction], ...]
    rankings: tuple[_Judged[ProductRanking], ...]
    bars: tuple[_Judged[Contraindication], ...]


def choose(rules: RuleSet, results: Results, jurisdiction: str | None) -> ProductChoice:
    """Rank the products of a rule set for one patient, in a place or, without one, anywhere.

    ``results``: her conditions, evaluated with the same rule set; nothing needs to be known. Within a suitability, products come by
    labelled IgA (ug/mL) where her IgA is low or unknown, else by name. Source: CLINICAL_DECISIONS 6.2. Raises nothing.
    """
    patient = _patient(rules, results, jurisdiction)
    regions = frozenset[str]() if jurisdiction is None else markets(jurisdiction, rules.jurisdictions)
    found = [_finding(patient, product, regions) for product in rules.knowledge.products]
    ranked = tuple(sorted(found, key=_by_iga if patient.rankings else _by_name))
    here = tuple(item for item in ranked if item.in_region == "true")
    return ProductChoice(
        region="none_chosen" if jurisdiction is None else "chosen" if here else "not_known",
        products=here or ranked,
        elsewhere=tuple(item for item in ranked if item.in_region != "true") if here else (),
        ranked_by=tuple(_ranked_by(item) for item in patient.rankings),
        provisos=tuple(_bar(item) for item in patient.bars if item.truth is Truth.UNKNOWN),
    )


def _patient(rules: RuleSet, results: Results, jurisdiction: str | None) -> _Patient:
    chain = chain_of(jurisdiction, rules.jurisdictions)

    def judged(kind: type[R]) -> Iterator[_Judged[R]]:
        for rule in rules.of(kind):
            truth = Truth.TRUE if rule.when is None else results.truth(rule.id)
            if truth is not Truth.FALSE and reaches(rule.jurisdictions, chain):
                yield _Judged(rule, truth, results.missing(rule.id) if truth is Truth.UNKNOWN else ())

    bars = (item for item in judged(Contraindication) if item.rule.level == "absolute")
    return _Patient(tuple(judged(ProductRestriction)), tuple(judged(ProductRanking)), tuple(bars))


def _finding(patient: _Patient, product: Product, regions: frozenset[str]) -> ProductFinding:
    reasons = tuple(sorted(_reasons(patient, product), key=lambda item: _LEVELS.index(item.level)))
    return ProductFinding(
        id=product.id,
        name=product.name,
        suitability=_SUITABLE[reasons[0].level] if reasons else "suitable",
        in_region="unknown" if regions.isdisjoint(product.regions) else "true",
        iga_max_ug_per_ml=product.iga_max_ug_per_ml,
        iga_max_at_percent=product.iga_max_at_percent,
        to_be_checked=product.confidence == "likely",
        reasons=reasons,
        evidence=product.cite,
    )


def _reasons(patient: _Patient, product: Product) -> Iterator[ProductReason]:
    yield from (_bar(item) for item in patient.bars if item.truth is Truth.TRUE)
    for item in patient.restrictions:
        reason = _restriction(item, item.rule.concerns.truth(product))
        if reason is not None:
            yield reason
    if product.iga_max_ug_per_ml is None:
        yield from (item.reason("inform", item.rule.if_iga_unknown, Truth.UNKNOWN) for item in patient.rankings)


def _restriction(item: _Judged[ProductRestriction], product: Truth) -> ProductReason | None:
    """What a restriction says about a product; nothing where it is not about it. What is not certain never excludes: it warns."""
    rule, level = item.rule, item.rule.level
    if product is Truth.FALSE:
        return None
    if item.truth is Truth.TRUE and product is Truth.TRUE:
        return item.reason(level, rule.text, product)
    text = rule.if_patient_unknown if item.truth is Truth.UNKNOWN else rule.if_composition_unknown
    return None if text is None else item.reason("inform" if level == "inform" else "warn", text, product)


def _bar(item: _Judged[Contraindication]) -> ProductReason:
    return item.reason("exclude" if item.truth is Truth.TRUE else "warn", item.rule.text, Truth.TRUE)


def _ranked_by(item: _Judged[ProductRanking]) -> ProductReason:
    text = item.rule.text if item.truth is Truth.TRUE else item.rule.if_patient_unknown
    return item.reason("inform", text, Truth.TRUE)


def _by_name(item: ProductFinding) -> tuple[int, str]:
    return _ORDER.index(item.suitability), item.name.casefold()


def _by_iga(item: ProductFinding) -> tuple[int, bool, Decimal, str]:
    """A product without a labelled maximum comes last: unknown is not zero."""
    iga = item.iga_max_ug_per_ml
    return _ORDER.index(item.suitability), iga is None, iga or Decimal(0), item.name.casefold()
