"""Rules about the choice of a product: what takes one away, what warns of one, and which comes first."""

from typing import Literal

from pydantic import model_validator

from app.clinical.content import Content, Id, RuleBase, Text, When
from app.clinical.products import Excipient, Product
from app.logic.truth import Truth, of


class Concerned(Content):
    """Which products a restriction is about: those with an excipient, those named, or those of unknown composition."""

    contains: Excipient | None = None
    products: tuple[Id, ...] = ()
    composition_unknown: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Concerned":
        if sum((self.contains is not None, bool(self.products), self.composition_unknown)) != 1:
            raise ValueError("a restriction names an excipient, products, or unknown composition")
        return self

    def truth(self, product: Product) -> Truth:
        """Whether the restriction is about a product; UNKNOWN where it is not known to contain the excipient or to be free of it."""
        if self.contains is not None:
            return product.contains(self.contains)
        return of(product.stabiliser is None if self.composition_unknown else product.id in self.products)


class ProductRestriction(RuleBase):
    """What bears on the choice of a product for patients for whom ``when`` holds; for every patient without one.

    ``exclude`` takes the products concerned away, ``warn`` keeps them with a warning, ``inform`` changes nothing. Where it is not
    known whether ``when`` holds, or whether the product contains the excipient, the product is warned about, never cleared.
    """

    kind: Literal["product_restriction"]
    level: Literal["exclude", "warn", "inform"]
    title: str
    when: When | None = None
    concerns: Concerned
    text: Text
    if_patient_unknown: Text | None = None
    if_composition_unknown: Text | None = None

    @model_validator(mode="after")
    def _says_what_is_not_known(self) -> "ProductRestriction":
        if self.level != "inform":
            if self.when is not None and self.if_patient_unknown is None:
                raise ValueError("if_patient_unknown: say what holds while the patient's fact is not known")
            if self.concerns.contains and self.if_composition_unknown is None:
                raise ValueError("if_composition_unknown: say what holds for a product of unknown composition")
        return self


class ProductRanking(RuleBase):
    """Orders products that are otherwise alike by labelled IgA, lowest first, those without a labelled maximum last."""

    kind: Literal["product_ranking"]
    title: str
    when: When
    text: Text
    if_patient_unknown: Text
    if_iga_unknown: Text
