"""From YAML to a published version: checked, then refused as a whole or written as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.authoring.bundle import digest
from app.authoring.cases import load_cases
from app.authoring.files import as_folder, read_folder
from app.clinical.ruleset import RuleSet
from app.errors import ContentError, RefusedError
from app.services.diff import Difference, difference, proposed
from app.services.gate import GATES, Candidate, Gate, examine, faults_of, summary
from app.services.proof_gate import DELIVERED
from app.services.versions import load_version, loaded
from app.store.rule_sets import FIRST, Origin, Published, RuleSetStore, newest, numbers

BUNDLED = DELIVERED
MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """Knowledge that passed every check, the version it was compared with, and the number it deserves."""

    candidate: Candidate
    compared_with: str
    proposed: str
    report: Mapping[str, Any]


def publish(
    store: RuleSetStore,
    folder: Path = BUNDLED,
    version: str | None = None,
    *,
    by: str,
    note: str | None = None,
    gates: Iterable[Gate] = GATES,
) -> Published:
    """Publish the knowledge in ``folder`` under ``version``, or under the number that its changes deserve.

    The same knowledge again gives the version it was published as. Raises ContentError with every fault of the
    knowledge, and RuleSetError for a version that is malformed, taken, or lower than the changes deserve.
    """
    if version is not None:
        numbers(version)
    found = examined(store, folder, gates)
    document = found.candidate.loaded.document
    earlier = next((item for item in store.versions() if item.digest == digest(document)), None)
    if earlier is not None:
        return earlier
    number = allowed(version, found.proposed)
    origin = Origin(read_folder(folder), found.report)
    return store.publish(document, number, by, datetime.now(UTC), note, origin, after=found.compared_with)


def examined(store: RuleSetStore, folder: Path, gates: Iterable[Gate] = GATES) -> Checked:
    """The knowledge in ``folder``, checked and compared with the newest version. Raises ContentError with every fault."""
    candidate = Candidate(folder, datetime.now(UTC).date())
    reports = examine(candidate, gates)
    if faults := faults_of(reports):
        raise ContentError(faults)
    versions = store.versions()
    if not versions:
        return Checked(candidate, "", FIRST, summary(reports))
    latest = newest(versions)
    if latest.digest == candidate.rules.digest:
        return Checked(candidate, latest.version, latest.version, summary(reports))
    old = loaded(store, latest.version)
    if old is None:
        # What cannot be read cannot be compared, so nothing less than a new major number is honest.
        number = proposed(latest.version, "major")
        return Checked(candidate, latest.version, number, {**summary(reports), "compared": "not readable"})
    found = difference(old, candidate.rules, [piece.model for piece in candidate.cases.patients])
    number = proposed(latest.version, found.meaning)
    return Checked(candidate, latest.version, number, {**summary(reports), "difference": told(found)})


def allowed(version: str | None, least: str) -> str:
    """The version to publish under. Raises RefusedError 422 for one lower than the changes deserve."""
    if version is None:
        return least
    if numbers(version) < numbers(least):
        raise RefusedError("version-too-low", f"what changes deserves {least} at least", 422)
    return version


def told(found: Difference) -> dict[str, Any]:
    """A difference as JSON-ready data; at most 200 changes, counts over all of them."""
    changes = found.behaviour.changes
    return {
        "old": found.old,
        "new": found.new,
        "meaning": found.meaning,
        "because": found.because,
        "patients": found.behaviour.patients,
        "changed_patients": found.behaviour.changed_patients,
        "edits": [{**asdict(edit), "fields": list(edit.fields)} for edit in found.edits[:MOST_CHANGES]],
        "edits_in_all": len(found.edits),
        "changes": [asdict(change) for change in changes[:MOST_CHANGES]],
        "changes_in_all": len(changes),
    }


def compared(store: RuleSetStore, old: str, new: str) -> Difference:
    """Two published versions, over the cases of both. Raises RefusedError where one is not there or cannot be read."""
    first, second = load_version(store, old), load_version(store, new)
    cases = [case for version in (old, new) for case in cases_of(store, version)]
    return difference(first, second, list({case.id: case for case in cases}.values()))


def cases_of(store: RuleSetStore, version: str) -> list[Any]:
    """The reviewed patients published with a version; none where its files were not kept."""
    origin = store.origin(version)
    if origin is None:
        return []
    with as_folder(origin.files) as folder:
        return [piece.model for piece in load_cases(folder).patients]


def activate(
    store: RuleSetStore, version: str, *, by: str, reason: str | None = None, what: str = "activated"
) -> Published:
    """Let a published version answer from now on. Raises RuleSetError if it is not published, or not what was published."""
    ready(store, version)
    return store.activate(version, by, datetime.now(UTC), reason, what=what)


def ready(store: RuleSetStore, version: str) -> RuleSet:
    """A version that could answer now, compiled. Raises RuleSetError for one that could not: better here than at each server."""
    return load_version(store, version)


def previous(store: RuleSetStore) -> str:
    """The version that answered before the active one. Raises RefusedError 409 where there is none."""
    history = [version for version, *_ in store.activated()]
    earlier = next((version for version in history if version != history[0]), None)
    if earlier is None:
        raise RefusedError("nothing-to-roll-back", "no other version was active before")
    return earlier
