"""Key sets: D15 and D20 of the faults; what is fetched is bounded, and never on the path of a request."""

import asyncio
import json

import pytest

from app.errors import AccessError, KeysUnavailableError
from app.services.key_sets import KeySet, KeySetError, follow_key_sets, read_key_set
from app.services.outbound import FetchError
from tests.tokens import jwk, jwks


def code(body: bytes) -> str:
    with pytest.raises(KeySetError) as caught:
        read_key_set(body)
    return caught.value.code


def test_good_keys_are_read():
    found = read_key_set(jwks(jwk("EC384", "a", use="sig", alg="ES384"), jwk("RSA2048", "b"), jwk("EC256", "c")))
    assert {kid: key.algorithm for kid, key in found.items()} == {"a": "ES384", "b": "RS384"}


@pytest.mark.parametrize(
    "bad",
    [
        jwk("RSA1024", "b"),
        jwk("EC256", "b"),
        jwk("RSA2048", "b", use="enc"),
        jwk("RSA2048", "b", alg="RS256"),
        jwk("RSA2048", "b", alg="none"),
        jwk("EC384", "b", x="AA"),
        jwk("EC384", "b", x=7),
        jwk("EC384", ""),
        jwk("EC384", "k" * 201),
        {"kty": "RSA", "kid": "b", "n": "", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "b"},
        {"kid": "b"},
        {},
    ],
    ids=range(13),
)
def test_d15_weak_and_strange_keys_are_passed_over(bad):
    assert set(read_key_set(jwks(jwk("EC384", "a"), bad))) == {"a"}
    assert code(jwks(bad)) == "keys_none_usable"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (jwks(jwk("EC384", "a"), jwk("EC384", "b", private=True)), "keys_secret"),
        (jwks(jwk("EC384", "a"), jwk("RSA2048", "b", private=True)), "keys_secret"),
        (jwks(jwk("EC384", "a"), {"kty": "oct", "kid": "b"}), "keys_secret"),
        (jwks(jwk("EC384", "a"), {"kty": "RSA", "k": "AA"}), "keys_secret"),
        (json.dumps({"keys": [jwk("EC384", "a"), "x"]}).encode(), "keys_secret"),
        (jwks(jwk("EC384", "a"), jwk("RSA2048", "a")), "keys_twice"),
        (jwks(*[jwk("EC384", str(number)) for number in range(101)]), "keys_shape"),
        (b'{"keys":[]}', "keys_shape"),
        (b'{"keys":{}}', "keys_shape"),
        (b"{}", "keys_shape"),
        (b"[]", "keys_not_json"),
        (b"<html>", "keys_not_json"),
        (b'{"keys":[],"keys":[]}', "keys_not_json"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "keys_not_json"),
        (b" " * 262_145, "keys_too_large"),
    ],
    ids=range(15),  # the keys are random: their text is no name for a case
)
def test_d20_sets_that_are_not_used_at_all(body, reason):
    assert code(body) == reason


class Server:
    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self.body: bytes | Exception = jwks(jwk("EC384", "old"))
        self.set = KeySet(self.load, clock=lambda: self.now)

    async def load(self) -> bytes:
        self.asked += 1
        if isinstance(self.body, Exception):
            raise self.body
        return self.body

    def tick(self, seconds: float = 0) -> None:
        """What the background does each second."""
        self.now += seconds
        if self.set.due():
            asyncio.run(self.set.refresh())


def test_d19_an_unknown_kid_has_the_keys_fetched_but_not_often():
    server = Server()
    server.tick()
    assert server.set.key("old").algorithm == "ES384"
    server.body = jwks(jwk("EC384", "new"))
    for _ in range(100):
        with pytest.raises(AccessError):
            server.set.key("new")
        server.tick(0.1)
    assert server.asked == 1  # within half a minute of the last time
    server.tick(25)
    assert server.asked == 2
    assert server.set.key("new").algorithm == "ES384"
    with pytest.raises(AccessError):
        server.set.key("old")


def test_keys_are_fetched_each_hour():
    server = Server()
    server.tick()
    server.tick(3599)
    assert server.asked == 1
    server.tick(1)
    assert server.asked == 2


@pytest.mark.parametrize(
    "fault",
    [FetchError("timeout"), OSError(), b"<html>", jwks(jwk("EC384", "x", private=True))],
    ids=["time-out", "file", "page", "private"],
)
def test_d20_cached_keys_serve_for_a_day_when_the_server_is_down(fault):
    server = Server()
    server.tick()
    server.body = fault
    for _ in range(24):
        server.tick(3600)
        assert server.set.key("old").algorithm == "ES384"
    assert server.asked == 25
    server.tick(1)
    with pytest.raises(KeysUnavailableError):
        server.set.key("old")
    server.body = jwks(jwk("EC384", "old"))
    server.tick(30)
    assert server.set.key("old").algorithm == "ES384"


def test_no_keys_yet():
    with pytest.raises(KeysUnavailableError):
        Server().set.key("old")


def test_the_background_looks_until_cancelled():
    server, other = Server(), Server()
    other.body = FetchError("status_500")

    async def run() -> None:
        task = asyncio.create_task(follow_key_sets([server.set, other.set], 0.001))
        await asyncio.sleep(0.05)
        task.cancel()

    asyncio.run(run())
    assert (server.asked, other.asked) == (1, 1)
    assert server.set.key("old")
