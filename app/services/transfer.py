"""Published versions out as a signed file, and in again at a site without a network."""

from datetime import UTC, datetime

from app.authoring.bundle import canonical
from app.authoring.files import as_folder
from app.authoring.release import Release, opened, sealed
from app.authoring.signing import Signer, Trusted
from app.errors import Diagnostic, RefusedError
from app.services.gate import GATES, Candidate, Gate, examine, faults_of, summary
from app.store.rule_sets import Also, Origin, Published, RuleSetStore, newest, numbers


def export(store: RuleSetStore, version: str, signer: Signer) -> bytes:
    """A version as one signed file. Raises RefusedError 404, or 409 for a version whose files were not kept."""
    stored = store.load(version)
    origin = store.origin(version)
    if origin is None:
        raise RefusedError("no-files", f"the files of version {version} were not kept when it was published")
    published = stored.published
    payload = {
        "version": version,
        "digest": published.digest,
        "document": stored.document,
        "files": dict(origin.files),
        "note": published.note,
        "published_at": published.published_at.isoformat(),
        "published_by": published.published_by,
    }
    return sealed(payload, signer)


def import_bundle(
    store: RuleSetStore,
    data: bytes,
    trusted: Trusted,
    *,
    by: str,
    gates: tuple[Gate, ...] = GATES,
    also: Also | None = None,
) -> Published:
    """Publish the version in a bundle under its own number; activating it is another step.

    The bundle is checked as if it had been written here: signature, hash, format, names, then every check of the gate.
    Raises RefusedError 422 for what is refused, and writes nothing then. A version that is already here is given back.
    """
    release = opened(data, trusted)
    versions = store.versions()
    here = next((item for item in versions if item.digest == release.digest), None)
    if here is not None:
        return here
    latest = newest(versions).version if versions else ""
    if latest and numbers(release.version) <= numbers(latest):
        raise _refused("downgrade", f"version {latest} is here already; a bundle brings a higher one")
    with as_folder(release.files) as folder:
        report = _examined(Candidate(folder, datetime.now(UTC).date()), release, gates)
    origin = Origin(release.files, {**report, "imported_from": release.published_by, "signed_by": release.signed_by})
    now = datetime.now(UTC)
    return store.publish(release.document, release.version, by, now, release.note, origin, also, after=latest)


def _examined(candidate: Candidate, release: Release, gates: tuple[Gate, ...]) -> dict[str, object]:
    reports = examine(candidate, gates)
    if faults := faults_of(reports):
        raise RefusedError("release-rejected", "the knowledge in the bundle does not pass the checks", 422, faults)
    if canonical(candidate.loaded.document) != canonical(release.document):
        raise _refused("wrong-hash", "the files in the bundle do not make the knowledge it names")
    return summary(reports)


def _refused(code: str, detail: str) -> RefusedError:
    return RefusedError("bundle-refused", detail, 422, (Diagnostic(code, detail),))
