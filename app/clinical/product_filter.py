"""Which products match what is asked of them, and which cannot be told because something about them is not known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.clinical.products import Excipient, Product
from app.logic.truth import Truth, all_of, any_of, of

SUGARS: tuple[Excipient, ...] = ("maltose", "sucrose", "glucose", "sorbitol")
"""What a sugar-free product is free of; sorbitol, a sugar alcohol, because the body makes fructose of it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked; None asks nothing. ``iga_at_most`` in ug/mL, ``concentration`` in percent."""

    regions: frozenset[str] | None = None
    sugar_free: bool | None = None
    proline_free: bool | None = None
    iga_at_most: Decimal | None = None
    concentration: int | None = None


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A product that may match, and the filters it cannot be judged by."""

    product: Product
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Products known to match, and those left out only because something about them is not known."""

    matching: tuple[Product, ...]
    not_known: tuple[NotKnown, ...]


def select(products: Iterable[Product], wanted: Wanted) -> Selection:
    """The products for which every filter is TRUE, and those for which none is FALSE but some are UNKNOWN."""
    judged = [(product, dict(_judge(product, wanted))) for product in products]
    matching = tuple(product for product, found in judged if all_of(found.values()) is Truth.TRUE)
    not_known = tuple(
        NotKnown(product, tuple(name for name, truth in found.items() if truth is Truth.UNKNOWN))
        for product, found in judged
        if all_of(found.values()) is Truth.UNKNOWN
    )
    return Selection(matching, not_known)


def _judge(product: Product, wanted: Wanted) -> Iterator[tuple[str, Truth]]:
    if wanted.regions is not None:
        yield "region", of(not wanted.regions.isdisjoint(product.regions))
    if wanted.concentration is not None:
        yield "concentration", of(wanted.concentration in product.concentration_percent)
    if wanted.sugar_free is not None:
        yield "sugar_free", _free(product, SUGARS, free=wanted.sugar_free)
    if wanted.proline_free is not None:
        yield "proline_free", _free(product, ("proline",), free=wanted.proline_free)
    if wanted.iga_at_most is not None:
        yield "iga_at_most", _iga(product, wanted.iga_at_most, wanted.concentration)


def _free(product: Product, excipients: Iterable[Excipient], *, free: bool) -> Truth:
    """Whether it is known to be free of all of them or, with ``free`` false, known to contain one."""
    contains = any_of(product.contains(item) for item in excipients)
    return ~contains if free else contains


def _iga(product: Product, limit: Decimal, percent: int | None) -> Truth:
    """Whether the labelled maximum is within the limit. A maximum printed for one strength says nothing about another."""
    known = product.iga_max_ug_per_ml
    if known is None or (percent is not None and product.iga_max_at_percent not in (None, percent)):
        return Truth.UNKNOWN
    return of(known <= limit)
