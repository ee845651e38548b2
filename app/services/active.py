"""The rule set that answers: loaded, verified, compiled, and swapped whole."""

import asyncio
import logging
from pathlib import Path

from app.authoring.bundle import digest
from app.authoring.loader import load
from app.clinical.ruleset import RuleSet
from app.errors import AppError, RuleSetError
from app.services.gate import AT_START
from app.services.publish import BUNDLED, activate, publish
from app.services.versions import checked, load_version
from app.store.rule_sets import RuleSetStore

SERVICE = "ivig-cds"
EVERY_SECONDS = 0.5
log = logging.getLogger(__name__)


class ActiveHolder:
    """Holds one compiled rule set. A request reads ``current`` once and keeps it."""

    def __init__(self, rules: RuleSet | None = None) -> None:
        self._rules = rules
        self._suspended: str | None = None

    @property
    def current(self) -> RuleSet:
        """The active rule set. Raises RuleSetError when there is none, or when it no longer answers what it must."""
        if self._suspended is not None:
            raise RuleSetError(self._suspended)
        return self.loaded

    @property
    def loaded(self) -> RuleSet:
        """The active rule set, whether or not it may answer just now. Raises RuleSetError when there is none."""
        if self._rules is None:
            raise RuleSetError("no rule set is active")
        return self._rules

    def swap(self, rules: RuleSet) -> None:
        """Answer with another version from now on."""
        self._rules = rules
        self._suspended = None

    def suspend(self, reason: str | None) -> None:
        """Answer nothing until a self-test passes again: a wrong answer harms more than none. None lets it answer."""
        self._suspended = reason


def bundled(folder: Path = BUNDLED) -> RuleSet:
    """A rule set straight from files, without a database or a version. Raises ContentError."""
    loaded = load(folder)
    return checked(RuleSet(loaded.knowledge, loaded.document, "bundled", digest(loaded.document)))


def load_active(store: RuleSetStore) -> RuleSet:
    """The active version, its digest verified. Raises RuleSetError."""
    active = store.active()
    if active is None:
        raise RuleSetError("no rule set is active")
    return load_version(store, active.version)


def ensure_active(store: RuleSetStore, folder: Path = BUNDLED) -> RuleSet:
    """The active version; if none is active yet, the bundled knowledge is published and activated first.

    Its cases were run before this code was delivered; running them again would only delay the first start.
    """
    if store.active() is None:
        published = publish(store, folder, by=SERVICE, note="bundled with the code", gates=AT_START)
        activate(store, published.version, by=SERVICE, reason="none was active")
    return load_active(store)


def refresh(holder: ActiveHolder, store: RuleSetStore) -> bool:
    """Swap in the active version if it is not the one that answers. What cannot be verified is never swapped in."""
    active = store.active()
    if active is None or active.digest == holder.loaded.digest:
        return False
    holder.swap(load_version(store, active.version))
    return True


async def follow(
    holder: ActiveHolder, store: RuleSetStore, every: float = EVERY_SECONDS, stop: asyncio.Event | None = None
) -> None:
    """Take up activations made elsewhere, such as by the command line, until ``stop`` is set; what runs then is finished.

    The last good version keeps answering while another cannot be taken up.
    """
    stop = stop or asyncio.Event()
    while not await _within(stop, every):
        try:
            if await asyncio.to_thread(refresh, holder, store):
                log.warning("rule set %s answers now", holder.loaded.version)
        except AppError as error:
            log.warning("the active rule set cannot be taken up: %s", error)
        except Exception as error:  # noqa: BLE001 - whatever a damaged database brings, the following goes on
            log.warning("the active rule set cannot be taken up: %s", type(error).__name__)


async def _within(stop: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set before so many seconds have passed."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
