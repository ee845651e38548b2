"""FAULTS E11, E12, E14: missing prefetch over a real connection. Listed servers only, within the budget, and no word of the token."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route

from tests.faults.conftest import bytes_of, heard, sink, written
from tests.hooks.charts import ATC, CONTEXT, coded, losses, order, ordering, patient
from tests.hooks.conformance import faults
from tests.hooks.ehr import FHIR, Ehr, fhir_server, serving
from tests.hooks.signed import asking, sign
from tests.services.test_fhir_client import HOSTILE

__all__ = ["heard", "written"]

VIEW, SIGN = "ivig-patient-view", "ivig-order-sign"
CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]
TOKEN = "ZEBRA7391-access-token"
AUTHORIZATION = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "cds"}
dialled: list[tuple[str, object]] = []


def _note(event: str, arguments: tuple) -> None:
    if event == "socket.connect":
        dialled.append((event, arguments[1]))
    elif event == "socket.getaddrinfo":
        dialled.append((event, arguments[0]))


sys.addaudithook(_note)


class Server:
    """A FHIR server that answers as it should until ``fault`` says otherwise; it remembers what it was asked."""

    def __init__(self) -> None:
        self.fault = ""
        self.asked: list[tuple[str, str]] = []
        self.good = fhir_server(CHART)
        self.app = Starlette(routes=[Route("/sink", self.sink), Mount("/", self.answer)])

    async def sink(self, _request: Request) -> Response:
        pytest.fail("the redirect was followed")

    async def answer(self, scope, receive, send) -> None:
        request = Request(scope)
        self.asked.append((request.url.path, request.headers.get("authorization", "")))
        make = FAULTS.get(self.fault)
        await (make() if make else self.good)(scope, receive, send)


async def drip() -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(0.05)


async def flood() -> AsyncIterator[bytes]:
    for _ in range(10_000):
        yield b" " * 100_000


def said(content: bytes = b"{}", status: int = 200, media_type: str = FHIR, **headers: str) -> Response:
    return Response(content, status, headers, media_type)


FAULTS = {
    "drip": lambda: StreamingResponse(drip(), media_type=FHIR),
    "a gigabyte": lambda: StreamingResponse(flood(), media_type=FHIR),
    "500": lambda: said(status=500),
    "503": lambda: said(status=503),
    "401": lambda: said(status=401),
    "content type": lambda: said(json.dumps(patient()).encode(), media_type="text/html"),
    "redirect": lambda: said(status=302, location="/sink"),
    "redirect inside": lambda: said(status=307, location="http://169.254.169.254/latest"),
    "deep": lambda: said(b'{"resourceType":' * 10_000 + b"1" + b"}" * 10_000),
    "not JSON": lambda: said(b"<html>"),
    "outcome": lambda: said(b'{"resourceType":"OperationOutcome","issue":[]}'),
}


@pytest.fixture(scope="module")
def fhir() -> Iterator[Server]:
    server = Server()
    with serving(server.app) as server.base:
        yield server


@pytest.fixture(scope="module")
def client(fhir, tmp_path_factory) -> Iterator:
    folder = tmp_path_factory.mktemp("fetching")
    issuer = {"fhir_servers": [f"{fhir.base}/fhir"]}
    with asking(folder, issuer=issuer, IVIG_FHIR_CLIENT="on") as running:
        yield running


@pytest.fixture
def ehr(client, fhir, capfd, heard, written) -> Iterator[Ehr]:
    """A client whose prefetch is missing; afterwards nothing but the listed server was dialled, and no token is anywhere."""
    fhir.fault, fhir.asked[:] = "", []
    dialled.clear()
    client.app.state.doors.fhir_client._budget = 10.0
    yield Ehr(client, CHART, sign)
    assert {place for event, place in dialled if event == "socket.connect"} <= {address(fhir)}
    assert {place for event, place in dialled if event == "socket.getaddrinfo"} <= {"127.0.0.1"}
    folder = client.app.state.context.published.__self__.database.path.parent
    kept = heard.getvalue() + written.getvalue() + "".join(capfd.readouterr()) + bytes_of(str(folder))
    assert "ZEBRA7391" not in kept
    assert "Patient/p1" not in kept
    assert "patient=p1" not in written.getvalue()


def address(server: Server) -> tuple[str, int]:
    return "127.0.0.1", int(server.base.rpartition(":")[2])


def ask(ehr: Ehr, server: str, name: str = VIEW, context=CONTEXT, prefetch=None, **more):
    given = {"fhirServer": server, "fhirAuthorization": AUTHORIZATION, "prefetch": prefetch, **more}
    return ehr.fire(name, context, **given)


def details(response) -> str:
    assert response.status_code == 200, response.text
    assert faults(response.json()) == []
    return "\n".join(card["detail"] for card in response.json()["cards"]).replace("\\", "")


def test_e11_the_listed_server_completes_what_is_missing_and_the_card_says_so(ehr, fhir):
    found = details(ask(ehr, f"{fhir.base}/fhir"))
    assert "Recurrent pregnancy loss" in found
    line = next(line for line in found.splitlines() if "read by this service" in line)
    assert "conditions (entries used: 4)" in line
    assert "observations antiphospholipid (entries used: 0)" in line
    assert "Not received" not in found
    assert {path for path, _ in fhir.asked} == {
        "/fhir/Patient/p1", "/fhir/Condition", "/fhir/Observation", "/fhir/MedicationRequest", "/fhir/Procedure",
        "/fhir/AllergyIntolerance", "/fhir/Immunization",
    }  # fmt: skip
    assert len(fhir.asked) == 9
    assert {token for _, token in fhir.asked} == {f"Bearer {TOKEN}"}


def test_e11_what_was_fetched_is_judged_as_what_was_sent(ehr, fhir):
    fetched, sent = ask(ehr, f"{fhir.base}/fhir"), ehr.fire(VIEW, CONTEXT)
    assert [card["summary"] for card in fetched.json()["cards"]] == [card["summary"] for card in sent.json()["cards"]]
    added = [line for line in details(fetched).splitlines() if "read by this service" not in line]
    assert added == details(sent).splitlines()


def test_e11_what_was_sent_is_not_fetched(ehr, fhir):
    sent = ehr.prefetch(ehr.discover()[VIEW], CONTEXT)
    del sent["allergies"]
    assert "allergies (entries used: 0)" in details(ask(ehr, f"{fhir.base}/fhir", prefetch=sent))
    assert [path for path, _ in fhir.asked] == ["/fhir/AllergyIntolerance"]


def test_e11_what_a_site_renamed_is_not_fetched_again(ehr, fhir):
    sent = ehr.prefetch(ehr.discover()[VIEW], CONTEXT)
    renamed = {"one": sent["patient"], "two": sent["conditions"], "ALLERGYINTOLERANCE": sent["allergies"]}
    details(ask(ehr, f"{fhir.base}/fhir", prefetch=renamed))
    asked = {path for path, _ in fhir.asked}
    assert asked == {"/fhir/Observation", "/fhir/MedicationRequest", "/fhir/Procedure", "/fhir/Immunization"}


def test_e11_nothing_is_fetched_for_another_drug(ehr, fhir):
    aspirin = ordering(order("o1", coded(ATC, "B01AC06", "aspirin")))
    assert ask(ehr, f"{fhir.base}/fhir", SIGN, aspirin).json() == {"cards": []}
    assert fhir.asked == []
    assert "Recurrent pregnancy loss" in details(ask(ehr, f"{fhir.base}/fhir", SIGN, ordering(order())))
    assert len(fhir.asked) == 9


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": None},
        {"access_token": "a b"},
        {"token_type": "mac"},
        {"patient": "p2"},
    ],
)
def test_e11_without_a_token_for_this_patient_nothing_is_fetched(ehr, fhir, change):
    assert ask(ehr, f"{fhir.base}/fhir", fhirAuthorization={**AUTHORIZATION, **change}).status_code == 412
    assert fhir.asked == []


MORE = ["http://rebind.example.org/fhir", "file:///etc/passwd", "http://127.0.0.1:1/fhir", "http://user@127.0.0.1/fhir"]


@pytest.mark.parametrize("server", [item for item in [*HOSTILE, *MORE] if item])
def test_e11_an_address_of_the_request_is_never_dialled(ehr, fhir, server):
    response = ask(ehr, server)
    assert (response.status_code, response.json()["resourceType"]) == (412, "OperationOutcome")
    assert (fhir.asked, dialled) == ([], [])


@pytest.mark.parametrize("fault", FAULTS)
def test_e12_a_server_that_misbehaves_ends_in_412_within_the_budget(client, ehr, fhir, fault):
    client.app.state.doors.fhir_client._budget = 0.7
    fhir.fault = fault
    begun = time.monotonic()
    response = ask(ehr, f"{fhir.base}/fhir")
    # The budget is 0.7 s; the rest is this machine, which others use too.
    assert time.monotonic() - begun < 4
    assert (response.status_code, response.json()["resourceType"]) == (412, "OperationOutcome")
    assert all(path.startswith("/fhir/") for path, _ in fhir.asked)


def test_e12_what_could_not_be_fetched_is_named_as_not_received(client, ehr, fhir):
    client.app.state.doors.fhir_client._budget = 0.7
    fhir.fault = "500"
    sent = {"patient": CHART[0], "conditions": ehr.prefetch(ehr.discover()[VIEW], CONTEXT)["conditions"]}
    found = details(ask(ehr, f"{fhir.base}/fhir", prefetch=sent))
    assert "Not received: " in found
    assert "read by this service" not in found


def test_e12_a_certificate_that_nobody_vouches_for(ehr, fhir):
    """TLS where none is spoken: no answer is taken, and nothing is tried in the clear."""
    client = ehr.service
    listed = client.app.state.doors.fhir_servers
    base = fhir.base.replace("http://", "https://") + "/fhir"
    before = dict(listed)
    listed.update({issuer: frozenset({base}) for issuer in listed})
    try:
        assert ask(ehr, base).status_code == 412
    finally:
        listed.update(before)
    assert fhir.asked == []


def test_e14_a_token_without_its_server_is_422(ehr):
    request = {"hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "context": CONTEXT}
    response = ehr.post(VIEW, {**request, "fhirAuthorization": AUTHORIZATION})
    assert (response.status_code, response.json()["resourceType"]) == (422, "OperationOutcome")
    assert "ZEBRA7391" not in response.text


def test_the_sink_would_see_a_connection():
    """The control: a connection and a look-up are both noted."""
    import socket

    dialled.clear()
    with socket.socket() as probe, pytest.raises(OSError):
        probe.connect(("127.0.0.1", 1))
    socket.getaddrinfo("127.0.0.1", 80)
    assert {event for event, _ in dialled} == {"socket.connect", "socket.getaddrinfo"}


def test_the_sweep_would_see_a_token(heard, written):
    import logging

    with sink(logging.Formatter()) as found:
        logging.getLogger("ivig_cds.fhir_client").info(TOKEN)
    assert TOKEN in found.getvalue() + heard.getvalue() + written.getvalue()
