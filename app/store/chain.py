"""The audit trail as a chain: each record holds the digest of the one before, keyed with what is not in the database."""

import hmac
import json
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, desc, select

from app.errors import StorageError
from app.models import AssessmentRecord
from app.store.anchor import Anchor, Head
from app.store.database import Database

OPENING = "0" * 64
_TABLE = AssessmentRecord.__table__
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the whole trail found. ``first_bad`` numbers the first record that is not as it was written."""

    chained: int
    unchained: int
    head: Head
    first_bad: int | None = None
    reason: str = ""


class Chain:
    """The key and the anchor of a trail."""

    def __init__(self, key: bytes, anchor: Anchor) -> None:
        self.anchor = anchor
        # Not the key of the hashes itself: what is known of the one must say nothing of the other.
        self._key = hmac.digest(key, b"ivig-cds audit chain 1", "sha256")

    def digest(self, previous: str, row: Mapping[str, Any]) -> str:
        """The digest of a record, with that of the record before it."""
        content = (
            previous,
            row["seq"],
            row["id"],
            row["created_at"].isoformat(),
            row["rule_set_version"],
            row["rule_set_digest"],
            row["engine_version"],
            row["jurisdiction"],
            row["request_hash"],
            row["answer_hash"],
            row["finding_ids"],
        )
        return hmac.digest(self._key, json.dumps(content).encode(), "sha256").hex()

    def extended(self, head: Head, rows: list[dict[str, Any]]) -> Head:
        """Number and chain rows that follow ``head``, in place; gives the new head."""
        for row in rows:
            row.update(seq=head.seq + 1, chain_previous=head.digest)
            row["chain_digest"] = self.digest(head.digest, row)
            head = Head(row["seq"], row["chain_digest"])
        return head

    def tip(self, connection: Connection) -> Head:
        """The head to go on from. Raises StorageError if the trail no longer holds what was anchored.

        The first call on a trail anchors its opening, so that from then on an anchor that is missing is a fault.
        """
        last = connection.execute(select(_TABLE).order_by(desc(_TABLE.c.seq)).limit(1)).one_or_none()
        anchored = self.anchor.read()
        if last is None or last.chain_digest is None:
            return self._opened(_folded(self, connection), anchored)
        if anchored is None:
            raise StorageError("the audit trail has no anchored head: look at it with `ivig-cds audit verify`")
        if last.chain_digest != self.digest(last.chain_previous, _columns(last)):
            raise StorageError(
                "the last audit record was altered, or audit.key is another one: `ivig-cds audit verify`"
            )
        if not _holds(connection, anchored, last):
            raise StorageError("the audit trail was cut or altered: look at it with `ivig-cds audit verify`")
        return Head(last.seq, last.chain_digest)

    def _opened(self, opening: Head, anchored: Head | None) -> Head:
        if anchored is None:
            self.anchor.advance(opening)
        elif anchored != opening:
            raise StorageError("the audit trail was cut or altered: look at it with `ivig-cds audit verify`")
        return opening


def _holds(connection: Connection, anchored: Head, last: Row[Any]) -> bool:
    if anchored.seq == last.seq:
        return bool(anchored.digest == last.chain_digest)
    found = connection.execute(
        select(_TABLE.c.chain_digest, _TABLE.c.seq).where(_TABLE.c.seq.in_((anchored.seq, anchored.seq + 1)))
    )
    held = {row.seq: row.chain_digest for row in found}
    # The opening stands before the first chained record, and belongs to none or to one without a digest.
    return held.get(anchored.seq, anchored.digest) in {anchored.digest, None} and anchored.seq + 1 in held


def _columns(row: Row[Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", row._mapping)  # noqa: SLF001 - public, in SQLAlchemy's words


def _rows(connection: Connection) -> Generator[Row[Any], None, None]:
    wanted: Select[Any] = select(_TABLE).order_by(_TABLE.c.seq)
    with connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}) as result:
        yield from result


def _folded(chain: Chain, connection: Connection) -> Head:
    """Records from before the chain, folded into its opening: altered afterwards, they no longer lead to it."""
    head = Head(0, OPENING)
    for row in _rows(connection):
        head = Head(row.seq, chain.digest(head.digest, _columns(row)))
    return head


def verify(database: Database, chain: Chain, *, against_anchor: bool = True) -> Verdict:
    """Walk the whole trail and compare it with its anchor. Raises StorageError if either cannot be read.

    Without the comparison only the chain itself is checked: a cut tail is not seen.
    """
    anchored = chain.anchor.read() if against_anchor else None  # before the rows: a running server moves it on
    walk = _Walk(chain, anchored)
    with database.reading() as connection, closing(_rows(connection)) as rows:
        for row in rows:
            fault = walk.step(row)
            if fault:
                return walk.verdict(*fault)
    return walk.verdict(*walk.end()) if against_anchor else walk.verdict(None, "")


class _Walk:
    """Where a walk along the trail stands."""

    def __init__(self, chain: Chain, anchored: Head | None) -> None:
        self._chain = chain
        self._anchored = anchored
        self._head = Head(0, OPENING)
        self._chained = self._unchained = 0

    def step(self, row: Row[Any]) -> tuple[int, str] | None:
        fault = self._chained_step(row) if row.chain_digest is not None else self._unchained_step(row)
        if fault:
            return fault
        return self._against_anchor()

    def _unchained_step(self, row: Row[Any]) -> tuple[int, str] | None:
        if self._chained:
            return row.seq, "it is not chained, though the records before it are"
        self._unchained += 1
        self._head = Head(row.seq, self._chain.digest(self._head.digest, _columns(row)))
        return None

    def _chained_step(self, row: Row[Any]) -> tuple[int, str] | None:
        if row.seq != self._head.seq + 1:
            return self._head.seq + 1, f"it is missing; the next record is {row.seq}"
        digest = self._chain.digest(row.chain_previous or "", _columns(row))
        if digest != row.chain_digest:
            return row.seq, "it is not what was written"
        if row.chain_previous != self._head.digest:
            where = (
                "one of the records before the chain was altered" if not self._chained else "it follows another record"
            )
            return row.seq, where
        self._chained += 1
        self._head = Head(row.seq, digest)
        return None

    def _against_anchor(self) -> tuple[int, str] | None:
        anchored = self._anchored
        if anchored is not None and anchored.seq == self._head.seq and anchored.digest != self._head.digest:
            return self._head.seq, "the anchored head is another one: the trail was rewritten"
        return None

    def end(self) -> tuple[int | None, str]:
        if self._anchored is None:
            return (
                (self._head.seq, "no head is anchored: a cut tail could not be seen") if self._chained else (None, "")
            )
        if self._anchored.seq > self._head.seq:
            return self._head.seq + 1, f"it is missing: the trail was cut after it had {self._anchored.seq} records"
        return None, ""

    def verdict(self, first_bad: int | None, reason: str) -> Verdict:
        return Verdict(self._chained, self._unchained, self._head, first_bad, reason)
