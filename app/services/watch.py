"""What a running service looks at by itself: its own answers every hour, its storage every few seconds."""

import asyncio
import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.services.active import ActiveHolder
from app.services.cases import CaseLog
from app.services.recorder import AuditRecorder
from app.services.self_test import self_test
from app.store.database import Database

HOUR = 3600.0
OFTEN = 10.0
LONGEST_LOG = 64_000_000
"""Bytes of SQLite's write-ahead log that mean that something reads for very long, and keeps it from being folded in."""
log = logging.getLogger(__name__)


@dataclass
class Draining:
    """Whether this process was told to stop: not ready for new work, and finishing what it has."""

    started: bool = False


DRAINING = Draining()
"""One for the process, as signals are."""


@contextmanager
def frozen() -> Iterator[None]:
    """Take what was loaded out of the garbage collector's way while the service runs, and give it back at its end:
    a process that starts the service more than once would otherwise keep every one of them. A start that went without
    the collector (nothing that is loaded is garbage) has it from here on.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.unfreeze()


def examine(holder: ActiveHolder) -> None:
    """Repeat the self-test; a rule set that fails it answers nothing until it passes again."""
    try:
        self_test(holder.loaded)
    except Exception as error:  # noqa: BLE001 - whatever it is, these answers are not to be trusted
        reason = f"the self-test fails: {error}" if type(error).__module__.startswith("app.") else type(error).__name__
        log.error("no answers are given: %s", reason)  # noqa: TRY400 - a traceback quotes values
        holder.suspend(reason)
    else:
        holder.suspend(None)


async def keep_testing(holder: ActiveHolder, every: float = HOUR) -> None:
    """Repeat the self-test until cancelled."""
    while True:
        await asyncio.sleep(every)
        await asyncio.to_thread(examine, holder)


async def keep_looking(
    database: Database, recorder: AuditRecorder, every: float = OFTEN, cases: CaseLog | None = None
) -> None:
    """Say once, when it begins, that the log grows too long or that records are not written; until cancelled."""
    said: set[str] = set()
    while True:
        await asyncio.sleep(every)
        now = set(troubles(database, recorder, cases))
        for trouble in sorted(now - said):
            log.warning("%s", trouble)
        said = now


def troubles(database: Database, recorder: AuditRecorder, cases: CaseLog | None = None) -> list[str]:
    """What is wrong with the storage just now, in words for those who run the service."""
    found = []
    if database.read_only:
        found.append("the database is read-only")
    if database.log_bytes > LONGEST_LOG:
        found.append("the write-ahead log is over 64 MB: something reads for very long")
    if recorder.trouble:
        found.append(f"audit records are not written: {recorder.trouble}")
    if cases is not None and cases.trouble:
        found.append(f"cases are not kept: {cases.trouble}")
    return found
