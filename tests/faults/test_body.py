"""FAULTS group A: bodies and JSON."""

import gzip
import json
import sys
import time

import pytest

from tests.faults.conftest import problem

CANARY = "ZEBRA7391"
MALFORMED = {
    "A1-empty": b"",
    "A2-truncated": b'{"patient": {"age_years": 7391',
    "A3-trailing": b"{}}}",
    "A5-not-utf8": b'{"as_of": "ZEBRA7391\xff"}',
    "A6-utf16": '{"as_of": "ZEBRA7391"}'.encode("utf-16"),
    "A7-bom": b"\xef\xbb\xbf{}",
    "A8-surrogate": b'{"as_of": "ZEBRA7391\\ud800"}',
    "A9-nan": b'{"patient": {"weight_kg": NaN}}',
    "A9-infinity": b'{"patient": {"weight_kg": Infinity}}',
    "A9-minus-infinity": b'{"patient": {"weight_kg": -Infinity}}',
    "A10-overflow": b'{"patient": {"weight_kg": 1e999}}',
    "A12-5000-digits": b'{"patient": {"age_years": ' + b"7391" * 1250 + b"}}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_is_malformed(ask, body):
    problem(ask(body), 400, "malformed-json")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"ZEBRA7391"', b"7391"])
def test_a4_the_top_level_is_an_object(ask, body):
    problem(ask(body), 422, "invalid-input")


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity"])
def test_a11_a_word_is_no_number(ask, text):
    problem(ask({"patient": {"weight_kg": text}}), 422, "invalid-input")


def test_a13_300_digits_are_out_of_range(ask):
    problem(ask(b'{"patient": {"age_years": ' + b"7391" * 75 + b"}}"), 422)


@pytest.mark.parametrize("body", [b'{"as_of": "2026-11-25", "as_of": 1}', b'{"pregnancies": [{"a": 1, "\\u0061": 2}]}'])
def test_a14_a_key_given_twice_is_refused(ask, body):
    problem(ask(body), 400, "duplicate-key")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [41, 1_000, 100_000])
def test_a15_deep_nesting_is_refused_quickly(ask, opening, depth):
    start = time.perf_counter()
    problem(ask(b'{"a":' + opening * depth), 400, "too-deep")
    assert time.perf_counter() - start < 2


def test_a16_a_body_over_the_limit_is_refused(ask):
    problem(ask(b" " * 1_000_001), 413, "too-large")


def test_a17_a_body_without_a_length_is_refused_once_it_is_over_the_limit(client, good):
    chunks = (b" " * 100_000 for _ in range(11))
    response = client.post("/v1/assessments", content=chunks, headers={"content-type": "application/json"})
    problem(response, 413, "too-large")


def test_a18_a_length_over_the_limit_is_refused_before_anything_is_read(ask):
    problem(ask(b"{}", content_length="999999999"), 413, "too-large")


def test_a19_many_wrong_items_give_a_short_answer(ask):
    problem(ask(b'{"conditions": [' + b",".join([b"7391"] * 190_000) + b"]}"), 422)
    problem(ask(b'{"conditions": [' + b",".join([b'{"code": 1}'] * 300_000) + b"]}"), 413)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd"])
def test_a20_nothing_is_inflated(ask, encoding):
    problem(ask(gzip.compress(b" " * 10_000_000), content_encoding=encoding), 415, "unsupported-encoding")


XML = b'<!DOCTYPE a [<!ENTITY x "ZEBRA7391"><!ENTITY y SYSTEM "file:///etc/passwd">]><a>&x;&y;</a>'


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/xml",
        "text/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_a21_only_json_is_read(ask, media_type):
    problem(ask(XML, media_type), 415, "unsupported-media-type")
    assert "lxml" not in sys.modules


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1"])
def test_a22_only_utf8_is_read(ask, charset):
    problem(ask(b"{}", f"application/json; charset={charset}"), 415, "unsupported-media-type")


def test_a23_ten_thousand_unknown_keys_give_a_short_answer(ask):
    document = problem(ask({f"{CANARY}{number}": 1 for number in range(10_000)}), 422, "unknown-field")
    assert document["errors"] == [document["errors"][0]]


def test_a23_a_key_of_half_a_megabyte_is_not_repeated(ask):
    problem(ask({CANARY * 55_000: 1}), 422, "unknown-field")


@pytest.mark.parametrize("key", ["__proto__", "__class__", "constructor", "model_config"])
def test_a24_names_of_other_languages_are_unknown_fields(ask, key):
    assert key not in json.dumps(problem(ask({"patient": {key: {CANARY: 1}}}), 422, "unknown-field"))


HOSTILE = {
    "nul": "a\0b",
    "escape": "a\x1b[31mb",
    "c1": "a\x9bb",
    "bidi": "a\u202eb",
    "isolate": "a\u2066b",
    "zero-width": "a\u200bb",
    "homoglyph": "diabetes".replace("a", "\u0430"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a25_hostile_characters_in_codes_are_refused(ask, text):
    problem(ask({"conditions": [{"code": text, "status": "present"}]}), 422)


@pytest.mark.parametrize("name", ["nul", "escape", "c1", "bidi", "isolate"])
def test_a25_control_characters_in_free_text_are_refused(ask, name):
    entry = {"code": "diabetes", "status": "present", "details": HOSTILE[name]}
    problem(ask({"conditions": [entry]}), 422)


def test_a25_a_flood_of_marks_is_too_long(ask):
    entry = {"code": "diabetes", "status": "present", "details": "e" + "\u0301" * 100_000}
    problem(ask({"conditions": [entry]}), 422)
