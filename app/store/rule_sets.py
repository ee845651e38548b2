"""Rule sets in the database: publish, list, load with the digest verified, activate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.authoring.bundle import canonical, digest, read
from app.errors import RuleSetError, StorageError
from app.models import Activation, EvidenceSource, EvidenceStatement, PublishedRule, RuleSetVersion


@dataclass(frozen=True, slots=True)
class Published:
    """A published version, without its document."""

    version: str
    digest: str
    published_at: datetime
    published_by: str


class RuleSetStore:
    """The only place that reads and writes rule sets."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def publish(self, document: dict[str, Any], version: str, by: str) -> Published:
        """Write a new version in one transaction; the same document again gives the version it already has."""
        with self._session() as session, session.begin():
            known = session.scalar(select(RuleSetVersion).where(RuleSetVersion.digest == digest(document)))
            return _published(known or _insert(session, document, version, by))

    def versions(self) -> Sequence[Published]:
        """All published versions, newest first."""
        with self._session() as session:
            rows = session.scalars(select(RuleSetVersion).order_by(RuleSetVersion.id.desc()))
            return [_published(row) for row in rows]

    def activate(self, version: str, by: str) -> None:
        """Make a published version the one that answers. Raises RuleSetError for an unknown one."""
        with self._session() as session, session.begin():
            row = session.scalar(select(RuleSetVersion).where(RuleSetVersion.version == version))
            if row is None:
                raise RuleSetError("this version is not published")
            session.add(Activation(rule_set_id=row.id, activated_at=datetime.now(UTC), activated_by=by))

    def active_version(self) -> str | None:
        """The version of the newest activation, if there is one."""
        newest = (
            select(RuleSetVersion.version)
            .join(Activation, Activation.rule_set_id == RuleSetVersion.id)
            .order_by(Activation.seq.desc())
            .limit(1)
        )
        with self._session() as session:
            return session.scalar(newest)

    def document(self, version: str) -> tuple[dict[str, Any], str]:
        """The document of a version and its verified digest. Raises RuleSetError when it was altered or is unknown."""
        with self._session() as session:
            row = session.scalar(select(RuleSetVersion).where(RuleSetVersion.version == version))
            if row is None:
                raise RuleSetError("this version is not published")
            document = read(row.document)
            if digest(document) != row.digest:
                raise RuleSetError("the stored rule set does not match its digest")
            return document, row.digest

    def _session(self) -> "_Guarded":
        return _Guarded(self.engine)


class _Guarded(Session):
    """A session whose database errors leave as StorageError, without SQL or parameters."""

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, SQLAlchemyError):
            raise StorageError("the database cannot be used") from None


def _insert(session: Session, document: dict[str, Any], version: str, by: str) -> RuleSetVersion:
    row = RuleSetVersion(
        version=version,
        digest=digest(document),
        document=canonical(document).decode(),
        published_at=datetime.now(UTC),
        published_by=by,
    )
    session.add(row)
    session.flush()
    session.add_all(_parts(row.id, document))
    return row


def _parts(rule_set_id: int, document: dict[str, Any]) -> list[PublishedRule | EvidenceSource | EvidenceStatement]:
    def content(item: dict[str, Any]) -> str:
        return canonical(item).decode()

    rules = [
        PublishedRule(rule_set_id=rule_set_id, rule_id=item["id"], kind=item["kind"], content=content(item))
        for item in document["rules"]
    ]
    sources = [
        EvidenceSource(rule_set_id=rule_set_id, source_id=item["id"], content=content(item))
        for item in document["sources"]
    ]
    statements = [
        EvidenceStatement(
            rule_set_id=rule_set_id,
            statement_id=item["id"],
            source_id=item["source"],
            confidence=item["confidence"],
            content=content(item),
        )
        for item in document["statements"]
    ]
    return [*rules, *sources, *statements]


def _published(row: RuleSetVersion) -> Published:
    return Published(row.version, row.digest, row.published_at, row.published_by)
