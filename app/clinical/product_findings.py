"""The choice of a product as an answer shows it: each reason once, with the products it is about."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.clinical.assessed_products import ProductReasonFinding, ProductsFinding, ProductShort
from app.clinical.findings import View
from app.clinical.product_choice import ProductChoice, ProductFinding, ProductReason, choose
from app.clinical.product_rules import ProductRanking, ProductRestriction
from app.clinical.rules import Contraindication
from app.clinical.sections import PlannedIvig
from app.clinical.sources import cited


class Chosen(NamedTuple):
    """A choice of products, and how an answer shows it."""

    choice: ProductChoice
    ranked: tuple[ProductShort, ...]
    reasons: tuple[ProductReasonFinding, ...]
    cited_by_ranked: dict[str, None]
    cited_by_reasons: dict[str, None]


def choice_of(view: View) -> Chosen:
    """The ranked products for this patient, worked out once for each way in which the rules about products came out."""
    lens = view.lens
    keys = lens.keep(("product keys",), lambda: tuple(_keys(view)))
    outcome = lens.keep(("product outcome",), lambda: lens.rules.program.reader(keys))
    return lens.keep(
        ("products", outcome(view.results)), lambda: _chosen(choose(lens.rules, view.results, lens.jurisdiction))
    )


def _keys(view: View) -> Iterator[str]:
    rules = view.rules
    about_products = (*rules.of(ProductRestriction), *rules.of(ProductRanking), *rules.of(Contraindication))
    return (rule.id for rule in about_products if rule.id in rules.conditions)


def products(view: View, chosen: Chosen, order: PlannedIvig | None) -> ProductsFinding:
    """The products supplied here, best first, and the product ordered, wherever it is supplied."""
    planned = order.product if order else None
    ordered = chosen.choice.of(planned) if planned else None
    view.cited.update(chosen.cited_by_ranked)
    shown = view.cite(_short(ordered)) if ordered else None
    view.cited.update(chosen.cited_by_reasons)
    return ProductsFinding(
        region=chosen.choice.region,
        ranked=chosen.ranked,
        planned=shown,
        planned_unknown=planned is not None and ordered is None,
        reasons=chosen.reasons,
        evidence=(),
    )


def _chosen(choice: ProductChoice) -> Chosen:
    concerned: dict[tuple[str, str], tuple[ProductReason, list[str]]] = {}
    for product in (*choice.products, *choice.elsewhere):
        for reason in product.reasons:
            concerned.setdefault((reason.id, reason.text), (reason, []))[1].append(product.id)
    general = tuple(_reason(reason, ()) for reason in (*choice.ranked_by, *choice.provisos))
    reasons = general + tuple(_reason(reason, ids) for reason, ids in concerned.values())
    ranked = tuple(map(_short, choice.products))
    return Chosen(choice, ranked, reasons, dict.fromkeys(cited(ranked)), dict.fromkeys(cited(reasons)))


def _short(product: ProductFinding) -> ProductShort:
    return ProductShort(
        product.id,
        product.name,
        product.suitability,
        product.in_region,
        product.iga_max_ug_per_ml,
        product.to_be_checked,
        tuple(dict.fromkeys(reason.id for reason in product.reasons)),
        product.evidence,
    )


def _reason(reason: ProductReason, products: Iterable[str]) -> ProductReasonFinding:
    return ProductReasonFinding(reason.id, reason.level, reason.text, reason.patient, tuple(products), reason.evidence)
