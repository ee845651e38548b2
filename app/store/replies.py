"""Replies kept under an Idempotency-Key, in the same transaction as what they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from app.errors import RefusedError
from app.models import KeptReply
from app.store.database import Database


@dataclass(frozen=True, slots=True)
class Once:
    """One request that may come twice: who sent it, under which key, and the hash of what was sent."""

    owner: str
    key: str
    request_hash: str


def kept(database: Database, once: Once) -> Mapping[str, Any] | None:
    """What was answered before. Raises RefusedError 422 where the key came with another request."""
    with database.reading() as connection:
        return _found(connection, once)


def keep(connection: Connection, once: Once, reply: Mapping[str, Any], at: datetime) -> None:
    """Keep a reply; a second one under the key fails, and takes its whole transaction with it."""
    row = {"owner": once.owner, "key": once.key, "request_hash": once.request_hash, "reply": reply, "kept_at": at}
    connection.execute(insert(KeptReply).values(row))


def _found(connection: Connection, once: Once) -> Mapping[str, Any] | None:
    wanted = select(KeptReply.request_hash, KeptReply.reply)
    row = connection.execute(wanted.where(KeptReply.owner == once.owner, KeptReply.key == once.key)).one_or_none()
    if row is None:
        return None
    if row.request_hash != once.request_hash:
        raise RefusedError("key-reused", "this Idempotency-Key came with another request before", 422)
    reply: Mapping[str, Any] = row.reply
    return reply
