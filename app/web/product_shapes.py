"""What the product routes answer with."""

from typing import Any, Self

from pydantic import BaseModel, Field

from app.clinical.parts import EvidenceShort, JsonNumber
from app.clinical.product_filter import NotKnown
from app.clinical.product_rules import ProductRestriction
from app.clinical.products import Labelled, Product, Rate, Schedule
from app.logic.truth import Truth
from app.web.shapes import Page


class RateShape(BaseModel):
    """An infusion rate as printed."""

    region: str | None = Field(description="Where it holds; null: wherever the product is supplied.")
    indication: str | None = Field(description="What it is printed for; null: whatever the product is given for.")
    mg_kg_min: JsonNumber = Field(description="mg per kg body weight and minute.", examples=[0.5])
    ml_kg_h: JsonNumber = Field(description="mL per kg body weight and hour, rounded as printed.", examples=[0.3])
    note: str | None

    @classmethod
    def of(cls, rate: Rate) -> Self:
        """The served form of a rate."""
        return cls(**rate.model_dump())


class StepShape(BaseModel):
    mg_kg_min: JsonNumber
    minutes: int


class ScheduleShape(BaseModel):
    """Printed steps, and the rate that may follow the last."""

    population: str
    steps: list[StepShape]
    then_up_to_mg_kg_min: JsonNumber
    evidence: list[str] = Field(description="Statement ids.")

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        """The served form of a schedule."""
        return cls(**schedule.model_dump(exclude={"cite"}), evidence=list(schedule.cite))


class LabelledShape(BaseModel):
    region: str | None
    text: str

    @classmethod
    def of(cls, labelled: Labelled) -> Self:
        """The served form of a labelled use."""
        return cls(**labelled.model_dump())


class ProductShape(BaseModel):
    """An IVIG product. Null is not known here: never false, never zero."""

    id: str = Field(examples=["privigen"])
    name: str = Field(examples=["Privigen"])
    manufacturer: str
    regions: list[str] = Field(description="Where it is known to be supplied; not a complete list.", examples=[["US"]])
    route: str = Field(examples=["IV"])
    concentration_percent: list[int] = Field(description="g per 100 mL.", examples=[[10]])
    stabiliser: str | None
    contains_maltose: bool | None
    contains_corn_maltose: bool | None = Field(description="Maltose made from corn.")
    contains_sucrose: bool | None
    contains_glucose: bool | None
    contains_sorbitol: bool | None
    contains_proline: bool | None
    contains_glycine: bool | None
    iga_max_ug_per_ml: JsonNumber | None = Field(description="Labelled maximum of IgA, ug/mL.", examples=[25])
    iga_max_at_percent: int | None = Field(description="The only strength, in percent, at which that maximum holds.")
    iga_note: str | None = Field(description="The figure as printed; an average is no limit.")
    sodium: str | None
    osmolality: str | None
    ph: str | None
    initial_rate: list[RateShape] = Field(description="Empty: no rate is known.")
    max_infusion_rate: list[RateShape] = Field(description="Several and no region or indication: the lowest holds.")
    at_risk_rate_limit: str | None = Field(
        description="For patients at risk of thrombosis or renal failure, as printed."
    )
    at_risk_max_mg_kg_min: JsonNumber | None = Field(description="Its number, mg/kg/min; null: none is printed.")
    rate_plan_possible: bool = Field(description="False: no infusion plan is computed for it.")
    schedule: ScheduleShape | None
    vial_sizes_ml: list[int] | None
    labelled_indications: list[LabelledShape] = Field(description="None of them is a reproductive use.")
    notes: str | None
    confidence: str = Field(description="`likely`: the row is to be checked.", examples=["verified"])
    evidence: list[str] = Field(description="Statement ids, each served at /v1/evidence/{id}.")

    @classmethod
    def of(cls, product: Product) -> Self:
        """The served form of a product."""
        return cls(**_fields(product))


def _fields(product: Product) -> dict[str, Any]:
    made = {
        "initial_rate": [RateShape.of(rate) for rate in product.initial_rate],
        "max_infusion_rate": [RateShape.of(rate) for rate in product.max_infusion_rate],
        "schedule": ScheduleShape.of(product.schedule) if product.schedule else None,
        "labelled_indications": [LabelledShape.of(item) for item in product.labelled_indications],
        "evidence": list(product.cite),
    }
    return {**product.model_dump(exclude={*made, "cite"}), **made}


class NotKnownShape(BaseModel):
    """A product left out because something about it is not known."""

    id: str
    name: str
    filters: list[str] = Field(description="The filters it cannot be judged by.", examples=[["sugar_free"]])

    @classmethod
    def of(cls, item: NotKnown) -> Self:
        """The served form of a product that may match."""
        return cls(id=item.product.id, name=item.product.name, filters=list(item.filters))


class ProductPage(Page):
    """Products known to match every filter, and those left out for want of knowledge."""

    rule_set: str = Field(description="Version of the rule set they were read from.", examples=["1.0.0"])
    region_known: bool | None = Field(
        description="False: no product is known for the place asked for, so nothing follows from an empty list; null: none asked for."
    )
    items: list[ProductShape]
    left_out_unknown: int = Field(
        description="Products that may match, left out because something is not known of them."
    )
    not_known: list[NotKnownShape] = Field(description="Which these are, and why.")


class RestrictionShape(BaseModel):
    """What bears on this product for some patients."""

    id: str = Field(description="The rule, served at /v1/rules/{id}.", examples=["product-hyperprolinaemia"])
    level: str = Field(description="exclude, warn or inform, for a patient who has it.", examples=["exclude"])
    title: str
    concerned: str = Field(description="Whether the rule is about this product; unknown where its composition is.")
    text: str
    evidence: list[str]

    @classmethod
    def of(cls, rule: ProductRestriction, product: Product) -> Self | None:
        """The served form of a restriction, as it reads for this product; None where it says nothing about it."""
        concerned = rule.concerns.truth(product)
        text = {Truth.TRUE: rule.text, Truth.UNKNOWN: rule.if_composition_unknown}.get(concerned)
        if text is None:
            return None
        return cls(
            id=rule.id,
            level=rule.level,
            title=rule.title,
            concerned=concerned.value,
            text=text,
            evidence=list(rule.cite),
        )


class ProductFull(ProductShape):
    """A product with what restricts it and where it was read."""

    rule_set: str = Field(description="Version of the rule set it was read from.", examples=["1.0.0"])
    restrictions: list[RestrictionShape] = Field(description="For whom it is excluded or warned about.")
    sources: list[EvidenceShort] = Field(description="Where it was read.")
