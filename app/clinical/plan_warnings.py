"""What stands against an infusion or must be watched with it, read from the risks and contraindications of the rule set."""

from collections.abc import Iterator

from app.clinical.assessment import Sentence
from app.clinical.knowledge import Conditional, Contraindication, Risk
from app.clinical.plan_reading import AT_RISK, Reading
from app.clinical.plan_shapes import AtRiskFinding, DoseWarning, PlanContraindication, Refusal
from app.logic.conditions import facts_of
from app.logic.truth import Truth, any_of

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
    found = [
        PlanContraindication(rule.id, rule.level, rule.target, truth.value, known, rule.text, rule.cite)
        for rule, known in _relevant(reading)
        if (truth := reading.truth(rule.id)) is not Truth.FALSE
    ]
    return tuple(sorted(found, key=lambda item: item.present != Truth.TRUE.value))


def _relevant(reading: Reading) -> Iterator[tuple[Contraindication, bool]]:
    """Contraindications that speak for the place and reach this order, and whether the product's composition is known."""
    product = reading.product
    known = product is None or product.stabiliser is not None
    for rule in reading.rules.of(Contraindication):
        if reading.in_reach(rule):
            if rule.target == "ivig" or (product and product.id in rule.products):
                yield rule, True
            elif product and not known:
                yield rule, False


def refusals(reading: Reading, found: tuple[PlanContraindication, ...]) -> Iterator[Refusal]:
    """Absolute contraindications that are present, to IVIG or to this very product: in their own words."""
    for item in found:
        if item.level == "absolute" and item.present == Truth.TRUE.value and item.composition_known:
            fields = () if item.target == "ivig" else (reading.order.place("product"),)
            yield Refusal(item.id, fields, item.text, False, item.evidence)
