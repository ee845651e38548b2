from collections.abc import Iterator
from datetime import date

import pytest

from app.clinical.ruleset import RuleSet
from app.services.active import bundled

TODAY = date(2026, 11, 25)
LOCAL = "http://127.0.0.1"
"""A service without credentials answers under the names of this machine only."""


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    """The bundled rule set, compiled once for each worker."""
    return bundled()


@pytest.fixture(scope="session")
def client(tmp_path_factory) -> Iterator:
    """A running service with its own database."""
    from starlette.testclient import TestClient

    from app.main import create_app
    from app.settings import Settings

    folder = tmp_path_factory.mktemp("data")
    settings = Settings(IVIG_DATA_DIR=folder, IVIG_AUDIT="required")
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as running:
        yield running
