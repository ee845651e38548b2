"""Published versions, loaded and compiled: the digest verified, the generated code checked."""

from collections import OrderedDict
from threading import Lock

import app.clinical.facts  # noqa: F401 - declares the catalogue that every rule set is compiled against
from app.authoring.bundle import FORMAT, decode
from app.clinical.ruleset import RuleSet
from app.errors import ContentError, RefusedError
from app.logic.samples import samples
from app.services.self_test import self_test
from app.store.rule_sets import RuleSetStore, Stored, numbers

SAMPLES = 20
KEPT = 4


def checked(rules: RuleSet) -> RuleSet:
    """Compile, and compare the generated code with the plain walk of the conditions on made-up patients.

    Raises ContentError if the conditions do not compile, RuleSetError if the two disagree.
    """
    program = rules.warm().program
    program.self_check(samples(program.names, SAMPLES))
    return rules


def load_version(store: RuleSetStore, version: str) -> RuleSet:
    """A published version, its digest verified, its self-test passed.

    Raises RuleSetError if it is not there, altered, not for this engine, or does not answer what it must.
    """
    stored = store.load(version)
    _readable(stored)
    rules = RuleSet(decode(stored.document), stored.document, version, stored.published.digest)
    try:
        checked(rules)
    except ContentError as error:
        raise _unreadable(f"version {version} does not compile with this engine: {error.diagnostics[0]}") from error
    self_test(rules)
    return rules


def _readable(stored: Stored) -> None:
    found = stored.document.get("format")
    if found != FORMAT:
        version = stored.published.version
        raise _unreadable(f"version {version} has format {found}; this engine reads format {FORMAT}")


def _unreadable(detail: str) -> RefusedError:
    return RefusedError("rule-set-unreadable", detail, 422)


class Versions:
    """Compiled versions for those who name one, at most ``size`` of them; the one used longest ago goes first."""

    def __init__(self, store: RuleSetStore, size: int = KEPT) -> None:
        self._store = store
        self._size = size
        self._kept: OrderedDict[str, RuleSet] = OrderedDict()
        self._lock = Lock()

    def get(self, version: str) -> RuleSet:
        """A published version, ready to answer. Raises RefusedError 404 or 422, RuleSetError for an altered one."""
        numbers(version)
        # One at a time: two requests for the same version must not compile it twice.
        with self._lock:
            found = self._kept.get(version)
            if found is None:
                found = self._kept[version] = load_version(self._store, version)
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(version)
            return found

    def __len__(self) -> int:
        return len(self._kept)


def loaded(store: RuleSetStore, version: str) -> RuleSet | None:
    """As ``load_version``; None for a version of a format or engine of before."""
    try:
        return load_version(store, version)
    except RefusedError as error:
        if error.type != "rule-set-unreadable":
            raise
        return None
