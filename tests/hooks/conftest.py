from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import LOCAL


def running(folder, **settings) -> TestClient:
    """A service of its own; its clock stands at the day that the tests are about."""
    app = create_app(Settings(**{"IVIG_DATA_DIR": folder, "IVIG_AUDIT": "required", **settings}))
    app.state.context = replace(app.state.context, today=lambda: date(2026, 11, 25))
    return TestClient(app, LOCAL, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Iterator[TestClient]:
    """A running service without a public address."""
    with running(tmp_path_factory.mktemp("hooks")) as client:
        yield client


@pytest.fixture
def start(tmp_path) -> Iterator:
    """Start a service with settings of its own."""
    started = []

    def make(**settings) -> TestClient:
        started.append(running(tmp_path / str(len(started)), **settings))
        return started[-1].__enter__()

    yield make
    for client in started:
        client.__exit__(None, None, None)
