"""What a running application holds, handed to routes by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import cast

from starlette.requests import Request

from app.clinical.ruleset import RuleSet
from app.services.active import ActiveHolder
from app.services.assess import Watch
from app.services.cases import CaseLog
from app.services.life import Lifecycle
from app.services.record import AuditEntry, Recorder
from app.services.tally import Door, Tally
from app.services.versions import Versions
from app.store.counts import CountStore
from app.store.rule_sets import Published, RuleSetStore, not_published
from app.web.gate import Gate
from app.web.metrics import Metrics


def today_utc() -> date:
    """Today, for a history that names no date of assessment."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Context:
    """The active rule set, the audit recorder and the clock."""

    holder: ActiveHolder
    recorder: Recorder
    published: Callable[[], Sequence[Published]]
    hash_key: bytes = field(repr=False)
    today: Callable[[], date] = today_utc
    gate: Gate = field(default_factory=lambda: Gate(64))
    metrics: Metrics = field(default_factory=Metrics)
    troubles: Callable[[], Sequence[str]] = tuple
    versions: Versions | None = None
    life: Lifecycle | None = None
    stores: RuleSetStore | None = None
    tally: Tally = field(default_factory=Tally)
    counts: CountStore | None = None
    take_up: Callable[[], object] = lambda: None
    cases: CaseLog | None = None

    @property
    def rules(self) -> RuleSet:
        """The active rule set; a request keeps the one it started with. Raises RuleSetError when there is none."""
        return self.holder.current

    def watch(self, door: Door) -> Watch:
        """What counts the answers of one door."""
        return partial(self.tally.saw, door)

    async def record(self, door: Door, entry: AuditEntry, request: bytes, answer: bytes) -> None:
        """Write the audit record, then hand the case to the case log, where the site has one; the answer does not wait for that.

        Raises StorageError where a record is required.
        """
        await self.recorder.record(entry)
        if self.cases is not None:
            self.cases.keep(door, entry, request, answer)

    def pinned(self, version: str | None) -> RuleSet:
        """The rule set that a request names, or the active one. Raises RefusedError for one that cannot answer."""
        active = self.holder.current
        if version is None or version == active.version:
            return active
        if self.versions is None:
            raise not_published(version)
        return self.versions.get(version)


def context_of(request: Request) -> Context:
    """The context of the application that serves this request."""
    return cast("Context", request.app.state.context)
