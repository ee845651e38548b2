"""Group D, tokens: PyJWT accepts what rows D10 to D15 describe; this service must not. Each case is named by its row."""

import base64
import json
import string
import time
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import AccessError, KeysUnavailableError, TooManyError
from app.services.issuers import Issuer
from app.services.key_sets import KeySet
from app.services.replays import MARGIN_SECONDS, Replays
from app.services.tokens import TokenDoor, Trusted
from tests.tokens import AUD, BASE, ISS, JKU, NOW, UNSET, claims, jwk, jwks, key, part, signed, token

OTHER = "https://other.example.org"


class Clocks:
    """Wall clock and elapsed time, moved by hand."""

    def __init__(self) -> None:
        self.wall = float(NOW)
        self.elapsed = 1000.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.elapsed += seconds


async def nothing() -> bytes:
    raise OSError


def key_set(body: bytes, clocks: Clocks) -> KeySet:
    made = KeySet(nothing, clock=lambda: clocks.elapsed)
    made.take(body)
    return made


def door(clocks: Clocks | None = None, *, room: int = 100_000, **issuer) -> TokenDoor:
    clocks = clocks or Clocks()
    first = Issuer(**{"iss": ISS, "jku": [JKU], "scopes": ["hooks"], **issuer})
    second = Issuer(iss=OTHER, jku=[f"{OTHER}/keys"], tenants=["north", "south"])
    return TokenDoor(
        [
            Trusted(first, key_set(jwks(), clocks)),
            Trusted(second, key_set(jwks(jwk("RSA2048", "other")), clocks)),
        ],
        Replays(clock=lambda: clocks.elapsed, room=room),
        clock=lambda: clocks.wall,
    )


def code(text: str, at: TokenDoor | None = None) -> str:
    with pytest.raises(AccessError) as caught:
        (at or door()).caller(text, frozenset({AUD}))
    return caught.value.code


def accepted(text: str, at: TokenDoor | None = None) -> bool:
    try:
        (at or door()).caller(text, frozenset({AUD}))
    except AccessError:
        return False
    return True


@pytest.mark.parametrize("kind", ["EC384", "RSA2048"])
def test_a_right_token_is_accepted(kind):
    caller = door().caller(token(kind=kind), frozenset({AUD}))
    assert (caller.kind, caller.issuer, caller.scopes, caller.tenant) == ("jwt", ISS, {"hooks"}, None)


def test_a_right_token_opens_over_http(guarded):
    assert guarded.post(guarded.token()).status_code == 200
    assert guarded.post(guarded.token(kind="RSA2048", header={"jku": JKU})).status_code == 200


PUBLIC_PEM = (
    key("RSA2048")
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)
BAD = {
    "D6 alg none": (f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'ec'})}.{part(claims())}.", "token_form"),
    "D6 alg none, signed": (token(header={"alg": "none"}), "alg"),
    "D6 alg None": (token(header={"alg": "None"}), "alg"),
    "D6 alg missing": (token(header={"alg": UNSET}), "alg"),
    "D6 alg list": (token(header={"alg": ["ES384"]}), "alg"),
    "D6 no signature": (token().rpartition(".")[0] + ".", "token_form"),
    "D7 HS256 with the public key": (
        signed({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, claims(), secret=PUBLIC_PEM),
        "alg",
    ),
    "D8 RS256": (token(kind="RSA2048", header={"alg": "RS256"}), "alg"),
    "D8 ES256": (signed({"alg": "ES256", "typ": "JWT", "kid": "ec"}, claims(), kind="EC256"), "alg"),
    "D8 RS384 claimed for the EC key": (token(header={"alg": "RS384"}), "alg_of_key"),
    "D9 exp past": (token(iat=NOW - 331, exp=NOW - 31), "expired"),
    "D9 iat future": (token(iat=NOW + 31), "not_yet"),
    "D9 nbf future": (token(nbf=NOW + 31), "not_yet"),
    "D9 no exp": (token(exp=UNSET), "exp_missing_or_form"),
    "D9 no iat": (token(iat=UNSET), "iat_missing_or_form"),
    "D9 no jti": (token(jti=UNSET), "jti"),
    "D9 empty jti": (token(jti=""), "jti"),
    "D9 number jti": (token(jti=7), "jti"),
    "D9 long jti": (token(jti="j" * 257), "jti"),
    "D9 no iss": (token(iss=UNSET), "iss_unknown"),
    "D9 no aud": (token(aud=UNSET), "aud"),
    "D10 ten years": (token(exp=NOW + int(timedelta(days=3653).total_seconds())), "lifetime"),
    "D10 a second too long": (token(exp=NOW + 301), "lifetime"),
    "D10 ends before it begins": (token(iat=NOW + 20, exp=NOW + 10), "lifetime"),
    "D12 attacker jku": (token(header={"jku": "https://evil.example.org/keys"}), "jku_unknown"),
    "D12 jku with a tail": (token(header={"jku": JKU + "/"}), "jku_unknown"),
    "D12 jku list": (token(header={"jku": [JKU]}), "jku_unknown"),
    "D12 x5u": (token(header={"x5u": "https://evil.example.org/c"}), "header_refused"),
    "D12 x5c": (token(header={"x5c": ["MII"]}), "header_refused"),
    "D12 jwk": (token(header={"jwk": jwk("EC384", "ec")}), "header_refused"),
    "D12 crit": (token(header={"crit": ["exp"]}), "header_refused"),
    "D12 b64": (token(header={"b64": True}), "header_refused"),
    "D13 typ other": (token(header={"typ": "at+jwt"}), "typ"),
    "D13 typ missing": (token(header={"typ": UNSET}), "typ"),
    "D13 typ small letters": (token(header={"typ": "jwt"}), "typ"),
    "D14 exp as text": (token(exp=str(NOW + 300)), "exp_missing_or_form"),
    "D14 exp true": (token(exp=True), "exp_missing_or_form"),
    "D14 exp huge": (token(exp=10**400), "exp_missing_or_form"),
    "D14 iat as text": (token(iat=str(NOW)), "iat_missing_or_form"),
    "D16 aud is the base": (token(aud=BASE), "aud"),
    "D16 aud is another endpoint": (token(aud=f"{BASE}/v1/infusion-plans"), "aud"),
    "D16 aud with a slash": (token(aud=AUD + "/"), "aud"),
    "D16 aud with a query": (token(aud=AUD + "?x=1"), "aud"),
    "D16 aud list of two": (token(aud=[AUD, "https://elsewhere.example.org"]), "aud"),
    "D16 aud empty list": (token(aud=[]), "aud"),
    "D16 aud nested": (token(aud=[[AUD]]), "aud"),
    "D17 iss A with the key of B": (token(kind="RSA2048", header={"kid": "other"}), "kid_unknown"),
    "D17 iss B with a key of A": (token(kind="EC384", iss=OTHER, tenant="north"), "kid_unknown"),
    "D18 tenant not listed": (token(kind="RSA2048", header={"kid": "other"}, iss=OTHER, tenant="west"), "tenant"),
    "D18 tenant missing": (token(kind="RSA2048", header={"kid": "other"}, iss=OTHER), "tenant"),
    "D18 tenant where none is listed": (token(tenant="north"), "tenant"),
    "D18 tenant is a list": (
        token(kind="RSA2048", header={"kid": "other"}, iss=OTHER, tenant=["north"]),
        "tenant",
    ),
    "D19 kid unknown": (token(header={"kid": "ec2"}), "kid_unknown"),
    "D19 kid path": (token(header={"kid": "../../etc/passwd"}), "kid_unknown"),
    "D19 kid SQL": (token(header={"kid": "' OR 1=1 --"}), "kid_unknown"),
    "D19 kid missing": (token(header={"kid": UNSET}), "kid_missing"),
    "D19 kid number": (token(header={"kid": 1}), "kid_missing"),
    "D19 kid of the other key": (token(header={"kid": "rsa"}), "alg_of_key"),
    "claims are a list": (signed({"alg": "ES384", "typ": "JWT", "kid": "ec"}, [1]), "token_form"),
    "a claim twice": (
        signed({"alg": "ES384", "typ": "JWT", "kid": "ec"}, b'{"iss":"a","iss":"' + ISS.encode() + b'"}'),
        "token_form",
    ),
    "claims with NaN": (signed({"alg": "ES384", "typ": "JWT", "kid": "ec"}, b'{"exp":NaN}'), "token_form"),
    "no token": ("a.b", "token_form"),
    "spaces": (token().replace(".", ". "), "token_form"),
    "another's signature": (token().rpartition(".")[0] + "." + token().rpartition(".")[2], "signature"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_for_this_reason(name):
    text, reason = BAD[name]
    assert code(text) == reason


@pytest.mark.parametrize("name", BAD)
def test_refused_with_the_one_answer(guarded, refusal, name):
    refusal(guarded.post(BAD[name][0]))


NOW_BAD = {
    "D8": {"kind": "RSA2048", "header": {"alg": "RS256"}},
    "D10": {"exp": NOW * 2},
    "D12": {"header": {"jku": "https://evil.example.org/keys"}},
    "D13": {"header": {"typ": "at+jwt"}},
    "D16": {"aud": BASE},
    "D18": {"tenant": "north"},
    "D19": {"header": {"kid": "../../etc/passwd"}},
    "surrogate": {"jti": "\ud800", "tenant": "\ud800"},
}


@pytest.mark.parametrize("name", NOW_BAD)
def test_refused_also_when_nothing_else_is_wrong(guarded, refusal, name):
    """The tokens above are of another day; these are fresh and have this one fault."""
    refusal(guarded.post(guarded.token(**NOW_BAD[name])))


def test_d11_replayed(guarded, refusal):
    text = guarded.token()
    assert guarded.post(text).status_code == 200
    refusal(guarded.post(text))
    refusal(guarded.post(text))


def test_d11_the_same_jti_in_another_token():
    at = door()
    assert accepted(token(jti="one"), at)
    assert code(token(jti="one", exp=NOW + 299), at) == "replayed"
    assert accepted(token(jti="one", kind="RSA2048", iss=OTHER, tenant="north", header={"kid": "other"}), at)


def test_d11_a_refused_token_uses_no_jti():
    at = door()
    assert code(token(jti="one", header={"kid": "rsa"}), at) == "alg_of_key"
    assert accepted(token(jti="one"), at)


def test_d11_a_jti_with_a_lone_surrogate_is_a_jti():
    at = door()
    text = token(jti="\ud800")
    assert [accepted(text, at), accepted(text, at)] in ([True, False], [False, False])


@pytest.mark.parametrize("aud", [AUD, [AUD]])
def test_d16_the_address_called_is_the_audience(aud):
    assert accepted(token(aud=aud))


@pytest.mark.parametrize(
    ("path", "aud", "good"),
    [
        ("/cds-services/a", "/cds-services/a", True),
        ("/cds-services/a", "/cds-services/b", False),
        ("/cds-services/a", "/cds-services", False),
        ("/cds-services/a/feedback", "/cds-services/a/feedback", True),
        ("/cds-services/a/feedback", "/cds-services/a", True),
        ("/cds-services/a", "/cds-services/a/feedback", False),
        ("/v1/feedback", "/v1", False),
    ],
)
def test_d16_feedback_may_carry_the_address_of_its_service(path, aud, good):
    from starlette.requests import Request

    from app.web.security import _audiences

    assert (BASE + aud in _audiences(Request({"type": "http", "path": path}), BASE)) is good


def test_d16_the_host_header_names_no_audience(guarded, refusal):
    text = guarded.token(aud="https://evil.example.org/v1/assessments")
    refusal(guarded.post(text, host="evil.example.org", **{"x-forwarded-host": "evil.example.org"}))


@pytest.mark.parametrize("tenant", ["north", "south"])
def test_d18_a_listed_tenant(tenant):
    text = token(kind="RSA2048", header={"kid": "other"}, iss=OTHER, tenant=tenant)
    assert door().caller(text, frozenset({AUD})).tenant == tenant


def test_d20_a_token_of_5_mb(guarded):
    # The gate turns it away by its size; what passes there is not parsed either (the next test).
    assert guarded.post(token(jti="j" * 5_000_000)).status_code == 431


def test_d20_a_long_token_is_not_parsed(guarded, refusal, monkeypatch):
    monkeypatch.setattr("app.services.tokens._read", lambda _: pytest.fail("parsed"))
    refusal(guarded.post("a" * 8186 + ".b.c"))


def test_d20_deep_claims():
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    assert code(signed({"alg": "ES384", "typ": "JWT", "kid": "ec"}, deep)) == "token_form"


@pytest.mark.parametrize(("hours", "good"), [(0, True), (24, True), (24.01, False)])
def test_d20_cached_keys_serve_for_a_day(hours, good):
    clocks = Clocks()
    at = door(clocks)
    clocks.pass_(hours * 3600)
    text = token(clocks.wall)
    if good:
        assert accepted(text, at)
        return
    with pytest.raises(KeysUnavailableError):
        at.caller(text, frozenset({AUD}))


def test_d20_no_keys_over_http(guarded):
    sets = guarded.client.app.state.doors.key_sets
    had = sets[0]._had
    sets[0]._had = None
    response = guarded.post(guarded.token())
    sets[0]._had = had
    assert (response.status_code, response.json()["type"]) == (503, "urn:ivig-cds:problem:keys-unavailable")
    assert response.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({"iat": NOW - 329, "exp": NOW - 29}, True),
        ({"iat": NOW - 330, "exp": NOW - 30}, False),
        ({"iat": NOW + 30, "exp": NOW + 330}, True),
        ({"iat": NOW + 31, "exp": NOW + 331}, False),
        ({"nbf": NOW - 300}, True),  # Epic's are five minutes back
        ({"nbf": NOW + 30}, True),
        ({"exp": NOW + 300}, True),
        ({"exp": NOW + 301}, False),
    ],
)
def test_d25_leeway_and_lifetime_to_the_second(changed, good):
    assert accepted(token(**changed)) is good


def test_d10_an_issuer_may_be_given_longer_lives():
    at = door(max_lifetime_seconds=900)
    assert accepted(token(exp=NOW + 900), at)
    assert code(token(exp=NOW + 901), at) == "lifetime"


@pytest.mark.parametrize("jump", [3600, -3600])
def test_d25_a_clock_that_jumps_opens_no_door_again(jump):
    clocks = Clocks()
    at = door(clocks)
    text = token(jti="once")
    assert accepted(text, at)
    clocks.wall += jump
    assert not accepted(text, at)
    assert accepted(token(clocks.wall), at)  # and tokens of the new time are taken
    clocks.wall -= jump
    assert code(text, at) == "replayed"


def test_d25_a_clock_set_back_an_hour_after_the_token_died():
    """At the moment when the old token looks young again it is still remembered."""
    clocks = Clocks()
    at = door(clocks)
    text = token(jti="once")
    assert accepted(text, at)
    clocks.pass_(600)
    assert accepted(token(clocks.wall), at)  # makes room
    clocks.wall -= 3600
    while clocks.wall < NOW:
        clocks.pass_(300)
        assert accepted(token(clocks.wall), at)
    assert code(text, at) == "replayed"


def test_d25_what_was_used_does_not_pile_up():
    clocks = Clocks()
    at = door(clocks)
    for _ in range(500):
        assert accepted(token(clocks.wall, kind="EC384"), at)
        clocks.pass_(60)
    assert len(at._replays) <= (MARGIN_SECONDS + 330) / 60 + 1


def test_d25_a_full_store_forgets_the_dead_and_refuses_rather_than_forget_the_living():
    clocks = Clocks()
    at = door(clocks, room=5)
    first = token(jti="first")
    assert accepted(first, at)
    for _ in range(4):
        assert accepted(token(), at)
    with pytest.raises(TooManyError):
        at.caller(token(), frozenset({AUD}))
    assert code(first, at) == "replayed"
    clocks.pass_(331)
    assert accepted(token(clocks.wall), at)
    assert code(first, at) == "expired"


def test_pyjwt_alone_would_accept_these():
    """Why the checks are ours; if this fails, PyJWT has become stricter."""
    public = key("EC384").public_key()
    for text in (
        token(time.time(), exp=int(time.time()) * 2),
        token(time.time(), header={"typ": "x"}),
        token(time.time(), header={"jku": "https://evil.example.org/keys"}),
    ):
        for _ in range(2):
            assert jwt.decode(text, public, algorithms=["ES384"], audience=AUD, options={"require": ["exp", "jti"]})


GOOD = token(jti="one")
LETTERS = string.ascii_letters + string.digits + "-_."


@given(st.data())
@settings(max_examples=1500, deadline=None)
def test_no_changed_token_is_accepted(data):
    good = GOOD
    position = data.draw(st.integers(0, len(good) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    changed = good[:position] + letter + good[position + 1 :]
    # The last letter of a part may carry bits that mean nothing; the signature is then the same bytes.
    if _bytes(changed) != _bytes(good):
        assert not accepted(changed)


def _bytes(text: str) -> tuple[str, bytes] | str:
    start, _, signature = text.rpartition(".")
    try:
        return start, base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError:
        return text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["alg", "typ", "kid", "jku", "crit", "x5u"]), JSON, max_size=3),
    st.dictionaries(st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "jti", "tenant", "sub"]), JSON, max_size=4),
)
@settings(max_examples=1500, deadline=None)
def test_strange_headers_and_claims_raise_nothing_else(header, changed):
    """Refused or taken, never a fault; and what is taken holds every claim that is needed."""
    body = claims(**changed)
    text = signed({"alg": "ES384", "typ": "JWT", "kid": "ec", **header}, json.dumps(body).encode())
    if accepted(text):
        assert body["iss"] == ISS
        assert body["aud"] in (AUD, [AUD])
        assert 0 < body["exp"] - body["iat"] <= 300
        assert body.get("tenant") is None
