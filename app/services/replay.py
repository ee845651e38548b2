"""An answer given before, given again: from the request that was sent and the version that answered."""

import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import get_args
from uuid import UUID

from app.clinical.ruleset import RuleSet
from app.errors import RefusedError, RuleSetError
from app.services.assess import Evidence, Explain, assess, encode
from app.services.intake import read_history
from app.services.versions import Versions
from app.store.decisions import Decision, decision
from app.store.rule_sets import RuleSetStore
from app.version import ENGINE_VERSION


@dataclass(frozen=True, slots=True)
class Replay:
    """The same bytes as then, and the version that gave them."""

    content: bytes
    version: str


def replay(store: RuleSetStore, versions: Versions, decision_id: UUID, body: bytes, key: bytes) -> Replay:
    """The answer of a decision, byte for byte. ``body`` is the request exactly as it was sent.

    Raises RefusedError: 404 without a record, 409 where the request is not the one that was answered or the answer does not
    come out the same, 422 where this engine does not read the version. Raises InputError as the request itself would.
    """
    found = decision(store.database, str(decision_id))
    if found is None:
        raise RefusedError("not-found", "the audit trail holds no such decision", 404)
    if not _same(key, body, found.request_hash):
        raise _mismatch("this is not the request that was answered")
    rules = _answering(versions, found)
    return Replay(_answer(rules, found, decision_id, body, key), rules.version)


def _answering(versions: Versions, found: Decision) -> RuleSet:
    rules = versions.get(found.rule_set_version)
    if rules.digest != found.rule_set_digest:
        raise RuleSetError(f"version {rules.version} is not the one that answered then")
    return rules


def _answer(rules: RuleSet, found: Decision, decision_id: UUID, body: bytes, key: bytes) -> bytes:
    """The trail keeps neither the detail asked for nor the day of asking: those that give the kept hash were the ones."""
    for today in _days(found):
        history = read_history(body, today)
        for explain, evidence in product(get_args(Explain), get_args(Evidence)):
            content = encode(assess(rules, history, today, explain, decision_id), evidence)
            if _same(key, content, found.answer_hash):
                return content
        if history.as_of is not None:
            break
    engine = f"engine {found.engine_version} answered then, this is {ENGINE_VERSION}"
    raise _mismatch(f"the request is the one that was answered, the answer comes out otherwise: {engine}")


def _days(found: Decision) -> tuple[date, ...]:
    """The day it was recorded, and the day before for one recorded just after midnight."""
    recorded = found.created_at.date()
    return recorded, recorded - timedelta(days=1)


def _same(key: bytes, content: bytes, expected: str) -> bool:
    return hmac.compare_digest(hmac.digest(key, content, "sha256").hex(), expected)


def _mismatch(detail: str) -> RefusedError:
    return RefusedError("replay-mismatch", detail)
