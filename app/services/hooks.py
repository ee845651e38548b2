"""Decision support cards: issued cards are remembered by their rules, and feedback finds its way back to those rules."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol
from uuid import UUID, uuid5

from app.errors import StorageError, TooManyError
from app.store.feedback import CardToIssue, FeedbackStore, Issue, Outcome, RuleTotals

log = logging.getLogger(__name__)
MOST_WAITING = 1_000
"""Answers whose cards wait to be written; beyond that cards go out without being remembered, and are counted."""
OTHER = "other"
FULL_SECONDS = 3600
"""What a client is told to wait whose feedback has no room: later makes no difference."""


class Feedback(Protocol):
    """One reported outcome, as the wire tells it."""

    @property
    def card(self) -> UUID: ...
    @property
    def outcome(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def suggestions(self) -> tuple[UUID, ...]: ...
    @property
    def override_code(self) -> str | None: ...
    @property
    def comment(self) -> str | None: ...


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@dataclass
class HookDesk:
    """Remembers the cards that went out and takes their feedback.

    ``mode`` is that of the audit: with ``required`` no card leaves unremembered; with ``best-effort`` an answer does not
    wait, since a card withheld can harm too; with ``off`` feedback finds nothing.
    """

    store: FeedbackStore
    mode: Literal["required", "best-effort", "off"]
    keep_comments: bool = False
    now: Callable[[], datetime] = utc_now
    lost: int = 0
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, repr=False)

    async def issue(self, issue: Issue, cards: Sequence[CardToIssue]) -> None:
        """Remember the cards of one answer. Raises StorageError in ``required`` mode when they cannot be written."""
        if self.mode == "off" or not cards:
            return
        if self.mode == "required":
            await asyncio.to_thread(self.store.issue, issue, cards)
            return
        if len(self._tasks) >= MOST_WAITING:
            self.lost += len(cards)
            return
        task = asyncio.create_task(self._issue_aside(issue, cards))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _issue_aside(self, issue: Issue, cards: Sequence[CardToIssue]) -> None:
        try:
            await asyncio.to_thread(self.store.issue, issue, cards)
        except StorageError:
            self.lost += len(cards)
            log.warning("cards were issued that could not be remembered: %d so far", self.lost)

    async def settle(self) -> None:
        """Wait until every card handed over is written."""
        await asyncio.gather(*self._tasks)

    async def take(
        self, service: str, tenant: str, items: Sequence[Feedback], suggestions: Iterable[str], reasons: Iterable[str]
    ) -> int:
        """Store the feedback for the cards that this service issued to this tenant; how many it did.

        ``suggestions`` and ``reasons`` are the names that cards may offer: whatever else was sent is not stored, since it
        could name somebody. Raises StorageError, and TooManyError where each of these cards has all the feedback it can have.
        """
        await self.settle()
        known = await asyncio.to_thread(self.store.known, {item.card for item in items}, service, tenant)
        names, codes = tuple(suggestions), frozenset(reasons)
        outcomes = [self._outcome(item, names, codes) for item in items if item.card in known]
        if outcomes and await asyncio.to_thread(self.store.add, outcomes) == len(outcomes):
            raise TooManyError(FULL_SECONDS)
        return len(outcomes)

    def _outcome(self, item: Feedback, suggestions: Sequence[str], reasons: frozenset[str]) -> Outcome:
        offered: Mapping[UUID, str] = {uuid5(item.card, name): name for name in suggestions}
        code = item.override_code
        return Outcome(
            item.card,
            item.outcome,
            item.at,
            self.now(),
            tuple(offered[found] for found in item.suggestions if found in offered),
            code if code is None or code in reasons else OTHER,
            item.comment if self.keep_comments else None,
        )

    def totals(self, tenant: str | None, since: datetime | None) -> tuple[RuleTotals, ...]:
        """The override report by rule. Raises StorageError."""
        return self.store.totals(tenant, since)
