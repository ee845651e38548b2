"""FAULTS group J, privacy, and those rows of group F, injection, that apply: this service writes no CSV; F7 is in test_rule_sets."""

import io
import json
import logging
import logging.config
import os
import re
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import StorageError
from app.main import TELEMETRY, create_app
from app.settings import Settings
from app.store.database import Database
from app.web.examples import HISTORIES, RECURRENT_LOSS, SPARSE
from app.web.logs import FIELDS, JsonLines, configuration
from app.web.metrics import Metrics
from tests.faults.conftest import CANARIES, kept, problem

CANARY = CANARIES[0]
ASSESSMENTS = "/v1/assessments"


def test_the_sweep_finds_what_it_looks_for(client, heard, written):
    """The control: what is in a log, in the audit table or in the data folder would be seen."""
    logging.getLogger("app.control").debug("said %s", "marker-1234")
    logging.getLogger("another.library").debug("said %s", "marker-5678")
    assert "marker-1234" in heard.getvalue()
    assert "marker-5678" in heard.getvalue()
    assert "marker-1234" in written.getvalue()
    identifier = client.post(ASSESSMENTS, json=SPARSE).json()["id"]
    assert kept(client).count(identifier) >= 2
    assert "SQLite format 3" in kept(client)


EVERYWHERE = {
    "free text": {"conditions": [{"code": "diabetes", "status": "present", "details": CANARY}]},
    "code": {"medications": [{"code": CANARY.lower(), "status": "active"}]},
    "key": {CANARY: {CANARY: [CANARY]}},
    "date": {"as_of": CANARY},
    "number": {"patient": {"age_years": 7391}},
    "unit": {"laboratory": [{"test": "platelets", "value": 150, "unit": CANARY}]},
}


@pytest.mark.parametrize("sent", EVERYWHERE.values(), ids=EVERYWHERE)
def test_j1_what_was_sent_is_in_no_log(ask, written, sent):
    ask({**SPARSE, **sent})
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    requests = [line for line in lines if line["logger"] == "ivig_cds.request"]
    assert requests
    assert all(line.keys() <= FIELDS | {"at", "level", "logger", "event"} for line in lines)
    assert requests[-1]["route"] == ASSESSMENTS


@pytest.mark.parametrize("path", [f"/v1/rules/{CANARY.lower()}", f"/{CANARY}", f"/v1/rules?text={CANARY}"])
def test_j1_paths_and_queries_are_in_no_log(call, written, path):
    call("GET", path)
    last = json.loads(written.getvalue().splitlines()[-1])
    assert last["route"] in {"/v1/rules/{rule_id}", "/v1/rules", "unmatched"}


def test_j1_the_access_log_of_the_server_is_off():
    found = configuration("debug")["loggers"]["uvicorn.access"]
    assert found == {"level": "CRITICAL", "handlers": [], "propagate": False}


@pytest.fixture
def configured():
    """The service's own logging, as the server sets it up; gives what it writes."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.config.dictConfig(configuration("debug"))
    (handler,) = root.handlers
    assert handler.setStream(io.StringIO()) is sys.stdout
    yield handler.stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in configuration("debug")["loggers"]:
        logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger(name).propagate = True


def test_j1_other_libraries_words_are_left_out(configured):
    logging.getLogger("sqlalchemy.engine").error(f"INSERT {CANARY}")  # noqa: G004 - other libraries do
    logging.getLogger("asyncio").error("%s", CANARY)
    logging.getLogger("uvicorn.error").error("bad %s", CANARY)
    said = [json.loads(line) for line in configured.getvalue().splitlines()]
    assert [line["logger"] for line in said] == ["sqlalchemy.engine", "asyncio", "uvicorn.error"]
    assert CANARY not in str(said)


def test_j2_a_failure_is_logged_by_kind_and_place_only(configured):
    try:
        int(CANARY)
    except ValueError:
        logging.getLogger("app.anything").exception("failed")
    line = json.loads(configured.getvalue())
    assert (line["error"], CANARY in configured.getvalue()) == ("ValueError", False)
    assert Path(line["place"].rpartition(":")[0]).name == "test_privacy.py"


def test_j2_a_fault_of_ours_answers_500_without_its_words(call, client, monkeypatch, written):
    def broken(*_args, **_named):
        raise KeyError(CANARY)

    monkeypatch.setattr("app.web.answers.assess", broken)
    response = client.post(ASSESSMENTS, json=RECURRENT_LOSS)
    problem(response, 500, "internal")
    assert CANARY not in response.text + written.getvalue()
    fault = next(line for line in map(json.loads, written.getvalue().splitlines()) if line["level"] == "error")
    assert (fault["error"], fault["request_id"]) == ("KeyError", response.headers["x-request-id"])


def test_j2_a_database_error_holds_no_value(tmp_path, caplog):
    caplog.set_level("DEBUG")
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with pytest.raises(StorageError) as caught, database.reading() as connection:
        connection.execute(text("SELECT * FROM nothing WHERE a = :a"), {"a": CANARY})
    chain = str(caught.value) + repr(caught.value.__cause__) + str(caught.value.__cause__)
    assert CANARY not in chain + caplog.text
    database.close()


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A service that offers its metrics."""
    from starlette.testclient import TestClient

    settings = Settings(IVIG_DATA_DIR=tmp_path_factory.mktemp("metrics"), IVIG_METRICS=True, IVIG_AUDIT="off")
    with TestClient(create_app(settings), "http://127.0.0.1", raise_server_exceptions=False) as running:
        yield running


def series(client) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_j3_metrics_count_and_hold_no_value(measured):
    before = series(measured)
    sent = {**SPARSE, "medications": [{"code": CANARY.lower(), "status": "active"}]}
    assert measured.post(ASSESSMENTS, json=sent).status_code == 200
    measured.post(ASSESSMENTS, json={CANARY: 1})
    for path in (f"/{CANARY}", f"/v1/rules/{CANARY.lower()}", f"/v1/rules?text={CANARY}"):
        measured.get(path)
    measured.request(CANARY, "/v1/rules")
    after = series(measured)
    grown = {name: value - before.get(name, 0) for name, value in after.items() if "seconds" not in name}
    assert grown['ivig_requests_total{route="/v1/assessments",method="POST",status="200"}'] == 1
    assert grown['ivig_requests_total{route="/v1/assessments",method="POST",status="422"}'] == 1
    assert grown['ivig_requests_total{route="unmatched",method="GET",status="404"}'] == 1
    assert grown['ivig_requests_total{route="/v1/rules",method="other",status="405"}'] == 1
    assert grown['ivig_codes_not_understood_total{place="/medications/*/code",version="1.0.0"}'] == 1
    assert after["ivig_requests_in_flight"] == 0
    assert after["ivig_audit_lost_total"] == 0
    assert CANARY.lower() not in str(after).lower()


def test_j3_labels_are_bounded(measured):
    for number in range(300):
        measured.get(f"/{number}")
        measured.get(f"/v1/rules/r-{number}")
    # Beside these there is one for each rule that ever fired.
    assert len([name for name in series(measured) if "ivig_rule_fired_total" not in name]) < 400


def test_j3_the_histogram_adds_up():
    metrics = Metrics()
    for seconds in (0.0005, 0.001, 0.0011, 3, 60):
        metrics.request("/x", "GET", 200, seconds)
    lines = metrics.text({}, {}, "1.0.0").splitlines()
    ends = {re.search('le="([^"]+)"', line)[1]: int(line.split()[-1]) for line in lines if "_bucket" in line}
    assert (ends["0.001"], ends["0.0025"], ends["2.5"], ends["10.0"], ends["+Inf"]) == (2, 3, 3, 4, 5)
    assert 'ivig_request_seconds_count{route="/x"} 5' in lines
    assert 'ivig_request_seconds_sum{route="/x"} 63.002600' in lines


def test_j3_metrics_are_off_unless_asked_for(call):
    problem(call("GET", "/metrics"), 404, "not-found")


def test_j4_telemetry_is_off(client):
    assert not any(TELEMETRY.values())
    from opentelemetry import metrics, trace

    # The interface without an implementation behind it: nothing is recorded, nothing is sent.
    assert type(trace.get_tracer_provider()).__name__ == "ProxyTracerProvider"
    assert "SDK" not in type(metrics.get_meter_provider()).__name__.upper()


def test_j5_core_dumps_are_the_sites_to_switch_off():
    page = (Path(__file__).parents[2] / "docs" / "threat-model.md").read_text(encoding="utf-8")
    assert "LimitCORE=0" in page
    assert "swap" in page


def test_j6_the_audit_record_holds_keyed_digests_only(call, client):
    history = {**RECURRENT_LOSS, "conditions": [{"code": "diabetes", "status": "present", "details": CANARY}]}
    assert call("POST", ASSESSMENTS, json=history).status_code == 200
    database = client.app.state.context.published.__self__.database
    with database.reading() as connection:
        row = connection.execute(text("SELECT * FROM assessment_record ORDER BY seq DESC LIMIT 1")).mappings().one()
    assert len(row["request_hash"]) == len(row["answer_hash"]) == 64
    import hashlib

    assert row["request_hash"] != hashlib.sha256(json.dumps(history).encode()).hexdigest()


def test_j7_examples_name_nobody(client):
    document = client.get("/openapi.json").text
    assert not re.search(r'"(given|family|mrn|nhs_number|ssn|address|phone|email)":\s*"[^"]', document)
    assert all("birth_date" not in str(example["value"]) for example in HISTORIES.values())


def test_j8_no_file_is_left_behind(ask, tmp_path, monkeypatch, client):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder = Path(client.app.state.context.published.__self__.database.url.database).parent
    before = {path.name for path in folder.iterdir()}
    ask({**RECURRENT_LOSS, "conditions": [{"code": "diabetes", "status": "present", "details": CANARY * 20}]})
    ask(b" " * 900_000 + b"{}")
    assert {path.name for path in folder.iterdir()} == before
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names are enough


def test_f4_the_docs_pages_hold_no_data(call):
    for path in ("/docs", "/redoc"):
        page = call("GET", f"{path}?url=https://{CANARY}/x.json" if path == "/docs" else path)
        assert page.status_code in {200, 422}
    page = call("GET", "/docs").text
    assert page.count("<script") == page.count("</script>") == 2
    assert "<script>" not in page


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_f4_the_policy_of_the_docs_pages(call, path):
    response = call("GET", path)
    policy = dict(part.strip().partition(" ")[::2] for part in response.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'",) * 3
    assert not re.search(r"""\son\w+=|javascript:|<style""", response.text)


@pytest.mark.parametrize("path", ["/livez", "/v1/rules", "/nothing", "/docs/start.js", "/docs/assets/swagger-ui.css"])
def test_every_answer_carries_the_headers(call, path):
    headers = call("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "server" not in headers


NASTY = ["a\r\nb", "\x1b[31mred", '{"level":"error"}', "x" * 1_000_000, "\u202eright", "\u2028line", '"', "\\", "\0"]


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_f5_a_log_line_is_one_line(value):
    record = logging.LogRecord("ivig_cds", logging.WARNING, "f.py", 1, "said %s", (value,), None)
    record.fields = {"route": value[:50], "unknown": CANARY, "status": Decimal(1)}
    line = JsonLines().format(record)
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert not re.search(r"[\x00-\x1f\x7f]", line)
    assert len(line) < 10_000
    found = json.loads(line)
    assert (found["level"], "unknown" in found) == ("warning", False)


def test_f6_no_header_of_the_request_comes_back(call):
    sent = {f"x-{CANARY}": CANARY, "origin": f"https://{CANARY}", "cookie": CANARY, "accept-language": CANARY}
    # Without credentials a page of another site is turned away; nothing it sent comes back either way.
    assert call("POST", ASSESSMENTS, json=SPARSE, headers=sent).status_code == 403
    del sent["origin"]
    assert call("POST", ASSESSMENTS, json=SPARSE, headers=sent).status_code == 200
