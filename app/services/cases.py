"""The case log, where a site wants one: what was asked and answered, kept beside the answer and never in its way."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.authoring.bundle import canonical
from app.errors import AppError
from app.services.record import AuditEntry
from app.services.tally import Door
from app.store.cases import Case, CaseStore

log = logging.getLogger("ivig_cds.cases")
HOUR = 3600.0
MOST_WAITING = 64_000_000
"""Characters that wait to be written; beyond that cases are lost rather than kept in memory, and are counted."""
LARGEST_GROUP = 100


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@dataclass
class CaseLog:
    """Takes cases while ``on``, and forgets those older than ``days`` whether on or off. Nothing here raises into an answer."""

    store: CaseStore
    on: bool = False
    days: int = 30
    now: Callable[[], datetime] = utc_now
    lost: int = 0
    trouble: str | None = None
    _waiting: list[Case] = field(default_factory=list, repr=False)
    _size: int = field(default=0, repr=False)
    _writing: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def keep(self, door: Door, entry: AuditEntry, request: bytes, answer: bytes) -> None:
        """Hand over one case; it is written after this returns. What cannot be taken is counted as lost."""
        if not self.on:
            return
        try:
            asked = _without_token(request) if door == "hooks" else request
            self._take(Case(entry.id, self.now(), door, entry.rule_set_version, asked.decode(), answer.decode()))
        except Exception as error:  # noqa: BLE001 - an answer is worth more than its copy
            self._lose(1, type(error).__name__)

    def _take(self, case: Case) -> None:
        if self._size + case.size > MOST_WAITING:
            self._lose(1, "too many wait to be written")
            return
        self._waiting.append(case)
        self._size += case.size
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._waiting:
            group = self._waiting[:LARGEST_GROUP]
            try:
                await asyncio.to_thread(self.store.add, group)
            except Exception as error:  # noqa: BLE001 - the next group may be written
                self._lose(len(group), str(error) if isinstance(error, AppError) else type(error).__name__)
            else:
                self.trouble = None
            del self._waiting[: len(group)]
            self._size = sum(case.size for case in self._waiting)

    def _lose(self, count: int, reason: str) -> None:
        """``reason`` is of our own words, or the driver's first line, which holds no value."""
        self.lost += count
        if self.trouble is None:
            log.warning("cases are not kept: %s", reason)
        self.trouble = reason

    async def settle(self) -> None:
        """Wait until every case handed over is written or lost."""
        if self._writing is not None:
            await self._writing

    def forget(self) -> int:
        """Forget what was kept longer ago than the days of the site; how many. Raises StorageError."""
        before = self.now() - timedelta(days=self.days)
        return self.store.purge(before) if self.store.any_before(before) else 0

    async def keep_forgetting(self, every: float = HOUR) -> None:
        """Hold to the retention, at once and then every hour, until cancelled."""
        while True:
            try:
                if forgotten := await asyncio.to_thread(self.forget):
                    log.info("%d cases were forgotten", forgotten)
            except AppError as error:
                log.warning("cases are kept for longer than they should be: %s", error)
            await asyncio.sleep(every)


def _without_token(request: bytes) -> bytes:
    """A call without the token that opens the caller's FHIR server; its numbers stay exact."""
    call = json.loads(request, parse_float=Decimal)
    if "fhirAuthorization" not in call:
        return request
    return canonical({name: value for name, value in call.items() if name != "fhirAuthorization"})
