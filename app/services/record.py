"""The audit record of an answer: ids and hashes, never a patient's value."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.clinical.assessment import Assessment
from app.clinical.calculation import Calculation, Classification
from app.clinical.plan_shapes import InfusionPlanAnswer
from app.clinical.what_if_shapes import WhatIf


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One answer, as the audit keeps it. What is no assessment says so in its first finding: `calculator:`, `plan:`, `what-if`."""

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


Answer = Assessment | Calculation | Classification | InfusionPlanAnswer | WhatIf
"""Whatever was said about a patient."""


def entry_of(
    answer: Answer, request: bytes, response: bytes, at: datetime, key: bytes, named: str | None = None
) -> AuditEntry:
    """The audit entry for one answer. The hashes are keyed: without ``key`` a guessed history cannot be confirmed.

    ``named`` is the id of a record whose answer carries none.
    """
    return AuditEntry(
        named or str(getattr(answer, "id", "")),
        at,
        answer.rule_set.version,
        answer.rule_set.digest,
        answer.engine_version,
        getattr(answer, "jurisdiction", None),
        hmac.digest(key, request, "sha256").hex(),
        hmac.digest(key, response, "sha256").hex(),
        tuple(_finding_ids(answer)),
    )


def _finding_ids(answer: Answer) -> Iterable[str]:
    match answer:
        case Assessment():
            return _of_assessment(answer)
        case WhatIf():
            return ("what-if", *(f"{item.indication.value}:{item.status.value}" for item in answer.open))
        case InfusionPlanAnswer():
            return _of_plan(answer)
        case Classification():
            return (f"calculator:{answer.calculator}", *(f"{item.id}:{item.met}" for item in answer.criteria))
        case Calculation():
            return (f"calculator:{answer.calculator}",)


def _of_plan(answer: InfusionPlanAnswer) -> Iterator[str]:
    plan = answer.plan
    yield "plan:refused" if plan.refused else "plan:given"
    yield from (item.id for item in plan.refused)
    yield from (f"{item.id}:{item.present}" for item in plan.contraindications)
    yield from (f"{item.id}:{item.present}" for item in plan.warnings)


def _of_assessment(answer: Assessment) -> Iterator[str]:
    for item in answer.candidacy:
        yield f"{item.indication.value}:{item.status.value}"
        yield from item.decided_by
        yield from (note.id for note in item.notes)
        yield from (protocol.id for protocol in item.protocol)
    yield from (f"{item.id}:{item.present}" for item in answer.contraindications)
    yield from (item.id for item in answer.risks if item.factor_present == "true")
    yield from (item.id for item in answer.alternatives)
