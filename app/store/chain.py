"""The audit trail as a chain: each record holds the digest of the one before, keyed with what is not in the database."""

import hmac
import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, desc, select, text

from app.errors import StorageError
from app.models import AssessmentRecord
from app.store.anchor import Anchor, Head
from app.store.database import Database

OPENING = "0" * 64
_TABLE = AssessmentRecord.__table__
_AT_ONCE = 2000
_PLAIN = ("rule_set_version", "rule_set_digest", "engine_version", "jurisdiction", "request_hash", "answer_hash")
_quoted = json.encoder.encode_basestring_ascii

Stored = tuple[Any, ...]
"""A record as the driver gives it, in this order: seq, id, created_at, the plain columns, finding_ids, previous, digest."""


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
        self._keyed = hmac.new(hmac.digest(key, b"ivig-cds audit chain 1", "sha256"), digestmod="sha256")

    def digest(self, previous: str, row: Mapping[str, Any]) -> str:
        """The digest of a record, with that of the record before it."""
        plain = [row[name] for name in _PLAIN]
        findings = json.dumps(row["finding_ids"])
        return self._sealed((row["seq"], row["id"], None, *plain), previous, row["created_at"].isoformat(), findings)

    def digest_of_stored(self, previous: str, stored: Stored) -> str:
        """The same digest of a record as the database holds it: a walk along a long trail makes no objects of it.

        Raises TypeError, ValueError or AttributeError for what was never written.
        """
        return self._sealed(stored, previous, _moment(stored[2]), _listed(stored[9]))

    def _sealed(self, stored: Stored, previous: str, at: str, findings: str) -> str:
        """The digest over a JSON list, put together by hand: these lines are most of the time that a verification takes."""
        seq, id_, _, version, digest, engine, place, request, answer, *_ = stored
        q = _quoted
        made = self._keyed.copy()
        made.update(
            f"[{q(previous)}, {seq}, {q(id_)}, {q(at)}, {q(version)}, {q(digest)}, {q(engine)}, "
            f"{'null' if place is None else q(place)}, {q(request)}, {q(answer)}, {findings}]".encode()
        )
        return made.hexdigest()

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


def _rows(connection: Connection) -> Generator[Stored, None, None]:
    """The whole trail, unread. The JSON column is cast to text, so that no driver parses it."""
    names = ", ".join(
        ("seq", "id", "created_at", *_PLAIN, "CAST(finding_ids AS TEXT)", "chain_previous", "chain_digest")
    )
    wanted = text(f"SELECT {names} FROM {AssessmentRecord.__tablename__} ORDER BY seq")  # noqa: S608 - names of our own
    with connection.execute(wanted, execution_options={"yield_per": _AT_ONCE}) as result:
        for part in result.partitions(_AT_ONCE):
            yield from cast("Sequence[Stored]", part)


def _moment(stored: Any) -> str:
    """The moment as it was sealed. SQLite holds text without an offset, in UTC and always with six decimals."""
    if isinstance(stored, str):
        return f"{stored[:10]}T{stored[11:].removesuffix('.000000')}+00:00"
    return cast("str", stored.isoformat())


def _listed(stored: Any) -> str:
    """The list of findings as it was sealed, from the compact JSON that is stored. Raises ValueError for what is no JSON."""
    if stored.isascii() and "\\" not in stored and stored.startswith('["'):
        # Ids hold no quotation mark, so this sequence only ever stands between two of them.
        return str(stored.replace('","', '", "'))
    return json.dumps(json.loads(stored))


def _folded(chain: Chain, connection: Connection) -> Head:
    """Records from before the chain, folded into its opening: altered afterwards, they no longer lead to it."""
    head = Head(0, OPENING)
    for stored in _rows(connection):
        head = Head(stored[0], chain.digest_of_stored(head.digest, stored))
    return head


def verify(database: Database, chain: Chain, *, against_anchor: bool = True) -> Verdict:
    """Walk the whole trail and compare it with its anchor. Raises StorageError if either cannot be read.

    Without the comparison only the chain itself is checked: a cut tail is not seen.
    """
    anchored = chain.anchor.read() if against_anchor else None  # before the rows: a running server moves it on
    walk = _Walk(chain, anchored)
    with database.reading() as connection, closing(_rows(connection)) as rows:
        for stored in rows:
            fault = walk.step(stored)
            if fault:
                return walk.verdict(*fault)
    return walk.verdict(*walk.end()) if against_anchor else walk.verdict(None, "")


class _Walk:
    """Where a walk along the trail stands."""

    def __init__(self, chain: Chain, anchored: Head | None) -> None:
        self._chain = chain
        self._anchored = anchored
        self._seq, self._digest = 0, OPENING
        self._chained = self._unchained = 0

    def step(self, stored: Stored) -> tuple[int, str] | None:
        fault = self._chained_step(stored) if stored[-1] is not None else self._unchained_step(stored)
        if fault is None and self._anchored is not None and self._anchored.seq == self._seq:
            return self._against_anchor(self._anchored)
        return fault

    def _unchained_step(self, stored: Stored) -> tuple[int, str] | None:
        if self._chained:
            return stored[0], "it is not chained, though the records before it are"
        self._unchained += 1
        self._seq, self._digest = stored[0], self._chain.digest_of_stored(self._digest, stored)
        return None

    def _chained_step(self, stored: Stored) -> tuple[int, str] | None:
        seq, previous, held = stored[0], stored[-2], stored[-1]
        if seq != self._seq + 1:
            return self._seq + 1, f"it is missing; the next record is {seq}"
        try:
            digest = self._chain.digest_of_stored(previous or "", stored)
        except (ValueError, TypeError, AttributeError):  # a column that holds what was never written
            digest = ""
        if digest != held:
            return seq, "it is not what was written"
        if previous != self._digest:
            where = (
                "one of the records before the chain was altered" if not self._chained else "it follows another record"
            )
            return seq, where
        self._chained += 1
        self._seq, self._digest = seq, digest
        return None

    def _against_anchor(self, anchored: Head) -> tuple[int, str] | None:
        if anchored.digest != self._digest:
            return self._seq, "the anchored head is another one: the trail was rewritten"
        return None

    def end(self) -> tuple[int | None, str]:
        if self._anchored is None:
            return (self._seq, "no head is anchored: a cut tail could not be seen") if self._chained else (None, "")
        if self._anchored.seq > self._seq:
            return self._seq + 1, f"it is missing: the trail was cut after it had {self._anchored.seq} records"
        return None, ""

    def verdict(self, first_bad: int | None, reason: str) -> Verdict:
        return Verdict(self._chained, self._unchained, Head(self._seq, self._digest), first_bad, reason)
