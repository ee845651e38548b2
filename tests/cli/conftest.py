import pytest

from tests.databases import cluster, database, empty, postgres_url, url
from tests.folders import knowledge, no_derivations

__all__ = ["cluster", "database", "empty", "knowledge", "no_derivations", "postgres_url", "url"]


@pytest.fixture(autouse=True)
def site(monkeypatch, tmp_path):
    """A data folder of each test's own: a command that opens the database makes the audit key beside it."""
    monkeypatch.setenv("IVIG_DATA_DIR", str(tmp_path / "site"))
