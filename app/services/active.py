"""The rule set that answers: loaded, verified, compiled, and swapped whole."""

from app.authoring.bundle import decode, digest
from app.authoring.loader import Loaded, load
from app.clinical.ruleset import RuleSet
from app.errors import RuleSetError
from app.services.publish import publish
from app.store.rule_sets import RuleSetStore


class ActiveHolder:
    """Holds one compiled rule set. A request reads ``current`` once and keeps it."""

    def __init__(self, rules: RuleSet | None = None) -> None:
        self._rules = rules

    @property
    def current(self) -> RuleSet:
        """The active rule set. Raises RuleSetError when there is none."""
        if self._rules is None:
            raise RuleSetError("no rule set is active")
        return self._rules

    def swap(self, rules: RuleSet) -> None:
        """Answer with another version from now on."""
        self._rules = rules


def compiled(loaded: Loaded, version: str) -> RuleSet:
    """A rule set straight from files, without a database."""
    return RuleSet(loaded.knowledge, loaded.document, version, digest(loaded.document)).warm()


def bundled() -> RuleSet:
    """The rule set that travels with the code. Raises ContentError."""
    return compiled(load(), "bundled")


def load_active(store: RuleSetStore) -> RuleSet:
    """The active version from the database, digest verified. Raises RuleSetError."""
    version = store.active_version()
    if version is None:
        raise RuleSetError("no rule set is active")
    document, verified = store.document(version)
    return RuleSet(decode(document), document, version, verified).warm()


def ensure_active(store: RuleSetStore) -> RuleSet:
    """The active version; if none is active yet, the bundled knowledge is published and activated first."""
    if store.active_version() is None:
        store.activate(publish(store, by="ivig-cds").version, by="ivig-cds")
    return load_active(store)
