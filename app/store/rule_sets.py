"""Published rule sets: written once, read whole, verified before they are served."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, desc, func, insert, select

from app.authoring.bundle import canonical, digest_of, read
from app.errors import RefusedError, RuleSetError
from app.models import (
    Activation,
    EvidenceSource,
    EvidenceStatement,
    ProductRow,
    RuleRow,
    RuleSetOrigin,
    RuleSetVersion,
)
from app.store.database import Database, retried
from app.store.events import SILENT, Event, EventTrail, draft_of

FIRST = "1.0.0"
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """A published version, by name."""

    id: int
    version: str
    digest: str
    published_at: datetime
    published_by: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A published version with its document, whose digest was verified."""

    published: Published
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The files a version was made from, and what the gate reported of them."""

    files: Mapping[str, str] = field(repr=False)
    report: Mapping[str, Any] = field(repr=False)


Also = Callable[[Connection, Published], None]
"""What is written in the same transaction; what it raises takes everything back."""


class RuleSetStore:
    """All that is done with published rule sets."""

    def __init__(self, database: Database, trail: EventTrail = SILENT) -> None:
        self.database = database
        self.trail = trail

    @retried
    def publish(
        self,
        document: Mapping[str, Any],
        version: str | None,
        by: str,
        at: datetime,
        note: str | None = None,
        origin: Origin | None = None,
        also: Also | None = None,
        after: str | None = None,
    ) -> Published:
        """Publish a document under ``version``, or the next patch. A document published before keeps its first version.

        ``also`` is called within the transaction of a new version. ``after`` names the version that must still be the
        newest, or is empty where there must be none: RefusedError 409 if it is not, also for a document published
        meanwhile. Raises RuleSetError if the version is malformed, or taken by another document.
        """
        numbers(FIRST if version is None else version)
        text = canonical(document)
        with self.trail.changing(self.database) as (connection, events):
            found = _all(connection)
            earlier = {item.digest: item for item in found}
            if after is not None and after != (newest(found).version if found else ""):
                raise RefusedError("stale-draft", "another version was published meanwhile")
            if digest_of(text) in earlier:
                return earlier[digest_of(text)]
            taken = [item.version for item in earlier.values()]
            if version in taken:
                raise RefusedError("stale-draft", f"version {version} is already published with another content")
            row = {
                "version": version or next_patch(taken),
                "digest": digest_of(text),
                "format": document["format"],
                "document": text.decode(),
                "published_at": at,
                "published_by": by,
                "note": note,
            }
            key = connection.execute(insert(RuleSetVersion).values(row).returning(RuleSetVersion.id)).scalar_one()
            _insert_parts(connection, key, document)
            _insert_origin(connection, key, origin)
            published = _published(connection.execute(_versions().where(RuleSetVersion.id == key)).one())
            of_draft = draft_of(origin.report if origin else {})
            events.append(Event("published", published.version, published.digest, at, by, note, of_draft))
            if also is not None:
                also(connection, published)
            return published

    def origin(self, version: str) -> Origin | None:
        """The files of a version; None for one published before files were kept. Raises RuleSetError if they were altered."""
        wanted = select(RuleSetOrigin.__table__).join(
            RuleSetVersion, RuleSetVersion.id == RuleSetOrigin.rule_set_version_id
        )
        with self.database.reading() as connection:
            row = connection.execute(wanted.where(RuleSetVersion.version == version)).one_or_none()
        if row is None:
            return None
        if digest_of(row.files.encode()) != row.digest:
            raise RuleSetError(f"the files of version {version} are not what was published")
        return Origin(read(row.files), row.report)

    def versions(self) -> list[Published]:
        """All published versions, newest first."""
        with self.database.reading() as connection:
            return _all(connection)

    def load(self, version: str) -> Stored:
        """A version with its document. Raises RuleSetError if it is not there, or not what was published."""
        wanted = select(RuleSetVersion.__table__).where(RuleSetVersion.version == version)
        with self.database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise not_published(version)
        if digest_of(row.document.encode()) != row.digest:
            raise RuleSetError(f"version {version} is not what was published: its digest does not match")
        return Stored(_published(row), read(row.document))

    @retried
    def activate(
        self,
        version: str,
        by: str,
        at: datetime,
        reason: str | None = None,
        expected: str | None = None,
        also: Also | None = None,
        what: str = "activated",
    ) -> Published:
        """Let ``version`` answer from now on; ``what`` the audit calls this. Raises RuleSetError if it is not published.

        ``expected`` is the digest of the version that must still be the active one: RefusedError 412 if it is not.
        """
        with self.trail.changing(self.database) as (connection, events):
            found = connection.execute(_versions().where(RuleSetVersion.version == version)).one_or_none()
            if found is None:
                raise not_published(version)
            active = _active(connection)
            if expected is not None and (active is None or active.digest != expected):
                raise RefusedError("stale-edit", "another version was activated meanwhile", 412)
            last = connection.execute(select(func.max(Activation.seq))).scalar_one() or 0
            row = {
                "seq": last + 1,
                "rule_set_version_id": found.id,
                "activated_at": at,
                "activated_by": by,
                "reason": reason,
            }
            connection.execute(insert(Activation).values(**row, seal=_seal(row, found.digest)))
            events.append(Event(what, version, found.digest, at, by, reason))
            if also is not None:
                also(connection, _published(found))
            return _published(found)

    def active(self) -> Published | None:
        """The version that answers now, if one was ever activated. Raises RuleSetError if that version is not there."""
        with self.database.reading() as connection:
            return _active(connection)

    def activated(self) -> list[tuple[str, datetime, str, str | None]]:
        """Every activation, the newest first: version, when, by whom, why. By sequence, not by time: clocks are set back."""
        wanted = (
            select(RuleSetVersion.version, Activation.activated_at, Activation.activated_by, Activation.reason)
            .join(RuleSetVersion, Activation.rule_set_version_id == RuleSetVersion.id)
            .order_by(desc(Activation.seq))
        )
        with self.database.reading() as connection:
            return [(row[0], row[1], row[2], row[3]) for row in connection.execute(wanted)]


def newest(versions: Iterable[Published]) -> Published:
    """The version with the highest number."""
    return max(versions, key=lambda item: numbers(item.version))


def not_published(version: str) -> RefusedError:
    """The error for a version that does not exist."""
    return RefusedError("not-found", f"version {version} is not published", 404)


def numbers(version: str) -> tuple[int, int, int]:
    """Major, minor, patch. Raises RuleSetError for what is no version."""
    if not _VERSION.fullmatch(version):
        raise RefusedError("invalid-input", f"`{version}` is not a version such as 1.2.3", 422)
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _active(connection: Connection) -> Published | None:
    """The version that answers now. Raises RuleSetError if that version is not there, or is not the one activated.

    By sequence, not by time: clocks are set back. The last one holds, whether or not its version can be found: an
    earlier one would be a rule set that somebody has taken out of use.
    """
    wanted = select(Activation.__table__).order_by(desc(Activation.seq)).limit(1)
    last = connection.execute(wanted).one_or_none()
    if last is None:
        return None
    row = connection.execute(_versions().where(RuleSetVersion.id == last.rule_set_version_id)).one_or_none()
    if row is None:
        raise RuleSetError("the active version is not among those published: the database is damaged")
    if last.seal is not None and last.seal != _seal(last._asdict(), row.digest):
        raise RuleSetError("the last activation is not what was written: the database is damaged")
    return _published(row)


def _seal(activation: Mapping[str, Any], digest: str) -> str:
    at = activation["activated_at"].astimezone(UTC).isoformat()
    content = [activation["seq"], digest, at, activation["activated_by"], activation["reason"]]
    return digest_of(canonical(content))


def next_patch(taken: Iterable[str]) -> str:
    """The version after the highest one taken."""
    found = [numbers(version) for version in taken]
    if not found:
        return FIRST
    major, minor, patch = max(found)
    return f"{major}.{minor}.{patch + 1}"


def _versions() -> Select[Any]:
    names = ("id", "version", "digest", "published_at", "published_by", "note")
    return select(*(RuleSetVersion.__table__.c[name] for name in names))


def _all(connection: Connection) -> list[Published]:
    return [_published(row) for row in connection.execute(_versions().order_by(desc(RuleSetVersion.id)))]


def _published(row: Row[Any]) -> Published:
    return Published(row.id, row.version, row.digest, row.published_at, row.published_by, row.note)


def _insert_parts(connection: Connection, key: int, document: Mapping[str, Any]) -> None:
    """The rules, the evidence and the products of a version as rows, for people who look with SQL."""
    own = {"rule_set_version_id": key}
    rules = [
        {**own, "rule_id": item["id"], "kind": item["kind"], "subject": _subject(item), "content": item}
        for item in document["rules"]
    ]
    sources = [{**own, "source_id": item["id"], "content": item} for item in document["sources"]]
    statements = [
        {
            **own,
            "statement_id": item["id"],
            "source_id": item["source"],
            "confidence": item["confidence"],
            "content": item,
        }
        for item in document["statements"]
    ]
    products = [{**own, **_product(item)} for item in document["products"]]
    parts = ((RuleRow, rules), (EvidenceSource, sources), (EvidenceStatement, statements), (ProductRow, products))
    for table, rows in parts:
        if rows:
            connection.execute(insert(table), rows)


def _insert_origin(connection: Connection, key: int, origin: Origin | None) -> None:
    if origin is None:
        return
    files = canonical(dict(origin.files))
    row = {"rule_set_version_id": key, "files": files.decode(), "digest": digest_of(files), "report": origin.report}
    connection.execute(insert(RuleSetOrigin).values(row))


_OF_A_PRODUCT = frozenset(ProductRow.__table__.c.keys()) - {"rule_set_version_id", "product_id", "content"}


def _product(item: Mapping[str, Any]) -> dict[str, Any]:
    """A product's own columns; each is written in the document, also where it is not known."""
    return {"product_id": item["id"], "content": item, **{name: item[name] for name in _OF_A_PRODUCT}}


def _subject(rule: Mapping[str, Any]) -> str:
    return ",".join(rule.get("applies_to", ())) or "all"
