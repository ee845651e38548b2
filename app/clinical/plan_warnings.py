"""What stands against an infusion or must be watched with it, read from the risks and contraindications of the rule set."""

from collections.abc import Iterator
from typing import Literal

from app.clinical.content import Conditional
from app.clinical.parts import Sentence
from app.clinical.plan_parts import Refusal
from app.clinical.plan_reading import AT_RISK, Reading
from app.clinical.plan_shapes import AtRiskFinding, DoseWarning, PlanContraindication
from app.clinical.product_rules import ProductRestriction
from app.clinical.rules import Contraindication, Risk
from app.logic.conditions import facts_of
from app.logic.truth import Truth, any_of

Level = Literal["absolute", "relative"]
ORDERED = "planned."
"""Facts that are read from the order itself."""
WORDS = {Truth.TRUE: AT_RISK, Truth.UNKNOWN: "plan-risk-unknown", Truth.FALSE: "plan-no-factor"}


def at_risk_of(reading: Reading) -> Truth:
    """Whether any boxed factor is present. Unknown is not "not at risk"."""
    return any_of(reading.truth(key) for key in reading.boxed)


def at_risk_finding(reading: Reading) -> AtRiskFinding:
    """The boxed factors that are present, and those not known."""
    present = at_risk_of(reading)
    note = reading.note(WORDS[present])
    return AtRiskFinding(
        present.value,
        reading.sentences(iter(reading.boxed), Truth.TRUE),
        reading.sentences(iter(reading.boxed), Truth.UNKNOWN),
        note.text,
        note.evidence,
    )


def warnings(reading: Reading) -> tuple[DoseWarning, ...]:
    """Risks whose factors the order itself can raise, and boxed risks with a factor present."""
    owners = {key.partition("/")[0] for key in reading.boxed}
    found = (_warning(reading, risk, boxed=risk.id in owners) for risk in reading.rules.of(Risk))
    return tuple(item for item in found if item)


def _warning(reading: Reading, risk: Risk, *, boxed: bool) -> DoseWarning | None:
    keys = [f"{risk.id}/{factor.id}" for factor in risk.factors]
    ordered = [key for key, factor in zip(keys, risk.factors, strict=True) if _reads_order(factor)]
    present = reading.sentences(iter(keys), Truth.TRUE)
    raised = any_of(reading.truth(key) for key in (keys if boxed else ordered))
    if raised is Truth.FALSE or (boxed and raised is not Truth.TRUE):
        return None
    unknown = reading.sentences(iter(ordered), Truth.UNKNOWN)
    return DoseWarning(
        risk.id, risk.title, raised.value, present, unknown, tuple(_monitoring(reading, risk)), risk.cite
    )


def _reads_order(factor: Conditional) -> bool:
    return factor.when is not None and any(fact.startswith(ORDERED) for fact in facts_of(factor.when))


def _monitoring(reading: Reading, risk: Risk) -> Iterator[Sentence]:
    for part in risk.monitoring:
        truth = reading.truth(f"{risk.id}/{part.id}")
        if truth is not Truth.FALSE:
            yield Sentence(part.id, part.text, truth.value, part.cite)


def contraindications(reading: Reading) -> tuple[PlanContraindication, ...]:
    """Those to IVIG and to this product that are present or not yet excluded, those present first."""
    found = (*_to_ivig(reading), *_to_product(reading))
    return tuple(sorted(found, key=lambda item: item.present != Truth.TRUE.value))


def _to_ivig(reading: Reading) -> Iterator[PlanContraindication]:
    for rule in filter(reading.in_reach, reading.rules.of(Contraindication)):
        truth = reading.truth(rule.id)
        if truth is not Truth.FALSE:
            yield PlanContraindication(rule.id, rule.level, "ivig", truth.value, True, rule.text, rule.cite)


def _to_product(reading: Reading) -> Iterator[PlanContraindication]:
    """Restrictions that are about the ordered product, or may be: a composition that is not known is not cleared."""
    product = reading.product
    if product is None:
        return
    for rule in filter(reading.in_reach, reading.rules.of(ProductRestriction)):
        truth, concerned = reading.truth(rule.id), rule.concerns.truth(product)
        if Truth.FALSE in {truth, concerned} or rule.level == "inform":
            continue
        said = rule.if_composition_unknown if concerned is Truth.UNKNOWN else rule.text
        text = rule.if_patient_unknown if truth is Truth.UNKNOWN else said
        level: Level = "absolute" if rule.level == "exclude" else "relative"
        known = concerned is Truth.TRUE and not rule.concerns.composition_unknown
        yield PlanContraindication(rule.id, level, "product", truth.value, known, text or rule.text, rule.cite)


def refusals(reading: Reading, found: tuple[PlanContraindication, ...]) -> Iterator[Refusal]:
    """Absolute contraindications that are present, to IVIG or to this very product: in their own words."""
    for item in found:
        if item.level == "absolute" and item.present == Truth.TRUE.value and item.composition_known:
            fields = () if item.target == "ivig" else (reading.order.place("product"),)
            yield Refusal(item.id, fields, item.text, False, item.evidence)
