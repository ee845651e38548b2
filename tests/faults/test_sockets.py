"""FAULTS group C, what only a socket shows: heads and bodies that are no HTTP, and clients that are slow on purpose."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.web.examples import RECURRENT_LOSS, SPARSE
from tests.cli.test_serve import assess, environment
from tests.faults.conftest import CANARIES

CANARY = CANARIES[0]
# The deadlines are shortened, nothing else: each is a constant read when it is needed.
SERVER = """
import app.web.body, app.web.protocol
app.web.body.DEADLINE_SECONDS = app.web.protocol.HEAD_SECONDS = app.web.protocol.READ_SECONDS = 1
from app.cli import main
main()
"""
HARMLESS = {"debug", "info", "warning"}
POST = "POST /v1/assessments HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[tuple[str, int]]:
    """A server of this module's own, with short deadlines; what it said holds no canary."""
    folder = tmp_path_factory.mktemp("sockets")
    log = folder / "log"
    with log.open("wb") as out:
        variables = environment(folder / "data", IVIG_LOG_LEVEL="debug")
        command = [sys.executable, "-c", SERVER, "serve"]
        process = subprocess.Popen(command, env=variables, stdout=out, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        address = line.split()[1].removesuffix("/docs")
        try:
            yield "127.0.0.1", int(address.rpartition(":")[2])
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
            process.stderr.close()
            assert process.wait(20) in {0, -signal.SIGTERM}, rest
    said = rest + log.read_text()
    assert CANARY not in said
    faults = [entry for entry in log.read_text().splitlines() if json.loads(entry)["level"] not in HARMLESS]
    assert faults == []


@pytest.fixture
def talk(server) -> Iterator:
    """Send raw bytes, get all that comes back until the server closes; afterwards it answers as before."""
    before = assess(f"http://{server[0]}:{server[1]}")
    said = []

    def send(*parts: bytes, pause: float = 0, wait: float = 8) -> bytes:
        with socket.create_connection(server, timeout=wait) as peer:
            for part in parts:
                try:
                    peer.sendall(part)
                except OSError:
                    break
                time.sleep(pause)
            said.append(read_all(peer))
        return said[-1]

    yield send
    assert CANARY.encode() not in b"".join(said)
    assert assess(f"http://{server[0]}:{server[1]}") == before


def read_all(peer: socket.socket) -> bytes:
    got = b""
    try:
        while more := peer.recv(65536):
            got += more
    except ConnectionResetError:
        pass
    return got


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def body(head: str = "", content: object = SPARSE) -> bytes:
    encoded = json.dumps(content).encode()
    return f"{POST}Content-Length: {len(encoded)}\r\n{head}\r\n".encode() + encoded


BAD = {
    "C5-length-and-chunked": f"{POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
    "C5-two-lengths": f"{POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}".encode(),
    "C5-folded-header": f"{POST}X-A: {CANARY}\r\n {CANARY}\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
    "C5-nul-in-method": b"PO\0ST /v1/assessments HTTP/1.1\r\nHost: x\r\n\r\n",
    "C5-nul-in-header": f"{POST}X-A: a\0{CANARY}\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
    "C5-space-before-colon": f"{POST}X-A : {CANARY}\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
    "C5-length-of-words": f"{POST}Content-Length: {CANARY}\r\n\r\n{{}}".encode(),
    "C5-negative-length": f"{POST}Content-Length: -2\r\n\r\n{{}}".encode(),
    "C3-no-method": f"{CANARY} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "C3-tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"7" * 80,
    "C9-line-in-a-header": f"{POST}X-Request-ID: a\rX-B: {CANARY}\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_c5_what_is_no_http_is_refused_and_the_connection_closed(talk, sent):
    answer = talk(sent)
    assert status(answer) == 400
    assert b"urn:ivig-cds:problem:malformed-request" in answer
    assert b"nosniff" in answer


def test_c5_a_bad_chunk_size(talk):
    answer = talk(f"{POST}Transfer-Encoding: chunked\r\n\r\n{CANARY}\r\n{{}}\r\n0\r\n\r\n".encode())
    assert status(answer) == 400


def test_c5_a_bare_line_feed_smuggles_nothing(talk):
    answer = talk(b"GET /livez HTTP/1.1\nHost: x\nConnection: close\n\n")
    assert answer.count(b"HTTP/1.1") == 1
    assert status(answer) in {200, 400}


def test_c4_ten_megabytes_of_header(talk):
    answer = talk(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ", *[b"7391" * 16_384] * 160)
    assert answer == b"" or status(answer) == 431


def test_c4_twenty_thousand_headers(talk):
    answer = talk(b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"X-A: 7391\r\n" * 20_000 + b"\r\n")
    assert answer == b"" or status(answer) == 431


def test_c4_an_address_of_64_kb(talk):
    answer = talk(b"GET /v1/rules?text=" + b"7" * 65_536 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer == b"" or status(answer) in {400, 414, 431}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([b"GET /livez HTTP/1.1\r\nHos"], 408),
        ([b"GET /livez HTTP/1.1\r\n", *[b"X"] * 30], 408),
        ([f"{POST}Content-Length: 100\r\n\r\n{{".encode()], 408),
        ([f"{POST}Content-Length: 100\r\n\r\n".encode(), *[b" "] * 30], 408),
    ],
    ids=["half-a-head", "a-byte-at-a-time", "half-a-body", "a-body-byte-at-a-time"],
)
def test_c6_slow_senders_are_told_and_dropped(talk, parts, expected):
    start = time.monotonic()
    answer = talk(*parts, pause=0.1)
    assert status(answer) == expected
    assert b"problem:timeout" in answer
    assert time.monotonic() - start < 6


def test_c6_who_says_nothing_is_dropped(talk):
    assert talk() == b""


def test_c6_who_does_not_read_is_dropped(server):
    """The answers to many requests in a row are never read: the server must not keep them for ever."""
    with socket.create_connection(server, timeout=8) as peer:
        peer.settimeout(0.2)
        request = body(content=RECURRENT_LOSS)
        for _ in range(200):
            try:
                peer.sendall(request)
            except TimeoutError:
                break
        time.sleep(2.5)
        peer.settimeout(8)
        got = read_all(peer)
    # What lay in the socket's buffers is read; the connection is gone before the rest.
    assert got.count(b"HTTP/1.1 200") < 200


def test_c6_hundreds_of_slow_clients_do_not_slow_honest_ones(server):
    before = timed(server)
    slow = [socket.create_connection(server, timeout=8) for _ in range(300)]
    try:
        for number, peer in enumerate(slow):
            peer.sendall(f"{POST}Content-Length: 100\r\n\r\n{{".encode() if number % 2 else b"GET /livez HT")
        during = timed(server)
    finally:
        for peer in slow:
            peer.close()
    # Ten times, not two: this machine is shared. `make load` reports the ratio.
    assert during < max(before * 10, 1.0)


def timed(server) -> float:
    """The slowest of twenty honest calls, seconds."""
    times = []
    for _ in range(20):
        start = time.perf_counter()
        assert assess(f"http://{server[0]}:{server[1]}")["as_of"]
        times.append(time.perf_counter() - start)
    return max(times)


def test_c14_expectations(talk):
    encoded = json.dumps(SPARSE).encode()
    head = f"{POST}Content-Length: {len(encoded)}\r\nConnection: close\r\n"
    assert status(talk(f"{head}Expect: nonsense\r\n\r\n".encode() + encoded)) == 200
    continued = talk(f"{head}Expect: 100-continue\r\n\r\n".encode() + encoded)
    assert continued.startswith(b"HTTP/1.1 100 Continue")
    assert b"HTTP/1.1 200" in continued


def test_i3_clients_that_leave_early_leave_no_errors_behind(talk, server):
    # The log is read when the server stops: it may hold nothing above a warning.
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: leave(server), range(60)))
    assert status(talk(body("Connection: close\r\n"))) == 200


def leave(server) -> None:
    with socket.create_connection(server, timeout=8) as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.sendall(body(content=RECURRENT_LOSS))
