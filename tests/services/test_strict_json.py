import pytest

from app.errors import InputError
from app.services.strict_json import MAX_DEPTH, check_json


def refused(body: bytes) -> tuple[str, int]:
    with pytest.raises(InputError) as caught:
        check_json(body)
    return caught.value.type, caught.value.status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"patient": {',
        b"{}}",
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": -1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_strict_json_is_malformed(body):
    assert refused(body) == ("malformed-json", 400)


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1"])
def test_the_top_level_is_an_object(body):
    assert refused(body) == ("invalid-input", 422)


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 1}', b'{"b": [{"a": 1, "a": 2}]}', b'{"a": 1, "\\u0061": 2}'])
def test_a_key_given_twice_is_refused_at_any_depth(body):
    assert refused(body) == ("duplicate-key", 400)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 100_000])
def test_deep_nesting_is_refused(opening, depth):
    assert refused(b'{"a":' + opening * depth) == ("too-deep", 400)


def test_nesting_at_the_limit_is_read():
    check_json(b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}")


def test_brackets_inside_strings_do_not_count():
    check_json(b'{"a": "' + b"[" * 100 + b'\\"{{{"}')
