"""What the knowledge routes answer with."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field

from app.clinical.calculation import Figure
from app.clinical.catalogue import Entry, FactSpec
from app.clinical.parts import CodingShape, EvidenceShort
from app.clinical.references import Source, Statement
from app.clinical.ruleset import RuleSet
from app.clinical.service_words import Calculator
from app.clinical.sources import short


class IndicationShape(BaseModel):
    id: str = Field(description="Id used in requests and answers.", examples=["recurrent_pregnancy_loss"])
    jurisdictions_with_own_column: list[str] = Field(description="All other places are served by the general column.")
    rules: dict[str, int] = Field(description="Number of rules by kind.")


class RuleShort(BaseModel):
    """A rule in a list."""

    id: str = Field(examples=["rpl-eshre-2022"])
    kind: str = Field(examples=["criterion"])
    title: str | None = Field(description="Title, or the first words where the kind has none.")
    issuer: str | None
    applies_to: list[str] = Field(description="Indications; empty means all.")
    jurisdictions: list[str]
    evidence: list[str] = Field(description="Statement ids.")

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Self:
        """The short form of a published rule."""
        return cls(**_head(rule))


class RuleFull(RuleShort):
    """A rule as published."""

    effective: date
    reviewed_on: date
    review_by: date
    rule_set: str = Field(description="Version of the rule set it was read from.")
    content: dict[str, Any] = Field(description="The whole rule: conditions, words, citations.")

    @classmethod
    def of(cls, rule: Mapping[str, Any], rule_set: str = "") -> Self:
        """The full form of a published rule."""
        dates = {name: rule[name] for name in ("effective", "reviewed_on", "review_by")}
        return cls(**_head(rule), **dates, rule_set=rule_set, content=dict(rule))


def _head(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "kind": rule["kind"],
        "title": rule.get("title") or rule.get("text"),
        "issuer": rule.get("issuer"),
        "applies_to": list(rule.get("applies_to", ())),
        "jurisdictions": list(rule.get("jurisdictions", ("*",))),
        "evidence": list(rule["cite"]),
    }


class Page(BaseModel):
    total: int = Field(description="Items that match, on all pages.")
    limit: int
    offset: int


class RulePage(Page):
    items: list[RuleShort]


class EvidencePage(Page):
    items: list[EvidenceShort]


class EvidenceFull(BaseModel):
    statement: Statement
    source: Source
    cited_by: list[str] = Field(description="Ids of the rules that cite it.")


class FactShape(BaseModel):
    """One fact of the catalogue."""

    id: str = Field(examples=["losses.count_all"])
    type: str = Field(description="boolean, number or code.")
    unit: str | None = Field(description="UCUM unit.")
    values: list[str] = Field(description="Possible values of a code.")
    question: str = Field(description="What to ask a clinician when it is missing.")
    world: str = Field(
        description="`closed`: absence means no once the sender vouches for the section; `open`: absence is unknown."
    )
    read_from: list[str] = Field(description="Sections of the history it is derived from.")
    codes: list[CodingShape]

    @classmethod
    def of(cls, spec: FactSpec) -> Self:
        """The served form of a declared fact."""
        codes = [CodingShape(item.system, item.code, item.display) for item in spec.codes]
        return cls(
            id=spec.id,
            type=spec.type,
            unit=spec.unit,
            values=list(spec.values),
            question=spec.question,
            world=spec.world.value,
            read_from=list(spec.read_from),
            codes=codes,
        )


class EntryShape(BaseModel):
    """A code that a list section of the history understands."""

    section: str = Field(examples=["conditions"])
    code: str = Field(examples=["heart_failure"])
    title: str
    unit: str | None = Field(description="Canonical unit of a laboratory test.")
    units: list[str] = Field(description="Units that are taken; no other is converted.")
    codes: list[CodingShape]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The served form of a declared entry."""
        codes = [CodingShape(item.system, item.code, item.display) for item in entry.codes]
        return cls(
            section=entry.section.value,
            code=entry.code,
            title=entry.title,
            unit=entry.unit,
            units=list(entry.units),
            codes=codes,
        )


class FactCatalogue(BaseModel):
    facts: list[FactShape]
    entries: list[EntryShape] = Field(
        description="Codes for conditions, medications, allergies, investigations and tests."
    )


class MonographItem(BaseModel):
    id: str
    topic: str = Field(examples=["what"])
    text: str
    evidence: tuple[str, ...]


class Monograph(BaseModel):
    """Plain-language sentences about IVIG, each cited."""

    notice: str = Field(examples=["Information, not advice."])
    rule_set: str
    sentences: list[MonographItem]


class LimitShape(BaseModel):
    """Where a calculator refuses, and why."""

    field: str = Field(examples=["/age_years"])
    unit: str = Field(description="UCUM unit of the ends.")
    minimum: Figure | None = Field(description="Lowest value taken.")
    maximum: Figure | None = Field(description="Highest value taken.")
    text: str
    evidence: tuple[str, ...]


class CalculatorShape(BaseModel):
    """A calculator: what it computes and where it holds."""

    id: str = Field(description="POST its input to /v1/calculators/{id}.", examples=["ckd-epi-2021"])
    title: str
    formula: str = Field(description="The formula in words.")
    unit: str | None = Field(description="UCUM unit of the result; null for a classification.")
    validity: str
    limits: list[LimitShape]
    text: str
    evidence: tuple[str, ...]
    sources: list[EvidenceShort] = Field(description="The statements behind it, with their sources.")

    @classmethod
    def of(cls, item: Calculator, rules: RuleSet) -> Self:
        """The served form of a calculator's words."""
        limits = [LimitShape(**limit.model_dump(exclude={"cite"}), evidence=limit.cite) for limit in item.limits]
        return cls(
            **item.model_dump(include={"id", "title", "formula", "unit", "validity", "text"}),
            limits=limits,
            evidence=item.cite,
            sources=[short(rules, statement) for statement in item.cite],
        )


class CalculatorList(BaseModel):
    rule_set: str
    items: list[CalculatorShape]
