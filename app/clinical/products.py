"""IVIG products as their labels print them. What is None is not known here: never false, never zero, never another's."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.clinical.content import Cites, Content, Id, Text

Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 code of a country, or EU.")]
Positive = Annotated[Decimal, Field(gt=0)]
Words = Annotated[str, Field(min_length=1, max_length=300)]


class Rate(Content):
    """One infusion rate as printed, in mg/kg/min and mL/kg/h. Without a region or an indication it holds for all the row names."""

    region: Region | None = None
    indication: Words | None = None
    mg_kg_min: Positive
    ml_kg_h: Positive
    note: Words | None = None


class Step(Content):
    """One step of a printed schedule: a rate in mg/kg/min, kept for a number of minutes."""

    mg_kg_min: Positive
    minutes: int = Field(gt=0)


class Schedule(Content):
    """Steps as a label prints them, and the rate in mg/kg/min that may be reached after the last."""

    population: Words
    steps: tuple[Step, ...] = Field(min_length=1)
    then_up_to_mg_kg_min: Positive
    cite: Cites


class Labelled(Content):
    """What a product is licensed for, where the label distinguishes regions. Never a reproductive use."""

    region: Region | None = None
    text: Words


class Product(Content):
    """One IVIG product [CLINICAL_DECISIONS 6.2, 6.7; evidence products.yaml].

    ``regions``: where it is known to be supplied; not a complete list. ``contains_*``: None where the composition is not known.
    ``iga_max_ug_per_ml``: the labelled maximum, ug/mL, at ``iga_max_at_percent`` where it holds at one strength only; an average
    stands in ``iga_note`` and is no limit. ``initial_rate`` and ``max_infusion_rate``: empty means that no rate is known and no plan
    may be computed; with several and an unknown region or indication the lowest maximum holds. ``at_risk_max_mg_kg_min``: the
    printed ceiling in mg/kg/min for patients at risk of thrombosis or renal failure; None means that no number is printed.
    ``confidence`` covers the whole row: ``likely`` is to be checked.
    """

    id: Id
    name: Words
    manufacturer: Words
    regions: tuple[Region, ...] = Field(min_length=1)
    route: Literal["IV"]
    concentration_percent: tuple[int, ...] = Field(min_length=1)
    stabiliser: Words | None
    contains_maltose: bool | None
    contains_corn_maltose: bool | None
    contains_sucrose: bool | None
    contains_glucose: bool | None
    contains_sorbitol: bool | None
    contains_proline: bool | None
    contains_glycine: bool | None
    iga_max_ug_per_ml: Positive | None
    iga_max_at_percent: int | None = None
    iga_note: Words | None
    sodium: Words | None
    osmolality: Words | None
    ph: Words | None
    initial_rate: tuple[Rate, ...] = ()
    max_infusion_rate: tuple[Rate, ...] = ()
    at_risk_rate_limit: Words | None
    at_risk_max_mg_kg_min: Positive | None
    rate_plan_possible: bool
    schedule: Schedule | None = None
    vial_sizes_ml: tuple[int, ...] | None = None
    labelled_indications: tuple[Labelled, ...] = Field(min_length=1)
    notes: Text | None = None
    confidence: Literal["verified", "likely"]
    cite: Cites

    @model_validator(mode="after")
    def _plan_needs_rates(self) -> "Product":
        if self.rate_plan_possible and not (self.initial_rate and self.max_infusion_rate):
            raise ValueError("a rate plan needs an initial and a maximum rate")
        if self.iga_max_at_percent is not None and self.iga_max_at_percent not in self.concentration_percent:
            raise ValueError("the IgA maximum holds at a strength that the product does not have")
        return self
