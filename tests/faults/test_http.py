"""FAULTS group C: HTTP, as far as an application can see it. What only a socket shows is in test_sockets.

C7 (Host, Origin) and C8 (CORS) belong to the tests of who may call.
"""

import json

import pytest

from app.web import body as body_module
from app.web.examples import SPARSE
from tests.faults.conftest import CANARIES, problem

CANARY = CANARIES[0]
ASSESSMENTS = "/v1/assessments"


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/assessments/", f"/v1/rules/x/{CANARY}", "/V1/rules"])
def test_c1_an_unknown_path(call, path):
    problem(call("GET", path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "offered"),
    [
        ("DELETE", ASSESSMENTS, {"POST"}),
        ("GET", ASSESSMENTS, {"POST"}),
        ("POST", "/v1/rules", {"GET"}),
        ("PUT", "/readyz", {"GET"}),
        ("POST", "/docs", {"GET"}),
        ("POST", "/openapi.json", {"GET", "HEAD"}),
        ("POST", "/docs/assets/swagger-ui.css", {"GET", "HEAD"}),
    ],
)
def test_c2_a_wrong_method_names_all_that_are_offered(call, method, path, offered):
    response = call(method, path)
    problem(response, 405, "method-not-allowed")
    assert set(response.headers["allow"].split(", ")) == offered


def test_c2_two_routes_of_one_path_are_both_named():
    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from app.web import problems

    app = FastAPI()
    problems.install(app)
    app.get("/thing/{name}")(lambda: None)
    app.delete("/thing/{name}")(lambda: None)
    assert TestClient(app).put("/thing/x").headers["allow"] == "GET, DELETE"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", CANARY, "PROPFIND", "get"])
def test_c3_a_method_of_others(call, method):
    problem(call(method, ASSESSMENTS), 405, "method-not-allowed")


def test_c4_a_long_header(call):
    problem(call("GET", "/v1/rules", headers={"x-long": CANARY * 4_000}), 431, "headers-too-large")
    assert call("GET", "/v1/rules", headers={"x-long": "x" * 30_000}).status_code == 200


def test_c4_many_headers(call):
    many = {f"x-{CANARY}-{number}": "1" for number in range(101)}
    problem(call("GET", "/v1/rules", headers=many), 431, "headers-too-large")
    assert call("GET", "/v1/rules", headers=dict([*many.items()][:80])).status_code == 200


def test_c4_a_long_address(call):
    problem(call("GET", f"/v1/rules?text={CANARY * 6_000}"), 414, "address-too-long")
    problem(call("GET", "/v1/rules/" + "a" * 8_000), 422, "invalid-input")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-forwarded-for", "10.0.0.1, ZEBRA7391"),
        ("x-request-id", CANARY),
        ("x-request-id", "a" * 10_240 + CANARY),
        ("x-request-id", "ZEBRA7391-\u00e9".encode()),
        ("traceparent", f"00-{CANARY}"),
        ("user-agent", CANARY),
        ("referer", f"http://{CANARY}/"),
    ],
)
def test_c9_the_request_is_named_by_the_service(call, name, value):
    response = call("POST", ASSESSMENTS, json=SPARSE, headers={name: value})
    assert response.status_code == 200
    assert len(response.headers["x-request-id"]) == 36


@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=9999", "limit=-1", "limit=0", "limit=201", "offset=-1", f"offset={10**18}", "limit=%00", "limit="],
)
def test_c10_parameters_are_taken_once_and_within_their_bounds(call, query):
    problem(call("GET", f"/v1/rules?{query}"), 422, "invalid-input")


def test_c10_a_parameter_that_does_not_exist_is_refused_and_not_repeated(call):
    problem(call("GET", f"/v1/rules?{CANARY}=7391"), 422, "invalid-input")
    problem(call("POST", f"{ASSESSMENTS}?explain={CANARY}", json=SPARSE), 422, "invalid-input")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/%2e%2e%2fetc/passwd",
        "/docs/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/docs/assets/%2e%2e/%2e%2e/METADATA",
        "//v1/rules",
        "/v1//rules",
        "/v1/rules;x=1",
        "/v1/rules%00",
        "/docs/assets/%00",
        "/docs/assets/" + "a" * 5_000,
    ],
)
def test_c11_tricks_with_paths_find_nothing(call, path):
    problem(call("GET", path), 404)


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", f"{CANARY}/*;q=nan", ";;;,,,", "*/*;q=" + "9" * 400]
)
def test_c12_the_answer_is_json_whatever_is_accepted(call, accept):
    response = call("POST", ASSESSMENTS, json=SPARSE, headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"if-match": f'"{CANARY}"'},
        {"if-none-match": "*"},
        {"if-modified-since": "Wed, 25 Nov 2026 00:00:00 GMT"},
        {"range": "bytes=0-10"},
        {"expect": "nonsense"},
        {"upgrade": "h2c", "connection": "upgrade"},
    ],
)
def test_c14_conditions_that_say_nothing_here_change_nothing(call, headers):
    # C13 (stale If-Match, 412) belongs to editing, which this interface does not offer.
    response = call("POST", ASSESSMENTS, json=SPARSE, headers=headers)
    assert response.status_code == 200
    assert response.json()["as_of"]


@pytest.mark.parametrize("span", ["bytes=0-10", "bytes=-1", "bytes=9-1", "bytes=x", f"{CANARY}=0-", "bytes=0-1," * 99])
def test_c14_ranges_of_a_docs_file(call, span):
    assert call("GET", "/docs/assets/swagger-ui.css", headers={"range": span}).status_code < 500


@pytest.mark.parametrize("length", ["\u00b2", "1e3", "-1", "+2", "9" * 5_000, " 2", "0x2"])
def test_a18_a_length_that_is_no_number(call, length):
    headers = {"content-type": "application/json", "content-length": length.encode("latin-1")}
    problem(call("POST", ASSESSMENTS, content=b"{}", headers=headers), 413, "too-large")


async def _late(_request):
    """A body that stops after its first line."""
    import asyncio

    yield json.dumps(SPARSE).encode() + b"\n"
    await asyncio.sleep(60)


def test_c6_a_batch_that_stops_arriving_ends_with_an_error_line(call, monkeypatch):
    from starlette.requests import Request

    monkeypatch.setattr(body_module, "DEADLINE_SECONDS", 0.2)
    monkeypatch.setattr(Request, "stream", _late)
    response = call("POST", f"{ASSESSMENTS}/batch", content=b"", headers={"content-type": "application/x-ndjson"})
    first, last = map(json.loads, response.text.splitlines())
    assert first["assessment"]["as_of"]
    assert last["problem"]["status"] == 408


def test_c6_a_body_that_stops_arriving_times_out(call, monkeypatch):
    from starlette.requests import Request

    monkeypatch.setattr(body_module, "DEADLINE_SECONDS", 0.2)
    monkeypatch.setattr(Request, "stream", _late)
    problem(call("POST", ASSESSMENTS, content=b"", headers={"content-type": "application/json"}), 408, "timeout")
