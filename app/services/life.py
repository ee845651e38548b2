"""The life of a rule set: draft, validated, approved, published, active, superseded.

Every step is one transaction. A request that names an Idempotency-Key leaves its reply in that same transaction, so a
second one gets the first one's answer and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app.authoring.files import as_folder, checked_files, laid_over
from app.authoring.loader import load
from app.errors import ContentError, RefusedError, StorageError
from app.services.gate import GATES, Gate
from app.services.publish import allowed, examined, previous, ready
from app.services.transfer import export, import_bundle
from app.store.bundle_keys import BundleKeys
from app.store.database import Writing, retried
from app.store.drafts import Draft, DraftStore, NewDraft
from app.store.events import Event
from app.store.replies import Once, keep, kept
from app.store.rule_sets import Origin, Published, RuleSetStore

Reply = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What an author sends: files, or changes of those of ``base``; None takes a file away."""

    files: Mapping[str, str | None]
    base: str | None
    note: str | None


@dataclass(frozen=True)
class Lifecycle:
    """All steps, over one database. ``two_persons``: who wrote a draft neither approves nor publishes it."""

    store: RuleSetStore
    drafts: DraftStore
    keys: BundleKeys
    two_persons: bool = False
    gates: tuple[Gate, ...] = GATES

    def create(self, changes: Changes, by: str, once: Once | None = None) -> Reply:
        """A new draft. Raises RefusedError 422 for files that no folder holds."""
        return self._once(once, lambda: self._add(str(uuid4()), self._new(changes), by, None, once))

    def revise(self, draft_id: str, changes: Changes, by: str, etag: str, once: Once | None = None) -> Reply:
        """Another revision of a draft: what was validated or approved before no longer holds. 412 for a stale ``etag``."""
        self._current(draft_id, None)
        return self._once(once, lambda: self._add(draft_id, self._new(changes), by, etag, once))

    def validate(self, draft_id: str, by: str, etag: str | None = None) -> Reply:
        """Run every check. Raises RefusedError 422 with each fault; nothing changes then."""
        draft = self._current(draft_id, etag)
        try:
            with as_folder(self.drafts.files(draft)) as folder:
                found = examined(self.store, folder, self.gates)
        except ContentError as error:
            raise RefusedError(
                "release-rejected", "the draft does not pass the checks", 422, error.diagnostics
            ) from None
        if found.proposed == found.compared_with:
            raise RefusedError("nothing-changed", f"the draft says what version {found.compared_with} says")
        report = {**found.report, "compared_with": found.compared_with, "proposed": found.proposed}
        return self._step(draft, "validated", by, report)

    def approve(self, draft_id: str, by: str, etag: str | None = None) -> Reply:
        """A second person agrees. Raises RefusedError 409 before validation, 403 for an author where two are needed."""
        draft = self._current(draft_id, etag)
        if "validated" not in draft.steps:
            raise RefusedError("not-validated", "a draft is validated before it is approved")
        self._other_person(draft, by)
        return self._step(draft, "approved", by, {})

    def publish(self, draft_id: str, by: str, etag: str, version: str | None = None, once: Once | None = None) -> Reply:
        """Publish a validated draft, immutably. Raises RefusedError: 412, 409 stale-draft, 403, 422."""
        return self._once(once, lambda: self._publish(self._current(draft_id, etag), by, version, once))

    def activate(
        self,
        version: str,
        by: str,
        reason: str | None,
        expected: str | None = None,
        once: Once | None = None,
        what: str = "activated",
    ) -> Reply:
        """Let a version answer. ``expected`` is the digest that must be active still: 412 if it is not."""

        def act() -> Reply:
            ready(self.store, version)
            also = self._keeping(once, version_view)
            return version_view(self.store.activate(version, by, datetime.now(UTC), reason, expected, also, what))

        return self._once(once, act)

    def rollback(self, by: str, reason: str | None, expected: str | None = None, once: Once | None = None) -> Reply:
        """Let the version answer that did before this one; a new activation, no history is taken back."""
        return self._once(once, lambda: self.activate(previous(self.store), by, reason, expected, once, "rolled-back"))

    def hand_out(self, version: str) -> bytes:
        """A version as one file, signed with this site's key. Raises RefusedError 404, or 409 where there is no key."""
        return export(self.store, version, self.keys.signer())

    def bring_in(self, data: bytes, by: str, once: Once | None = None) -> Reply:
        """Publish the version in a bundle that a trusted key signed."""

        def act() -> Reply:
            also = self._keeping(once, version_view)
            return version_view(
                import_bundle(self.store, data, self.keys.trusted(), by=by, gates=self.gates, also=also)
            )

        return self._once(once, act)

    def _new(self, changes: Changes) -> NewDraft:
        base: Mapping[str, str] = {}
        if changes.base is not None:
            origin = self.store.origin(self.store.load(changes.base).published.version)
            if origin is None:
                raise RefusedError("no-files", f"the files of version {changes.base} were not kept")
            base = origin.files
        return NewDraft(checked_files(laid_over(base, changes.files)), changes.base, changes.note)

    @retried
    def _add(self, draft_id: str, new: NewDraft, by: str, etag: str | None, once: Once | None) -> Reply:
        now = datetime.now(UTC)
        with self.store.trail.changing(self.store.database) as (connection, events):
            if etag is not None:
                before = self.drafts.find(connection, draft_id)
                _must_match(before, etag)
                if "published" in before.steps:
                    raise RefusedError("stale-draft", "the draft was published; begin another")
            added = self.drafts.add(connection, draft_id, new, by, now)
            events.append(_event("draft-written", added, by, now))
            reply = draft_view(added)
            _keep(connection, once, reply, now)
        return reply

    @retried
    def _step(self, draft: Draft, step: Any, by: str, report: Mapping[str, Any]) -> Reply:
        now = datetime.now(UTC)
        with self.store.trail.changing(self.store.database) as (connection, events):
            if self.drafts.take(connection, draft, step, by, now, report):
                events.append(_event(f"draft-{step}", draft, by, now))
            return draft_view(self.drafts.find(connection, draft.id))

    def _publish(self, draft: Draft, by: str, version: str | None, once: Once | None) -> Reply:
        if "published" in draft.steps:
            raise RefusedError("stale-draft", "the draft was published already")
        self._other_person(draft, by)
        if "validated" not in draft.steps or (self.two_persons and "approved" not in draft.steps):
            raise RefusedError(
                "not-validated", "a draft is validated, and approved where two are needed, before it is published"
            )
        report = draft.steps["validated"].report
        number = allowed(version, report["proposed"])
        files = self.drafts.files(draft)
        with as_folder(files) as folder:
            document = load(folder).document
        now = datetime.now(UTC)

        def also(connection: Writing, published: Published) -> None:
            self.drafts.take(connection, draft, "published", by, now, {"version": published.version})
            _keep(connection, once, version_view(published), now)

        origin = Origin(files, {**report, "draft": draft.id, "author": draft.created_by})
        after = report["compared_with"]
        return version_view(self.store.publish(document, number, by, now, draft.note, origin, also, after))

    def _current(self, draft_id: str, etag: str | None) -> Draft:
        draft = self.drafts.get(draft_id)
        if etag is not None:
            _must_match(draft, etag)
        return draft

    def _other_person(self, draft: Draft, by: str) -> None:
        if not self.two_persons:
            return
        with self.store.database.reading() as connection:
            authors = self.drafts.authors(connection, draft.id)
        if by in authors:
            raise RefusedError("forbidden", "who wrote a draft neither approves nor publishes it", 403)

    def _once(self, once: Once | None, act: Callable[[], Reply]) -> Reply:
        """The kept reply, or what ``act`` gives; who loses a race for the key gets the winner's reply."""
        if once is None:
            return act()
        before = kept(self.store.database, once)
        if before is not None:
            return before
        try:
            return act()
        except (StorageError, RefusedError):
            meanwhile = kept(self.store.database, once)
            if meanwhile is None:
                raise
            return meanwhile

    @staticmethod
    def _keeping(once: Once | None, view: Callable[[Published], Reply]) -> Callable[[Writing, Published], None] | None:
        if once is None:
            return None
        return lambda connection, published: _keep(connection, once, view(published), datetime.now(UTC))


def _event(what: str, draft: Draft, by: str, at: datetime) -> Event:
    more = (f"draft:{draft.id}", f"revision:{draft.revision}")
    return Event(what, draft.base or "none", draft.digest, at, by, draft.note, more)


def _keep(connection: Writing, once: Once | None, reply: Reply, at: datetime) -> None:
    if once is not None:
        keep(connection, once, reply, at)


def _must_match(draft: Draft, etag: str) -> None:
    if etag != draft.etag:
        raise RefusedError("stale-edit", "the draft was changed meanwhile", 412)


def draft_view(draft: Draft) -> dict[str, Any]:
    """A draft as JSON-ready data."""
    steps = {
        name: {"at": step.at.isoformat(), "by": step.by, "report": step.report} for name, step in draft.steps.items()
    }
    return {
        "id": draft.id,
        "revision": draft.revision,
        "etag": draft.etag,
        "state": draft.state,
        "base": draft.base,
        "digest": draft.digest,
        "note": draft.note,
        "author": draft.created_by,
        "created_at": draft.created_at.isoformat(),
        "steps": steps,
    }


def version_view(published: Published) -> dict[str, Any]:
    """A version as JSON-ready data."""
    return {
        "version": published.version,
        "digest": published.digest,
        "published_at": published.published_at.isoformat(),
        "published_by": published.published_by,
        "note": published.note,
    }
