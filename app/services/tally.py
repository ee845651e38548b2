"""What this process counts of its answers: which rules fired, and what was not read. Sums only; no patient, no value."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import compress
from threading import Lock
from typing import Literal, cast

from app.clinical.assessment import NotUnderstood
from app.clinical.ruleset import RuleSet
from app.errors import AppError
from app.logic.evaluator import Results
from app.logic.truth import CODES, Truth
from app.store.counts import CountKey, CountStore

Door = Literal["native", "fhir", "hooks"]
Named = tuple[str, str]
"""Kind and name."""
EVERY_SECONDS = 10.0
KEPT_DAYS = 400
MOST_RULE_SETS = 8
_YES = CODES[Truth.TRUE]
_INDEX = re.compile(r"/\d+", re.ASCII)
log = logging.getLogger(__name__)


def today_utc() -> date:
    """The day that is counted for."""
    return datetime.now(UTC).date()


class Tally:
    """Counters in memory until they are added to those in the database; any thread may count."""

    def __init__(self, today: Callable[[], date] = today_utc) -> None:
        self._today = today
        self._lock = Lock()
        self._waiting: dict[tuple[date, str], Counter[Named]] = {}
        self._since_start: dict[str, Counter[Named]] = {}
        self._owed: Counter[CountKey] = Counter()
        self._readers: dict[str, Callable[[Results], Iterable[Named]]] = {}

    def saw(self, door: Door, rules: RuleSet, results: Results, unread: Iterable[NotUnderstood]) -> None:
        """Count one answer: each condition that is TRUE, and each place in the request that no fact reads."""
        fired = self._reader(rules)(results)
        places = [("unread", _INDEX.sub("/*", item.pointer)[:160]) for item in unread]
        with self._lock:
            mine = self._waiting.setdefault((self._today(), rules.version), Counter())
            mine["assessed", door] += 1
            mine.update(fired)
            mine.update(places)

    def _reader(self, rules: RuleSet) -> Callable[[Results], Iterable[Named]]:
        found = self._readers.get(rules.digest)
        if found is None:
            if len(self._readers) >= MOST_RULE_SETS:
                self._readers.clear()
            found = self._readers[rules.digest] = _fired(rules)
        return found

    def drain(self) -> dict[CountKey, int]:
        """What was counted since the last time; who cannot store it gives it back."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            found, self._owed = self._owed, Counter()
            for (_, version), counts in waiting.items():
                self._since_start.setdefault(version, Counter()).update(counts)
        for (day, version), counts in waiting.items():
            for (kind, name), count in counts.items():
                found[CountKey(day, version, kind, name)] += count
        return dict(found)

    def give_back(self, counts: Mapping[CountKey, int]) -> None:
        """Keep what could not be stored for the next time."""
        with self._lock:
            self._owed.update(counts)

    def since_start(self) -> dict[str, Counter[Named]]:
        """Everything that this process counted, by version."""
        with self._lock:
            found = {version: Counter(counts) for version, counts in self._since_start.items()}
            for (_, version), counts in self._waiting.items():
                found.setdefault(version, Counter()).update(counts)
        return found


def _fired(rules: RuleSet) -> Callable[[Results], Iterable[Named]]:
    keys = [key for key in rules.conditions if "/@" not in key]
    names, read = [("fired", key) for key in keys], rules.program.reader(keys)
    if len(keys) == 1:
        return lambda results: names if read(results) == _YES else ()
    # One pass in C over some thousand codes: it stands in the path of every answer.
    return lambda results: compress(names, map(_YES.__eq__, cast("tuple[int, ...]", read(results))))


def store(tally: Tally, counts: CountStore) -> None:
    """Add what this process counted to the sums of all. Raises StorageError, and then nothing is forgotten."""
    found = tally.drain()
    try:
        counts.add(found)
    except AppError:
        tally.give_back(found)
        raise


def store_the_last(tally: Tally, counts: CountStore) -> None:
    """Add what is left when the process stops; a database that cannot be written does not keep it from stopping."""
    try:
        store(tally, counts)
    except AppError as error:
        log.warning("the last counts are lost: %s", error)


async def keep_storing(tally: Tally, counts: CountStore, every: float = EVERY_SECONDS) -> None:
    """Add up every few seconds, and drop what is older than a year and a bit once a day; until cancelled."""
    failing, tidied = False, None
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(store, tally, counts)
            if tidied != today_utc():
                await asyncio.to_thread(counts.forget, today_utc() - timedelta(days=KEPT_DAYS))
                tidied = today_utc()
            failing = False
        except AppError as error:
            if not failing:
                log.warning("what was counted cannot be stored just now: %s", error)
            failing = True
