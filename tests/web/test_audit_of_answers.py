"""Every answer about a patient leaves its record: what-if, plans, calculators and classifications as assessments do."""

import hmac
from contextlib import contextmanager
from dataclasses import replace
from time import sleep

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.main import create_app
from app.services.recorder import AuditRecorder, chain_of
from app.settings import Settings
from app.store.chain import verify
from app.web.examples import RECURRENT_LOSS
from app.web.plan_examples import ORDERS
from app.web.problems import PREFIX
from tests.conftest import LOCAL
from tests.web.calculator_calls import kidney

ORDER = next(iter(ORDERS.values()))["value"]
CALLS = {
    "what-if": ("/v1/assessments/what-if", RECURRENT_LOSS),
    "plan:given": ("/v1/infusion-plans", ORDER),
    "plan:refused": ("/v1/infusion-plans", {}),
    "calculator:ckd-epi-2021": ("/v1/calculators/ckd-epi-2021", kidney()),
    "calculator:hellp": ("/v1/calculators/hellp", {}),
}
CANARY = 61.37


MODES = {"required": 503, "best-effort": 200, "off": 200}
"""What a caller gets while the trail cannot be written."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def client(folder):
    settings = Settings(IVIG_DATA_DIR=folder, IVIG_AUDIT="required")
    with TestClient(create_app(settings), LOCAL, headers={"Accept": "application/json"}) as running:
        yield running


def database(client):
    return client.app.state.context.stores.database


def newest(client) -> dict:
    with database(client).reading() as connection:
        return dict(
            connection.execute(text("SELECT * FROM assessment_record ORDER BY seq DESC LIMIT 1")).mappings().one()
        )


def number(client) -> int:
    with database(client).reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM assessment_record")).scalar_one())


def whole(client, folder) -> bool:
    return verify(database(client), chain_of(folder, client.app.state.context.hash_key)).first_bad is None


def keyed(client, content: bytes) -> str:
    return hmac.digest(client.app.state.context.hash_key, content, "sha256").hex()


@pytest.mark.parametrize("kind", CALLS)
def test_the_record_is_there_when_the_answer_is(client, folder, kind):
    path, body = CALLS[kind]
    before = number(client)
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    assert number(client) == before + 1
    row = newest(client)
    assert row["finding_ids"].startswith(f'["{kind}"')
    assert row["request_hash"] == keyed(client, answer.request.content)
    assert row["answer_hash"] == keyed(client, answer.content)
    assert row["rule_set_version"] == answer.headers["rule-set"]
    assert len(row["id"]) == 36
    assert whole(client, folder)


def test_the_chart_of_a_plan_is_recorded_as_it_was_sent(client):
    answer = client.post("/v1/infusion-plans", json=ORDER, headers={"Accept": "image/svg+xml"})
    assert newest(client)["answer_hash"] == keyed(client, answer.content)


def test_no_value_is_in_a_record(client):
    body = {**kidney(), "weight_kg": CANARY, "weight_basis": "actual"}
    assert client.post("/v1/calculators/cockcroft-gault", json=body).status_code == 200
    row = newest(client)
    assert row["finding_ids"].startswith('["calculator:cockcroft-gault"')
    assert str(CANARY) not in str(row)


def test_a_refused_request_leaves_none(client):
    before = number(client)
    assert client.post("/v1/calculators/hellp", json={"nonsense": 1}).status_code == 422
    assert number(client) == before


@contextmanager
def recording(client, recorder):
    """Answers are recorded by another recorder."""
    state = client.app.state
    before, state.context = state.context, replace(state.context, recorder=recorder)
    try:
        yield
    finally:
        state.context = before
        recorder.close()


@contextmanager
def away(client):
    """The trail cannot be written."""
    with database(client).writing() as connection:
        connection.execute(text("ALTER TABLE assessment_record RENAME TO elsewhere"))
    yield
    with database(client).writing() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO assessment_record"))


@pytest.mark.parametrize("mode", MODES)
def test_what_a_trail_that_cannot_be_written_does(client, folder, mode):
    chain = chain_of(folder, client.app.state.context.hash_key)
    before = number(client)
    with recording(client, AuditRecorder(database(client), mode, chain)):
        with away(client):
            for path, body in CALLS.values():
                answer = client.post(path, json=body)
                assert answer.status_code == MODES[mode]
                assert answer.status_code == 200 or answer.json()["type"] == PREFIX + "storage-unavailable"
            sleep(0.2)
        client.post("/v1/calculators/hellp", json={})
    # Best effort keeps them until the table is there again; required withheld the answers; off keeps nothing.
    assert number(client) - before == {"required": 1, "best-effort": len(CALLS) + 1, "off": 0}[mode]
    assert whole(client, folder)


def test_z_a_trail_that_was_tampered_with_is_found(client, folder):
    for path, body in CALLS.values():
        client.post(path, json=body)
    assert whole(client, folder)
    with database(client).writing() as connection:
        connection.execute(text("DROP TRIGGER assessment_record_is_final_update"))
        changed = (
            """UPDATE assessment_record SET finding_ids = '["plan:given"]' WHERE finding_ids LIKE '["plan:refused"%'"""
        )
        connection.execute(text(changed))
    assert not whole(client, folder)
