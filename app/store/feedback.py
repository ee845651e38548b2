"""Cards that were handed out, what became of them, and the sums of both by rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.models import CardFeedback, IssuedCard, IssuedCardRule
from app.store.database import Database, retried

MOST_OF_A_CARD = 20
"""Outcomes stored of one card: a clinician changes her mind once or twice, a client that is stuck does not stop."""
PAGE = 500


class CardToIssue(Protocol):
    """What is remembered of a card."""

    @property
    def uuid(self) -> UUID: ...
    @property
    def topic(self) -> str: ...
    @property
    def indicator(self) -> str: ...
    @property
    def rules(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Issue:
    """The call that cards answered: when, for whom, by which service and rule set; ``shown`` is false in silent mode."""

    at: datetime
    tenant: str
    service: str
    rule_set_version: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one card, ready to be stored."""

    card: UUID
    outcome: str
    at: datetime
    received_at: datetime
    suggestions: tuple[str, ...] = ()
    override_code: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class RuleTotals:
    """How often a rule spoke on a card, and what became of those cards. ``reasons`` counts the overrides by code."""

    rule: str
    cards: int
    accepted: int
    overridden: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Purged:
    """How many cards were forgotten, and how much feedback with them."""

    cards: int
    feedback: int


class FeedbackStore:
    """Issued cards and their feedback in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    def issue(self, issue: Issue, cards: Sequence[CardToIssue]) -> None:
        """Remember the cards of one answer. Raises StorageError."""
        rows = [_card_row(issue, card) for card in cards]
        rules = [{"card_uuid": str(card.uuid), "rule_id": rule} for card in cards for rule in dict.fromkeys(card.rules)]
        if not rows:
            return
        with self._database.writing() as connection:
            connection.execute(insert(IssuedCard), rows)
            if rules:
                connection.execute(insert(IssuedCardRule), rules)

    def known(self, cards: Iterable[UUID], service: str, tenant: str) -> frozenset[UUID]:
        """Those of ``cards`` that this service issued to this tenant. Raises StorageError."""
        wanted = [str(card) for card in cards]
        query = select(IssuedCard.card_uuid).where(
            IssuedCard.card_uuid.in_(wanted), IssuedCard.service == service, IssuedCard.tenant == tenant
        )
        with self._database.reading() as connection:
            return frozenset(UUID(found) for found in connection.execute(query).scalars())

    @retried
    def add(self, outcomes: Sequence[Outcome]) -> int:
        """Store outcomes; one that is stored already stays as it is. Gives how many found their card full. Raises StorageError."""
        with self._database.writing() as connection:
            kept, full = _fitting(outcomes, _held(connection, {str(item.card) for item in outcomes}))
            make = sqlite.insert if self._database.is_sqlite else postgresql.insert
            if kept:
                connection.execute(make(CardFeedback).on_conflict_do_nothing(), [_feedback_row(item) for item in kept])
        return full

    def purge(self, before: datetime) -> Purged:
        """Forget cards issued before a moment, with what became of them; a page at a time, so that others can write.

        Raises StorageError; the pages before it are gone then.
        """
        cards = feedback = 0
        while True:
            with self._database.writing() as connection:
                page = connection.execute(_old(before)).scalars().all()
                found = connection.execute(delete(CardFeedback).where(CardFeedback.card_uuid.in_(page)))
                connection.execute(delete(IssuedCardRule).where(IssuedCardRule.card_uuid.in_(page)))
                connection.execute(delete(IssuedCard).where(IssuedCard.card_uuid.in_(page)))
            cards, feedback = cards + len(page), feedback + found.rowcount
            if len(page) < PAGE:
                return Purged(cards, feedback)

    def totals(self, tenant: str | None, since: datetime | None = None) -> tuple[RuleTotals, ...]:
        """Cards and outcomes by rule, of one tenant or of all. The last outcome of a card counts. Raises StorageError."""
        with self._database.reading() as connection:
            shown = _counts(connection, _by_rule(tenant, since))
            outcomes = connection.execute(_outcomes(tenant, since)).all()
        return tuple(_totals(rule, number, outcomes) for rule, number in sorted(shown.items()))


def _old(before: datetime) -> Any:
    return select(IssuedCard.card_uuid).where(IssuedCard.issued_at < before).order_by(IssuedCard.issued_at).limit(PAGE)


def _held(connection: Connection, cards: Iterable[str]) -> dict[UUID, set[tuple[str, datetime]]]:
    """What is stored of these cards."""
    query = select(CardFeedback.card_uuid, CardFeedback.outcome, CardFeedback.outcome_at)
    held: dict[UUID, set[tuple[str, datetime]]] = {}
    for card, outcome, at in connection.execute(query.where(CardFeedback.card_uuid.in_(cards))):
        held.setdefault(UUID(card), set()).add((outcome, at))
    return held


def _fitting(outcomes: Sequence[Outcome], held: dict[UUID, set[tuple[str, datetime]]]) -> tuple[list[Outcome], int]:
    """The outcomes that are new and have room on their card, and how many have none."""
    kept, full = [], 0
    for outcome in outcomes:
        own, name = held.setdefault(outcome.card, set()), (outcome.outcome, outcome.at)
        if name in own:
            continue
        if len(own) >= MOST_OF_A_CARD:
            full += 1
            continue
        own.add(name)
        kept.append(outcome)
    return kept, full


def _by_rule(tenant: str | None, since: datetime | None) -> Any:
    query = (
        select(IssuedCardRule.rule_id, func.count())
        .join(IssuedCard, IssuedCard.card_uuid == IssuedCardRule.card_uuid)
        .where(IssuedCard.shown)
        .group_by(IssuedCardRule.rule_id)
    )
    return _limited(query, tenant, since)


def _outcomes(tenant: str | None, since: datetime | None) -> Any:
    """The last outcome of each card, by rule, outcome and reason."""
    last = (
        select(CardFeedback.card_uuid, func.max(CardFeedback.seq).label("seq"))
        .group_by(CardFeedback.card_uuid)
        .subquery()
    )
    query = (
        select(IssuedCardRule.rule_id, CardFeedback.outcome, CardFeedback.override_code, func.count())
        .join(last, last.c.seq == CardFeedback.seq)
        .join(IssuedCard, IssuedCard.card_uuid == CardFeedback.card_uuid)
        .join(IssuedCardRule, IssuedCardRule.card_uuid == CardFeedback.card_uuid)
        .group_by(IssuedCardRule.rule_id, CardFeedback.outcome, CardFeedback.override_code)
    )
    return _limited(query, tenant, since)


def _limited(query: Any, tenant: str | None, since: datetime | None) -> Any:
    if tenant is not None:
        query = query.where(IssuedCard.tenant == tenant)
    return query.where(IssuedCard.issued_at >= since) if since else query


def _counts(connection: Connection, query: Any) -> dict[str, int]:
    return {rule: int(number) for rule, number in connection.execute(query)}


def _totals(rule: str, cards: int, outcomes: Sequence[Any]) -> RuleTotals:
    own = [row for row in outcomes if row[0] == rule]
    accepted = sum(row[3] for row in own if row[1] == "accepted")
    overridden = [row for row in own if row[1] == "overridden"]
    reasons = {str(row[2] or "none-given"): int(row[3]) for row in sorted(overridden, key=lambda row: str(row[2]))}
    return RuleTotals(rule, cards, accepted, sum(reasons.values()), reasons)


def _card_row(issue: Issue, card: CardToIssue) -> dict[str, Any]:
    return {
        "card_uuid": str(card.uuid),
        "issued_at": issue.at,
        "tenant": issue.tenant,
        "service": issue.service,
        "topic": card.topic,
        "indicator": card.indicator,
        "rule_set_version": issue.rule_set_version,
        "shown": issue.shown,
    }


def _feedback_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "card_uuid": str(outcome.card),
        "outcome": outcome.outcome,
        "outcome_at": outcome.at,
        "received_at": outcome.received_at,
        "suggestions": list(outcome.suggestions),
        "override_code": outcome.override_code,
        "comment": outcome.comment,
    }
