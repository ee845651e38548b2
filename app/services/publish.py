"""From YAML to a published version: loaded, checked, refused as a whole or written as a whole."""

from pathlib import Path

from app.authoring.linter import lint
from app.authoring.loader import BUNDLED, load
from app.errors import ContentError
from app.store.rule_sets import Published, RuleSetStore

FIRST = "1.0.0"


def publish(store: RuleSetStore, folder: Path = BUNDLED, version: str | None = None, *, by: str) -> Published:
    """Publish the knowledge in ``folder``. Raises ContentError when anything in it is wrong.

    The same knowledge again gives the version it was published as. Without ``version`` the next patch number is taken.
    """
    loaded = load(folder)
    found = lint(loaded)
    if found:
        raise ContentError(found)
    return store.publish(loaded.document, version or _next(store), by)


def _next(store: RuleSetStore) -> str:
    newest = next(iter(store.versions()), None)
    if newest is None:
        return FIRST
    major, minor, patch = newest.version.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"
