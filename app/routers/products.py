"""IVIG products as their labels print them, from the active rule set."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from app.clinical.jurisdictions import markets
from app.clinical.product_filter import Wanted, select
from app.clinical.product_rules import ProductRestriction
from app.clinical.products import Product
from app.clinical.ruleset import RuleSet
from app.clinical.sources import short
from app.errors import InputError
from app.web.context import context_of
from app.web.problems import responses
from app.web.product_shapes import NotKnownShape, ProductFull, ProductPage, ProductShape, RestrictionShape

router = APIRouter(tags=["products"])

Region = Annotated[
    str | None,
    Query(
        pattern=r"^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$",
        description="Known to be supplied there: ISO 3166 country or subdivision, or EU. A member state has the EU's products too.",
        examples=["GB"],
    ),
]
SugarFree = Annotated[
    bool | None,
    Query(description="true: known to be free of maltose, sucrose, glucose and sorbitol; false: known to contain one."),
]
ProlineFree = Annotated[
    bool | None, Query(description="true: known to be free of L-proline; false: known to contain it.")
]
IgaAtMost = Annotated[
    Decimal | None,
    Query(
        gt=0,
        le=100_000,
        description="Labelled maximum of IgA at or below this, ug/mL. An average is no limit; a product without one is left out.",
        examples=[25],
    ),
]
Concentration = Annotated[
    int | None, Query(ge=1, le=30, description="Strength in percent (g per 100 mL).", examples=[10])
]


@router.get("/v1/products", summary="Find products", operation_id="list_products", responses=responses(422, 503))
async def list_products(
    request: Request,
    region: Region = None,
    sugar_free: SugarFree = None,
    proline_free: ProlineFree = None,
    iga_at_most: IgaAtMost = None,
    concentration: Concentration = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000, description="Items to skip.")] = 0,
) -> ProductPage:
    """Products of the active rule set that are known to match every filter, in the order in which they were published.

    A product about which a filter cannot be answered is never returned as matching: it is counted in `left_out_unknown` and listed
    in `not_known`. The table is no list of what is supplied, and labels change: check the current label before use.
    """
    rules = context_of(request).rules
    regions = None if region is None else markets(region, rules.jurisdictions)
    wanted = Wanted(regions, sugar_free, proline_free, iga_at_most, concentration)
    found = select(rules.knowledge.products, wanted)
    return ProductPage(
        total=len(found.matching),
        limit=limit,
        offset=offset,
        rule_set=rules.version,
        region_known=None if regions is None else bool(select(rules.knowledge.products, Wanted(regions)).matching),
        items=[ProductShape.of(item) for item in found.matching[offset : offset + limit]],
        left_out_unknown=len(found.not_known),
        not_known=[NotKnownShape.of(item) for item in found.not_known],
    )


@router.get(
    "/v1/products/{product_id}", summary="One product", operation_id="get_product", responses=responses(404, 422, 503)
)
async def get_product(
    request: Request,
    product_id: Annotated[
        str,
        Path(
            max_length=80,
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            description="Product id, as in `planned_ivig.product`.",
            examples=["privigen"],
        ),
    ],
) -> ProductFull:
    """The product with the rules that restrict it, and where each of its facts was read."""
    rules = context_of(request).rules
    product = next((item for item in rules.knowledge.products if item.id == product_id), None)
    if product is None:
        raise InputError("not-found", (), status=404)
    return ProductFull(
        **ProductShape.of(product).model_dump(),
        rule_set=rules.version,
        restrictions=_restrictions(rules, product),
        sources=[short(rules, item) for item in product.cite],
    )


def _restrictions(rules: RuleSet, product: Product) -> list[RestrictionShape]:
    shapes = (RestrictionShape.of(rule, product) for rule in rules.of(ProductRestriction))
    return [shape for shape in shapes if shape is not None]
