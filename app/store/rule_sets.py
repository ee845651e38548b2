"""Published rule sets: written once, read whole, verified before they are served."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, desc, func, insert, select

from app.authoring.bundle import canonical, digest_of, read
from app.errors import RuleSetError
from app.models import Activation, EvidenceSource, EvidenceStatement, ProductRow, RuleRow, RuleSetVersion
from app.store.database import Database

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


class RuleSetStore:
    """All that is done with published rule sets."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def publish(
        self, document: Mapping[str, Any], version: str | None, by: str, at: datetime, note: str | None = None
    ) -> Published:
        """Publish a document under ``version``, or the next patch. A document published before keeps its first version.

        Raises RuleSetError if the version is malformed, or taken by another document.
        """
        if version is not None and not _VERSION.fullmatch(version):
            raise RuleSetError(f"`{version}` is not a version such as 1.2.3")
        text = canonical(document)
        with self.database.writing(alone=True) as connection:
            earlier = {item.digest: item for item in _all(connection)}
            if digest_of(text) in earlier:
                return earlier[digest_of(text)]
            taken = [item.version for item in earlier.values()]
            if version in taken:
                raise RuleSetError(f"version {version} is already published with another content")
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
            return _published(connection.execute(_versions().where(RuleSetVersion.id == key)).one())

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
            raise RuleSetError(f"version {version} is not published")
        if digest_of(row.document.encode()) != row.digest:
            raise RuleSetError(f"version {version} is not what was published: its digest does not match")
        return Stored(_published(row), read(row.document))

    def activate(self, version: str, by: str, at: datetime, reason: str | None = None) -> Published:
        """Let ``version`` answer from now on. Raises RuleSetError if it is not published."""
        with self.database.writing(alone=True) as connection:
            found = connection.execute(_versions().where(RuleSetVersion.version == version)).one_or_none()
            if found is None:
                raise RuleSetError(f"version {version} is not published")
            last = connection.execute(select(func.max(Activation.seq))).scalar_one() or 0
            row = {
                "seq": last + 1,
                "rule_set_version_id": found.id,
                "activated_at": at,
                "activated_by": by,
                "reason": reason,
            }
            connection.execute(insert(Activation).values(**row, seal=_seal(row, found.digest)))
            return _published(found)

    def active(self) -> Published | None:
        """The version that answers now, if one was ever activated. Raises RuleSetError if that version is not there."""
        # By sequence, not by time: clocks are set back. The last one holds, whether or not its version can be found:
        # an earlier one would be a rule set that somebody has taken out of use.
        wanted = select(Activation.__table__).order_by(desc(Activation.seq)).limit(1)
        with self.database.reading() as connection:
            last = connection.execute(wanted).one_or_none()
            if last is None:
                return None
            of_it = _versions().where(RuleSetVersion.id == last.rule_set_version_id)
            row = connection.execute(of_it).one_or_none()
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
    numbers = [tuple(map(int, version.split("."))) for version in taken]
    if not numbers:
        return FIRST
    major, minor, patch = max(numbers)
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


_OF_A_PRODUCT = frozenset(ProductRow.__table__.c.keys()) - {"rule_set_version_id", "product_id", "content"}


def _product(item: Mapping[str, Any]) -> dict[str, Any]:
    """A product's own columns; each is written in the document, also where it is not known."""
    return {"product_id": item["id"], "content": item, **{name: item[name] for name in _OF_A_PRODUCT}}


def _subject(rule: Mapping[str, Any]) -> str:
    return ",".join(rule.get("applies_to", ())) or "all"
