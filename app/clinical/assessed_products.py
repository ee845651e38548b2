"""The choice of a product, as an answer shows it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.parts import Evidence, JsonNumber, Tri


@dataclass(frozen=True, slots=True)
class ProductReasonFinding:
    """Why products are excluded, warned about or placed where they are; no product named: it holds for all."""

    id: Annotated[str, Field(description="The rule.", examples=["product-hyperprolinaemia"])]
    level: Annotated[
        Literal["exclude", "warn", "inform"],
        Field(description="What is not known about the patient or a product warns, never excludes and never clears."),
    ]
    text: str
    patient: Annotated[Tri, Field(description="Whether the patient has what the reason is about.")]
    products: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductShort:
    """A product for this patient; its full row is at /v1/products/{id}."""

    id: Annotated[str, Field(examples=["privigen"])]
    name: str
    suitability: Literal["suitable", "suitable_with_warning", "excluded"]
    in_region: Annotated[Literal["true", "unknown"], Field(description="Known to be supplied in the chosen place.")]
    iga_max_ug_per_ml: Annotated[
        JsonNumber | None, Field(description="Labelled maximum of IgA, ug/mL; null is not known, never zero.")
    ]
    to_be_checked: Annotated[bool, Field(description="Its row of the product table is likely, not verified.")]
    reasons: Annotated[tuple[str, ...], Field(description="Ids of `reasons` beside this list.")]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProductsFinding:
    """Products ranked for this patient. No product is called free of something that its label does not say."""

    region: Annotated[
        Literal["chosen", "none_chosen", "not_known"],
        Field(description="not_known: no product is known for the chosen place, so all are listed."),
    ]
    ranked: tuple[ProductShort, ...]
    planned: Annotated[ProductShort | None, Field(description="The product of the order, if the table has it.")]
    planned_unknown: Annotated[
        bool,
        Field(description="True when an order names a product that the table does not have: nothing is known of it."),
    ]
    reasons: tuple[ProductReasonFinding, ...]
    evidence: Evidence
