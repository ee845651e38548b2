"""What this intervention is: its source attributes, purpose, limits and frame, generated from the rule set where they can be counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.candidacy_rules import Candidacy
from app.clinical.content import RuleBase
from app.clinical.history import Indication
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.clinical.parts import Evidence
from app.clinical.references import Source, Statement
from app.clinical.ruleset import RuleSet
from app.clinical.service_words import TransparencyItem
from app.version import ENGINE_VERSION

DERIVED = "derived"
Consulted = Literal["full-text", "abstract", "secondary", "none"]


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence about the intervention."""

    id: str
    title: str
    text: str
    region: Annotated[str | None, Field(description="Where it holds; null for everywhere.", examples=["US"])]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SourceAttribute:
    """One of the 13 source attributes of an evidence-based decision support intervention, in their order."""

    number: Annotated[int, Field(ge=1, le=13)]
    id: str
    title: str
    used: Annotated[
        bool | None,
        Field(description="For attributes that name a kind of data: whether it enters. Null for the others."),
    ]
    facts: Annotated[tuple[str, ...], Field(description="Facts, served at /v1/facts, by which it enters.")]
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Release:
    """The rule set that answers, and the dates of its rules."""

    version: str
    digest: Annotated[str, Field(description="SHA-256 of the canonical rule set.")]
    engine_version: str
    effective_from: Annotated[date, Field(description="Earliest date from which a rule holds.")]
    last_reviewed_on: Annotated[date, Field(description="Latest review of a rule.")]
    review_by: Annotated[date, Field(description="Earliest date by which a rule is due for review.")]
    rules: Annotated[int, Field(description="Number of rules.")]


@dataclass(frozen=True, slots=True)
class StatementCounts:
    """How well the statements are founded."""

    verified: Annotated[int, Field(description="Stated on the page that the statement cites.")]
    likely: Annotated[int, Field(description="By secondary accounts; the primary text is to be checked.")]
    working_rules: Annotated[
        int, Field(description="Of the likely ones: working rules of this service, no sourced facts.")
    ]


@dataclass(frozen=True, slots=True)
class IssuerCount:
    """Who issued the criteria, scores and positions of this rule set."""

    issuer: str
    rules: int


@dataclass(frozen=True, slots=True)
class SourceCitation:
    """A publication behind at least one statement."""

    id: str
    kind: str
    issuer: str
    title: str
    year: Annotated[int | None, Field(description="Null where the source gives none.")]
    doi: str | None
    pmid: str | None
    url: str | None
    consulted: Annotated[Consulted, Field(description="How far it was read.")]
    funding: Annotated[
        str | None, Field(description="Who paid for it, where what was read states it; null is not known.")
    ]
    statements: Annotated[int, Field(description="Statements of this rule set that rest on it.")]


@dataclass(frozen=True, slots=True)
class Coverage:
    """An indication that is assessed."""

    indication: Indication
    jurisdictions_with_own_column: Annotated[
        tuple[str, ...], Field(description="All other places are served by the general column.")
    ]
    rules: int
    review_by: date


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the rule set knows."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Transparency:
    """The 13 source attributes, what the intervention is for, its limits, and what it is made of."""

    rule_set: Release
    source_attributes: tuple[SourceAttribute, ...]
    intended_use: tuple[Told, ...]
    intended_users: tuple[Told, ...]
    intended_patients: tuple[Told, ...]
    out_of_scope: tuple[Told, ...]
    emergencies: tuple[Told, ...]
    known_limits: tuple[Told, ...]
    regulation: Annotated[
        tuple[Told, ...], Field(description="Information for developers; no clinical output and no legal advice.")
    ]
    statements: StatementCounts
    issuers: tuple[IssuerCount, ...]
    indications: tuple[Coverage, ...]
    jurisdictions: tuple[Place, ...]
    sources: tuple[SourceCitation, ...]


def transparency(rules: RuleSet) -> Transparency:
    """The transparency document of a rule set; pure, and the same for the same rule set."""
    items = rules.knowledge.transparency
    return Transparency(
        rule_set=_release(rules),
        source_attributes=tuple(_attributes(items)),
        intended_use=_told(items, "intended_use"),
        intended_users=_told(items, "intended_user"),
        intended_patients=_told(items, "intended_patients"),
        out_of_scope=_told(items, "out_of_scope"),
        emergencies=_told(items, "emergency"),
        known_limits=_told(items, "known_limit"),
        regulation=_told(items, "regulation"),
        statements=_statements(rules),
        issuers=_issuers(rules.knowledge.rules),
        indications=tuple(_covered(rules, table, item) for table in rules.of(Candidacy) for item in table.applies_to),
        jurisdictions=tuple(Place(item.code, item.name) for item in rules.knowledge.jurisdictions),
        sources=_sources(rules),
    )


def _release(rules: RuleSet) -> Release:
    every = rules.knowledge.rules
    return Release(
        rules.version,
        rules.digest,
        ENGINE_VERSION,
        min(rule.effective for rule in every),
        max(rule.reviewed_on for rule in every),
        rules.review_by,
        len(every),
    )


def _attributes(items: Iterable[TransparencyItem]) -> list[SourceAttribute]:
    numbered = [(item.number, item) for item in items if item.number is not None]
    return [
        SourceAttribute(number, item.id, item.title, item.used, item.facts, item.text, item.cite)
        for number, item in sorted(numbered, key=lambda pair: pair[0])
    ]


def _told(items: Iterable[TransparencyItem], section: str) -> tuple[Told, ...]:
    return tuple(
        Told(item.id, item.title, item.text, item.region, item.cite) for item in items if item.section == section
    )


def _statements(rules: RuleSet) -> StatementCounts:
    every = rules.knowledge.statements
    confidence = Counter(item.confidence for item in every)
    return StatementCounts(
        confidence["verified"], confidence["likely"], sum(_is_working_rule(rules, item) for item in every)
    )


def _is_working_rule(rules: RuleSet, statement: Statement) -> bool:
    return statement.inference or rules.sources[statement.source].kind == DERIVED


def _issuers(every: Iterable[RuleBase]) -> tuple[IssuerCount, ...]:
    counts = Counter(str(rule.issuer) for rule in every if hasattr(rule, "issuer"))
    return tuple(IssuerCount(name, counts[name]) for name in sorted(counts))


def _covered(rules: RuleSet, table: Candidacy, indication: Indication) -> Coverage:
    own = [rule for rule in rules.knowledge.rules if indication in rule.applies_to]
    named = {code for codes in table.columns.values() for code in codes} - {ANYWHERE, NONE_CHOSEN}
    return Coverage(indication, tuple(sorted(named)), len(own), min(rule.review_by for rule in own))


def _sources(rules: RuleSet) -> tuple[SourceCitation, ...]:
    counts = Counter(item.source for item in rules.knowledge.statements)
    return tuple(_citation(item, counts[item.id]) for item in rules.knowledge.sources if item.kind != DERIVED)


def _citation(source: Source, statements: int) -> SourceCitation:
    return SourceCitation(
        source.id,
        source.kind,
        source.issuer,
        source.title,
        source.year,
        source.doi,
        source.pmid,
        source.url,
        source.consulted,
        source.funding,
        statements,
    )
