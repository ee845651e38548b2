"""The audit record of an assessment: ids and hashes, never a patient's value."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.clinical.assessment import Assessment


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One assessment, as the audit keeps it."""

    id: str
    created_at: datetime
    rule_set_version: str
    rule_set_digest: str
    engine_version: str
    jurisdiction: str | None
    request_hash: str
    answer_hash: str
    finding_ids: tuple[str, ...]


class Recorder(Protocol):
    """Whatever writes audit records."""

    @property
    def lost(self) -> int:
        """Records that could not be written."""

    async def record(self, entry: AuditEntry) -> None:
        """Write one entry; whether it must be durable before this returns is the site's choice."""


def entry_of(answer: Assessment, request: bytes, response: bytes, at: datetime, key: bytes) -> AuditEntry:
    """The audit entry for one answer. The hashes are keyed: without ``key`` a guessed history cannot be confirmed."""
    return AuditEntry(
        answer.id,
        at,
        answer.rule_set.version,
        answer.rule_set.digest,
        answer.engine_version,
        answer.jurisdiction,
        hmac.digest(key, request, "sha256").hex(),
        hmac.digest(key, response, "sha256").hex(),
        tuple(_finding_ids(answer)),
    )


def _finding_ids(answer: Assessment) -> Iterator[str]:
    for item in answer.candidacy:
        yield f"{item.indication.value}:{item.status.value}"
        yield from item.decided_by
        yield from (note.id for note in item.notes)
        yield from (protocol.id for protocol in item.protocol)
    yield from (f"{item.id}:{item.present}" for item in answer.contraindications)
    yield from (item.id for item in answer.risks if item.factor_present == "true")
    yield from (item.id for item in answer.alternatives)
