"""The case log: nothing without being asked for, nothing anywhere but in its table, gone in time, and never in an answer's way."""

import asyncio
import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.cli import main
from app.errors import StorageError
from app.main import create_app
from app.services import cases as cases_module
from app.services.cases import CaseLog
from app.settings import Settings
from app.store.cases import CaseStore
from app.store.database import Database
from app.web.examples import SPARSE
from tests.conftest import LOCAL
from tests.faults.conftest import FILE, bytes_of
from tests.faults.test_storage_service import answered, away, unavailable, wait_for
from tests.hooks.charts import CONTEXT, losses, patient
from tests.hooks.ehr import Ehr
from tests.store.test_audit import entry
from tests.store.test_cases import case

CANARY, TOKEN = "ZEBRA7391", "TOKEN7391"
HISTORY = {**SPARSE, "conditions": [{"code": "diabetes", "status": "present", "details": CANARY}]}
CHART = [patient(name=[{"family": CANARY}]), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]


@contextmanager
def running(folder: Path, log: str = "on", **more):
    settings = Settings(IVIG_DATA_DIR=folder, IVIG_AUDIT="required", IVIG_CASE_LOG=log, IVIG_METRICS=True, **more)
    with TestClient(create_app(settings), LOCAL, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def opened(folder: Path):
    database = Database(f"sqlite:///{folder / FILE}")
    yield database
    database.close()


def kept(folder: Path) -> list[tuple[str, str, str]]:
    """Door, request and answer of every case."""
    with opened(folder) as database, database.reading() as connection:
        rows = connection.execute(text("SELECT door, request, answer FROM case_record ORDER BY kept_at")).all()
    return [(door, request, answer) for door, request, answer in rows]


def ask_everywhere(client) -> list[str]:
    """The same patient through every door; what was answered."""
    native = client.post("/v1/assessments", content=json.dumps(HISTORY), headers={"content-type": "application/json"})
    lines = client.post(
        "/v1/assessments/batch", content=json.dumps(HISTORY), headers={"content-type": "application/x-ndjson"}
    )
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in CHART]}
    fhir = client.post("/fhir/$assess-ivig", json=bundle)
    access = {"access_token": TOKEN, "token_type": "Bearer"}
    hooks = Ehr(client, CHART).fire(
        "ivig-patient-view", CONTEXT, fhirServer="https://ehr.example", fhirAuthorization=access
    )
    assert [item.status_code for item in (native, lines, fhir, hooks)] == [200] * 4
    return [item.text for item in (native, lines, fhir, hooks)]


def test_without_being_asked_for_nothing_is_kept(folder):
    with running(folder, "off") as client:
        ask_everywhere(client)
    assert kept(folder) == []
    assert CANARY not in bytes_of(str(folder))


def test_every_door_keeps_what_was_asked_and_answered_and_no_token(folder, capfd, heard, written):
    with running(folder) as client:
        native, line, fhir, hooks = ask_everywhere(client)
        metrics, ready = client.get("/metrics").text, client.get("/readyz").text
        assert "ivig_cases_lost_total 0" in metrics
    found = kept(folder)
    assert [door for door, _, _ in found] == ["native", "native", "fhir", "hooks"]
    assert all(CANARY in request for _, request, _ in found)
    assert [found[0][1:], found[2][2], found[3][2]] == [(json.dumps(HISTORY), native), fhir, hooks]
    assert json.loads(found[1][2]) == json.loads(line)["assessment"]
    call = json.loads(found[3][1])
    assert (call["hook"], call["fhirServer"], "fhirAuthorization" in call) == (
        "patient-view",
        "https://ehr.example",
        False,
    )
    said = heard.getvalue() + written.getvalue() + "".join(capfd.readouterr()) + metrics + ready
    assert CANARY not in said
    assert TOKEN not in said + bytes_of(str(folder))


def test_the_case_of_an_answer_has_the_id_of_its_audit_record(folder):
    with running(folder) as client:
        identifier = client.post("/v1/assessments", json=HISTORY).json()["id"]
    with opened(folder) as database, database.reading() as connection:
        rows = connection.execute(
            text("SELECT c.id FROM case_record c JOIN assessment_record a ON a.id = c.id")
        ).scalars()
        assert list(rows) == [identifier]


def test_a_log_that_cannot_be_written_costs_the_copy_and_is_said(folder, heard):
    with running(folder) as client, opened(folder) as other:
        before = answered(client)
        with other.writing() as connection:
            connection.execute(text("ALTER TABLE case_record RENAME TO elsewhere"))
        assert answered(client) == before
        wait_for(lambda: "ivig_cases_lost_total 1" in client.get("/metrics").text)
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["storage"]) == (200, "degraded")
        assert answered(client) == before
        wait_for(lambda: "ivig_cases_lost_total 2" in client.get("/metrics").text)
        with other.writing() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO case_record"))
        assert answered(client) == before
        wait_for(lambda: client.get("/readyz").json()["storage"] == "ok")
        assert "ivig_cases_lost_total 2" in client.get("/metrics").text
    assert heard.getvalue().count("cases are not kept") == 1
    assert len(kept(folder)) == 2


def test_an_answer_that_is_not_given_is_not_kept(folder):
    with running(folder) as client, opened(folder) as other, away(other):
        unavailable(client.post("/v1/assessments", json=HISTORY))
        assert client.post("/v1/assessments", json={"patient": {"age_years": "x"}}).status_code == 422
    assert kept(folder) == []


@pytest.mark.parametrize("log", ["on", "off"])
def test_a_server_forgets_by_itself_whether_it_still_keeps_or_not(folder, log):
    now = datetime.now(UTC)
    with opened(folder) as database:
        old = [case(number, now - timedelta(days=7, minutes=1), request=CANARY * 500) for number in range(3)]
        CaseStore(database).add([*old, case(9, now - timedelta(days=6, hours=23))])
    assert CANARY in bytes_of(str(folder))
    with running(folder, log, IVIG_CASE_LOG_DAYS=7):
        wait_for(lambda: len(kept(folder)) == 1)
        wait_for(lambda: CANARY not in bytes_of(str(folder)))


def test_forgetting_that_fails_is_said_and_goes_on(heard):
    class Broken:
        calls = 0

        def any_before(self, _moment: datetime) -> bool:
            self.calls += 1
            raise StorageError("the disk is gone")

    store = Broken()

    async def watching() -> None:
        await asyncio.wait_for(CaseLog(store).keep_forgetting(0.01), 0.2)

    with pytest.raises(TimeoutError):
        asyncio.run(watching())
    assert store.calls > 1
    assert "kept for longer than they should be: the disk is gone" in heard.getvalue()


class Slow:
    """A store that takes its time, or fails, and remembers what it was given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.kept: list[str] = []

    def add(self, cases) -> None:
        if self.error is not None:
            raise self.error
        self.kept += [item.request for item in cases]


def handed_over(log: CaseLog, *requests: bytes, door: str = "native") -> None:
    async def run() -> None:
        for request in requests:
            log.keep(door, entry("a"), request, b"{}")
        await log.settle()

    asyncio.run(run())


def test_what_waits_is_bounded_and_what_is_lost_is_counted(monkeypatch):
    monkeypatch.setattr(cases_module, "MOST_WAITING", 100)
    store = Slow()
    log = CaseLog(store, on=True)
    handed_over(log, b"x" * 49, b"y" * 47, b"z")
    assert (len(store.kept), log.lost, log.trouble) == (2, 1, None)  # what was written since took the trouble away
    handed_over(log, b"x" * 98)
    assert (len(store.kept), log.lost) == (3, 1)
    handed_over(log, b"x" * 99)
    assert (len(store.kept), log.lost, log.trouble) == (3, 2, "too many wait to be written")


@pytest.mark.parametrize("error", [StorageError("the disk is gone"), ValueError(CANARY), RuntimeError(CANARY)])
def test_whatever_goes_wrong_in_the_log_stays_in_the_log(error, heard):
    log = CaseLog(Slow(error), on=True)
    handed_over(log, b"{}", b"{}")
    assert log.lost == 2
    assert log.trouble == (str(error) if isinstance(error, StorageError) else type(error).__name__)
    assert CANARY not in heard.getvalue()


@pytest.mark.parametrize(("door", "request_"), [("native", b"\xff"), ("hooks", b"no json"), ("hooks", b"[]1")])
def test_what_cannot_be_copied_is_counted(door, request_):
    store = Slow()
    log = CaseLog(store, on=True)
    log.keep(door, entry("a"), request_, b"{}")
    assert (log.lost, store.kept) == (1, [])


def test_a_call_keeps_its_numbers_when_it_loses_its_token():
    store = Slow()
    log = CaseLog(store, on=True)
    handed_over(
        log,
        b'{"a": 1.50000000000000000001, "fhirAuthorization": {"access_token": "t"}}',
        b'{ "a": 0.10 }',
        door="hooks",
    )
    assert store.kept == ['{"a":1.50000000000000000001}', '{ "a": 0.10 }']


def command(monkeypatch, capsys, folder: Path, *words: str) -> tuple[int, str, str]:
    monkeypatch.setenv("IVIG_DATA_DIR", str(folder))
    monkeypatch.setattr("sys.argv", ["ivig-cds", "cases", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_the_purge_command_forgets_while_a_server_runs(folder, monkeypatch, capsys):
    with running(folder) as client:
        for _ in range(3):
            assert client.post("/v1/assessments", json=HISTORY).status_code == 200
        wait_for(lambda: len(kept(folder)) == 3)
        assert command(monkeypatch, capsys, folder, "purge")[1].endswith(": 0 cases\n")
        code, out, _ = command(monkeypatch, capsys, folder, "purge", "--days", "0")
        assert (code, out.endswith(": 3 cases\n")) == (0, True)
        assert kept(folder) == []
        assert CANARY not in bytes_of(str(folder))
        assert answered(client)


def test_one_case_is_shown_and_one_that_is_not_there_is_not(folder, monkeypatch, capsys):
    with running(folder) as client:
        answer = client.post("/v1/assessments", json=HISTORY).json()
    code, out, _ = command(monkeypatch, capsys, folder, "show", answer["id"])
    shown = json.loads(out)
    assert (code, shown["id"], shown["door"]) == (0, answer["id"], "native")
    assert (shown["request"], shown["answer"]) == (HISTORY, answer)
    code, out, err = command(monkeypatch, capsys, folder, "show", "00000000-0000-4000-8000-000000000001")
    assert (code, out, err) == (78, "", "ivig-cds: no case of that id is kept\n")
