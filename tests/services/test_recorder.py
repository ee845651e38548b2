import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.errors import StorageError
from app.services.record import AuditEntry
from app.services.recorder import AuditRecorder, chain_of

ENTRY = AuditEntry(
    "id", datetime(2026, 11, 25, tzinfo=UTC), "1.0.0", "0" * 64, "0.1.0", None, "0" * 64, "0" * 64, ("a",)
)


def stored(database) -> int:
    with database.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM assessment_record")).scalar_one()


def test_required_waits_until_it_is_written(database, tmp_path):
    recorder = AuditRecorder(database, "required", chain_of(tmp_path, b"k" * 32))
    asyncio.run(recorder.record(ENTRY))
    assert stored(database) == 1
    recorder.close()


def test_required_fails_with_the_record(database, tmp_path):
    recorder = AuditRecorder(database, "required", chain_of(tmp_path, b"k" * 32))
    asyncio.run(recorder.record(ENTRY))
    with pytest.raises(StorageError):
        asyncio.run(recorder.record(ENTRY))
    assert recorder.lost == 1
    recorder.close()


def test_best_effort_answers_and_counts_what_was_lost(database, tmp_path):
    recorder = AuditRecorder(database, "best-effort", chain_of(tmp_path, b"k" * 32))
    for _ in range(3):
        asyncio.run(recorder.record(ENTRY))
    recorder.close()
    assert (stored(database), recorder.lost) == (1, 2)


def test_off_writes_nothing(database, tmp_path):
    recorder = AuditRecorder(database, "off", chain_of(tmp_path, b"k" * 32))
    asyncio.run(recorder.record(ENTRY))
    recorder.close()
    assert (stored(database), recorder.lost) == (0, 0)
