"""The shape of the knowledge: what a YAML file may say. Clinical words and thresholds live in those files, never here."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app.clinical.candidacy_rules import Candidacy, Funding
from app.clinical.card_words import CardItem
from app.clinical.content import Content, Id
from app.clinical.order_rules import DosingWeight, PlanNote, TimeWindow
from app.clinical.product_rules import ProductRanking, ProductRestriction
from app.clinical.products import Product
from app.clinical.references import Jurisdiction, Parameter, Source, Statement
from app.clinical.rules import (
    Alternative,
    AskList,
    Contraindication,
    Criterion,
    Note,
    Position,
    Protocol,
    Risk,
    ScoreRule,
    Workup,
)
from app.clinical.service_words import Calculator, MonographSentence, TransparencyItem
from app.clinical.stances import Status
from app.clinical.terms import Term

Rule = Annotated[
    Criterion
    | ScoreRule
    | Position
    | Contraindication
    | Risk
    | Alternative
    | Protocol
    | Workup
    | Note
    | Candidacy
    | AskList
    | ProductRestriction
    | ProductRanking
    | PlanNote
    | DosingWeight
    | Funding
    | TimeWindow,
    Field(discriminator="kind"),
]


class SelfTestPatient(Content):
    """A reviewed patient, made up, that a running service assesses again and again: the status each place must get.

    The history is as the wire brings it and names its own date; ``none`` is no place.
    """

    id: Id
    history: Mapping[str, Any]
    expect: Mapping[str, Mapping[str, Status]]


class Knowledge(Content):
    """A whole rule set, decoded: what is published, digested and served."""

    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    jurisdictions: tuple[Jurisdiction, ...]
    monograph: tuple[MonographSentence, ...]
    products: tuple[Product, ...]
    calculators: tuple[Calculator, ...] = ()
    transparency: tuple[TransparencyItem, ...] = ()
    terminology: tuple[Term, ...] = ()
    self_test: tuple[SelfTestPatient, ...] = ()
    cards: tuple[CardItem, ...] = ()
