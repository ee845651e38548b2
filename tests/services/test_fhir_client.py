"""E11, E12: nothing outside the list is dialled, and a server that misbehaves leaves a key missing."""

import asyncio
import json
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import httpx2
import pytest

from app.services.fhir_client import MOST_BYTES, FhirClient, filled
from app.services.outbound import Outbound

SERVER = "https://ehr.example.org/fhir"
ALLOWED = frozenset({SERVER})
TEMPLATES = {"patient": "Patient/{{context.patientId}}", "labs": "Observation?patient={{context.patientId}}&code=a|b"}
TOKENS = {"context.patientId": "p1"}
SECRET = "token-zebra-7391"
PATIENT = {"resourceType": "Patient", "id": "p1"}
FHIR = {"content-type": "application/fhir+json; charset=utf-8"}


class Pieces(httpx2.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __aiter__(self):
        for start in range(0, len(self.body), 65_536):
            yield self.body[start : start + 65_536]


BODY = json.dumps(PATIENT).encode()


def answer(status_code=200, headers=FHIR, content=BODY, stream=None):
    return httpx2.Response(status_code, headers=headers, stream=stream or Pieces(content))


class Ehr:
    """Answers as told and remembers what was asked."""

    def __init__(self, found=answer) -> None:
        self.requests: list[httpx2.Request] = []
        self.found = found

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        found = self.found()
        return await found if asyncio.iscoroutine(found) else found

    def complete(self, prefetch=(), server: str | None = SERVER, token: str | None = SECRET, **more):
        client = FhirClient(Outbound(httpx2.MockTransport(self)), **more)

        async def run():
            try:
                return await client.complete(dict(prefetch), TEMPLATES, server, token, allowed=ALLOWED, tokens=TOKENS)
            finally:
                await client.close()

        return asyncio.run(run())


def test_missing_keys_are_fetched_and_named():
    ehr = Ehr()
    prefetch, fetched = ehr.complete({"other": None})
    assert fetched == ("patient", "labs")
    assert prefetch == {"other": None, "patient": PATIENT, "labs": PATIENT}
    asked = [str(item.url).replace("%7C", "|") for item in ehr.requests]
    assert asked == [f"{SERVER}/Patient/p1", f"{SERVER}/Observation?patient=p1&code=a|b"]
    assert {item.headers["authorization"] for item in ehr.requests} == {f"Bearer {SECRET}"}


@pytest.mark.parametrize("held", [None, {"resourceType": "OperationOutcome"}, PATIENT])
def test_what_was_sent_is_never_fetched_again(held):
    ehr = Ehr()
    prefetch, fetched = ehr.complete({"patient": held, "labs": held})
    assert (prefetch, fetched, ehr.requests) == ({"patient": held, "labs": held}, (), [])


HOSTILE = [
    None,
    "",
    "http://169.254.169.254/latest",
    "http://localhost/fhir",
    "http://2130706433/fhir",
    "http://[::1]/fhir",
    "http://[::ffff:127.0.0.1]/fhir",
    "http://0x7f.1/",
    "file:///etc/passwd",
    "gopher://ehr.example.org/fhir",
    "https://ehr.example.org@evil.example.org/fhir",
    "https://evil.example.org/fhir",
    "https://ehr.example.org.evil.example.org/fhir",
    "https://ehr.example.org/fhir/../admin",
    "https://ehr.example.org/fhir?x=",
    "https://ehr.example.org/fhir#",
    "https://EHR.example.org/fhir",
    "https://ehr.example.org:444/fhir",
    "http://ehr.example.org/fhir",
    "https://ehr.example.org/fhir\n",
    "https://ehr.example.org/" + "a" * 10_000,
]


@pytest.mark.parametrize("server", HOSTILE)
def test_e11_a_server_that_is_not_listed_is_not_dialled(server):
    ehr = Ehr()
    assert ehr.complete(server=server) == ({}, ())
    assert ehr.requests == []


def test_e11_a_last_slash_is_the_same_server():
    assert Ehr().complete(server=SERVER + "/")[1] == ("patient", "labs")


@pytest.mark.parametrize("token", [None, "", "a b", "a\r\nX: y", "t" * 8193, "tök"])
def test_without_a_token_that_can_be_sent_nothing_is_dialled(token):
    ehr = Ehr()
    assert ehr.complete(token=token) == ({}, ())
    assert ehr.requests == []


async def slow():
    await asyncio.sleep(30)


class Drip(httpx2.AsyncByteStream):
    async def __aiter__(self):
        while True:
            yield b" "
            await asyncio.sleep(0.01)


class Flood(httpx2.AsyncByteStream):
    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self):
        while self.sent < 10**9:
            self.sent += 65_536
            yield b" " * 65_536


def fail():
    raise httpx2.ConnectError("certificate of zebra-7391")


FAULTS = {
    "slow": slow,
    "drip": lambda: answer(stream=Drip()),
    "500": lambda: answer(status_code=500),
    "401": lambda: answer(status_code=401),
    "404": lambda: answer(status_code=404),
    "redirect": lambda: answer(status_code=302, headers={**FHIR, "location": "http://169.254.169.254/"}),
    "redirect inside": lambda: answer(status_code=307, headers={**FHIR, "location": "/fhir/Patient/p2"}),
    "html": lambda: answer(headers={"content-type": "text/html"}),
    "no type": lambda: answer(content=b"{}", headers={}),
    "compressed": lambda: answer(headers={**FHIR, "content-encoding": "br"}, stream=Drip()),
    "not JSON": lambda: answer(content=b"<html>"),
    "deep": lambda: answer(content=b'{"a":' * 1000 + b"1" + b"}" * 1000),
    "a key twice": lambda: answer(content=b'{"resourceType":"Patient","resourceType":"Patient"}'),
    "a list": lambda: answer(content=json.dumps([PATIENT]).encode()),
    "outcome": lambda: answer(content=b'{"resourceType":"OperationOutcome"}'),
    "no resource": lambda: answer(content=b"{}"),
    "too large": lambda: answer(content=b" " * (MOST_BYTES + 1)),
    "refused": fail,
}


@pytest.mark.parametrize("name", FAULTS)
def test_e12_a_server_that_misbehaves_leaves_the_key_missing(name, caplog):
    caplog.set_level("DEBUG")
    begun = time.monotonic()
    ehr = Ehr(FAULTS[name])
    assert ehr.complete(budget=0.2) == ({}, ())
    assert time.monotonic() - begun < 5
    assert len(ehr.requests) <= 2  # no redirect was followed, nothing tried again
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("ivig_cds")]
    assert "7391" not in "".join(ours)


def test_e12_a_gigabyte_is_not_read():
    flood = Flood()
    assert Ehr(lambda: answer(stream=flood)).complete() == ({}, ())
    assert flood.sent <= 2 * (MOST_BYTES + 2 * 65_536)


def test_e12_one_failure_does_not_spoil_the_other_key():
    found = iter([answer(status_code=500), answer()])
    prefetch, fetched = Ehr(lambda: next(found)).complete()
    assert len(fetched) == len(prefetch) == 1


def test_numbers_stay_exact():
    body = b'{"resourceType":"Observation","valueQuantity":{"value":0.10}}'
    prefetch, _ = Ehr(lambda: answer(content=body)).complete()
    assert prefetch["patient"]["valueQuantity"]["value"] == Decimal("0.10")
    assert json.dumps(str(prefetch["patient"]["valueQuantity"]["value"])) == '"0.10"'


class Handler(BaseHTTPRequestHandler):
    """A FHIR server on this machine; /moved sends the client elsewhere."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(302 if "Observation" in self.path else 200)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Location", "/moved")
        body = json.dumps(PATIENT).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_over_a_real_connection_no_redirect_is_followed():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/fhir"

        async def run():
            client = FhirClient()
            try:
                return await client.complete({}, TEMPLATES, base, SECRET, allowed=frozenset({base}), tokens=TOKENS)
            finally:
                await client.close()

        prefetch, fetched = asyncio.run(run())
        server.shutdown()
    assert (prefetch, fetched) == ({"patient": PATIENT}, ("patient",))
    assert len(Handler.seen) == 2


@pytest.mark.parametrize(
    ("template", "patient", "query"),
    [
        ("Patient/{{context.patientId}}", "p1", "Patient/p1"),
        ("Patient/{{ context.patientId }}", "p1", "Patient/p1"),
        ("Observation?patient={{context.patientId}}&_count=5", "a&b", "Observation?patient=a%26b&_count=5"),
        ("Patient/{{context.patientId}}", "../../admin", None),
        ("Patient/{{context.patientId}}", "..", None),
        ("Patient/{{context.patientId}}", "p1?x=y", None),
        ("Patient/{{context.userId}}", "p1", None),
        ("https://evil.example.org/{{context.patientId}}", "p1", None),
        ("//evil.example.org", "p1", None),
        ("/Patient/1", "p1", None),
        ("Patient/{{today()}}", "p1", None),
        ("Patient/1#x", "p1", None),
        ("$export", "p1", None),
    ],
)
def test_templates(template, patient, query):
    assert filled(template, {"context.patientId": patient}) == query
