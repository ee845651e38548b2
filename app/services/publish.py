"""From YAML to a published version: checked, then refused as a whole or written as a whole."""

from datetime import UTC, datetime
from pathlib import Path

from app.authoring.linter import check
from app.errors import ContentError
from app.store.rule_sets import Published, RuleSetStore

BUNDLED = Path(__file__).resolve().parent.parent / "knowledge"


def publish(
    store: RuleSetStore, folder: Path = BUNDLED, version: str | None = None, *, by: str, note: str | None = None
) -> Published:
    """Publish the knowledge in ``folder`` under ``version``, or under the next patch number.

    The same knowledge again gives the version it was published as. Raises ContentError with every fault of the
    knowledge, and RuleSetError for a version that is malformed or taken.
    """
    now = datetime.now(UTC)
    report = check(folder, now.date())
    if report.loaded is None or report.errors:
        raise ContentError(report.errors)
    return store.publish(report.loaded.document, version, by, now, note)


def activate(store: RuleSetStore, version: str, *, by: str, reason: str | None = None) -> Published:
    """Let a published version answer from now on. Raises RuleSetError if it is not published, or not what was published."""
    store.load(version)
    return store.activate(version, by, datetime.now(UTC), reason)
