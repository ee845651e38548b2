import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import StorageError
from app.store.folder import KEY_BYTES, audit_key, lock_folder


def test_one_server_has_the_folder(tmp_path):
    script = f"""
from pathlib import Path
from app.store.folder import lock_folder
with lock_folder(Path({str(tmp_path)!r})):
    pass
"""
    with lock_folder(tmp_path):
        second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert "another server already runs" in second.stderr
        with pytest.raises(StorageError, match="another server"):
            lock_folder(tmp_path)
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        lock_folder(tmp_path / "file")
    with pytest.raises(StorageError):
        audit_key(tmp_path / "file" / "audit.key")


def test_the_key_is_made_once_and_for_the_service_alone(tmp_path):
    path = tmp_path / "new" / "audit.key"
    key = audit_key(path)
    assert len(key) == KEY_BYTES
    assert audit_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["audit.key"]
    assert audit_key(tmp_path / "other.key") != key


def test_a_race_has_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: audit_key(tmp_path / "audit.key"), range(8)))) == 1


def test_a_short_key_is_refused(tmp_path):
    (tmp_path / "audit.key").write_bytes(b"short")
    with pytest.raises(StorageError, match="no audit key"):
        audit_key(tmp_path / "audit.key")
