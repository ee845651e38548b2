"""Topics about safety: what forbids IVIG, what speaks against the product, the dose, and what was not checked yet."""

from collections.abc import Iterator

from app.clinical.assessed_products import ProductReasonFinding
from app.clinical.assessment import CheckFinding, ContraindicationFinding
from app.clinical.plan_shapes import InfusionPlan
from app.hooks.content import Content, Seen, Urgency, add_notes, content
from app.hooks.offers import offers_of

MOST_PRODUCTS = 5


def contraindication(seen: Seen) -> Content | None:
    """Absolute contraindications that are present: the only critical card there is."""
    found = [item for item in seen.answer.contraindications if item.present == "true" and item.level == "absolute"]
    relative = [item for item in seen.answer.contraindications if item.present == "true" and item.level == "relative"]
    if not (found or relative):
        return None
    card = content(seen, "ivigcontraindication")
    card.raise_to(Urgency.CRITICAL if found else Urgency.WARNING)
    for item in (*found, *relative):
        card.heads.append(item.title)
        card.say(item.text)
        card.cites(item.id, item.evidence)
    add_notes(seen, card)
    return card


def product(seen: Seen) -> Content | None:
    """What speaks against the product ordered, and products without a reason against them."""
    products = seen.answer.products
    if not (products.planned or products.planned_unknown):
        return None
    card = content(seen, "ivigproduct")
    if products.planned is None:
        card.heads.append(seen.phrase("product-unknown"))
        card.say(seen.phrase("product-unknown-detail"))
        card.raise_to(Urgency.WARNING)
        return card
    reasons = [item for item in products.reasons if _against(item, products.planned.id)]
    certain = [item for item in reasons if item.patient == "true"]
    if not certain:
        return None
    card.raise_to(Urgency.WARNING)
    card.heads += [seen.title(item.id) for item in certain]
    card.listed(f"{seen.phrase('product-ordered')}: {products.planned.name}", (item.text for item in reasons))
    for item in reasons:
        card.cites(item.id, item.evidence)
    suitable = (item.name for item in products.ranked if item.suitability == "suitable")
    card.listed(seen.phrase("product-suitable"), list(suitable)[:MOST_PRODUCTS])
    return card


def _against(reason: ProductReasonFinding, ordered: str) -> bool:
    """Whether a reason is about the product ordered; what forbids any IVIG has its own card."""
    about = ordered in reason.products
    return about and reason.level != "inform" and not reason.id.startswith("contraindication-")


def dose(seen: Seen) -> Content | None:
    """Risks that this order raises for this patient; when signing, also why a dose cannot be checked."""
    plan = seen.answer.plan
    if plan is None:
        return None
    card = content(seen, "ivigdose")
    _add_risks(seen, plan, card)
    if seen.is_signing:
        _add_refusals(seen, plan, card)
    if not card.heads:
        return None
    add_notes(seen, card)
    return card


def _add_risks(seen: Seen, plan: InfusionPlan, card: Content) -> None:
    """The risks with a factor that was found; those without stay in the assessment."""
    factors = {risk.id: risk for risk in seen.answer.risks}
    for warning in plan.warnings:
        found = warning.factors_present
        if warning.present != "true" or not found:
            continue
        card.raise_to(Urgency.WARNING)
        card.heads.append(warning.title)
        card.cites(warning.id, warning.evidence)
        lines = [item.text for item in found]
        mitigation = factors[warning.id].mitigation if warning.id in factors else ()
        lines += [item.text for item in mitigation if item.applies == "true"]
        card.listed(warning.title, lines)
        for item in (*found, *mitigation):
            card.statements.update(dict.fromkeys(item.evidence))


def _add_refusals(seen: Seen, plan: InfusionPlan, card: Content) -> None:
    refused = [item for item in plan.refused if not item.id.startswith("contraindication-")]
    if not refused:
        return
    card.heads.append(seen.phrase("refused-short"))
    card.listed(seen.phrase("refused"), (item.text for item in refused))
    for item in refused:
        card.cites(item.id, item.evidence)
        if item.id in card.topic.warns:
            card.raise_to(Urgency.WARNING)


def workup(seen: Seen) -> Content | None:
    """What is not on file before the first infusion, with draft orders, and contraindications nobody has excluded yet."""
    card = content(seen, "ivigworkup")
    open_checks = [item for item in seen.answer.workup if _is_open(seen, item)]
    not_excluded = [item for item in seen.answer.contraindications if item.present == "unknown"]
    card.offers = offers_of(seen, card.topic.id)
    if not (open_checks or not_excluded):
        return None
    _add_checks(seen, sorted(open_checks, key=lambda item: _is_particular(seen, item)), card)
    _add_not_excluded(seen, not_excluded, card)
    return card


def _is_particular(seen: Seen, item: CheckFinding) -> bool:
    """Checks for every infusion come before those for one indication."""
    return bool(seen.texts.get(item.id, {}).get("applies_to"))


def _is_open(seen: Seen, item: CheckFinding) -> bool:
    """A check that certainly applies, that a result would settle, and that is not settled. Consent is not a result."""
    settles = seen.texts.get(item.id, {}).get("satisfied_by") is not None
    return settles and item.applies == "true" and item.done != "true"


def _add_not_excluded(seen: Seen, found: list[ContraindicationFinding], card: Content) -> None:
    card.listed(seen.phrase("not-excluded"), (item.text for item in found))
    for item in found:
        card.cites(item.id, item.evidence)
        if item.level == "absolute":
            card.raise_to(Urgency.WARNING)
    if found and not card.heads:
        card.heads.append(seen.phrase("not-excluded"))
    card.listed(seen.phrase("questions"), _questions(seen))


def _questions(seen: Seen) -> Iterator[str]:
    """The questions whose answers exclude a contraindication."""
    wanted = {"immunoglobulin-reaction", "iga"}
    yield from (item.question for item in seen.answer.missing if item.id in wanted)


def _add_checks(seen: Seen, found: list[CheckFinding], card: Content) -> None:
    card.listed(seen.phrase("to-do"), (item.text for item in found))
    for item in found:
        card.cites(item.id, item.evidence)
        card.heads.append(item.text.partition(".")[0].partition(",")[0])
