"""The quick look at how deep a body is never lets more pass than the count does."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InputError
from app.services.strict_json import MAX_DEPTH, check_json

WORDS = st.text(alphabet='[]{}"\\,: aé', max_size=12)
VALUES = st.recursive(
    WORDS | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=20
)


def nested(levels, inner="1", opening='{"a":', closing="}"):
    return (opening * levels + inner + closing * levels).encode()


@given(st.dictionaries(WORDS, VALUES), st.booleans())
def test_any_object_is_read_as_it_is(value, ascii_only):
    assert check_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(VALUES, st.integers(MAX_DEPTH - 6, MAX_DEPTH + 6))
def test_the_depth_is_that_of_the_brackets_outside_strings(value, levels):
    def depth(part):
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        return isinstance(part, dict | list) + max(map(depth, inner), default=0)

    body = nested(levels, json.dumps(value))
    if levels + depth(value) <= MAX_DEPTH:
        check_json(body)
    else:
        with pytest.raises(InputError) as refused:
            check_json(body)
        assert refused.value.type == "too-deep"


@pytest.mark.parametrize("inner", ['"["', '"[" , "]"', '""', '"\\"["', '"\\\\"', '"}"', '"{}"'])
def test_brackets_in_strings_are_no_levels(inner):
    body = f'{{"a": [{", ".join([inner] * 100)}]}}'.encode()
    assert list(check_json(body)) == ["a"]


@pytest.mark.parametrize("body", [b'{"a": [}', b'{"a": "[}', b'{"a": "}', b"}{", b'{"a":]}', b'{"a": [1}}'])
def test_what_does_not_fit_is_no_json(body):
    with pytest.raises(InputError) as refused:
        check_json(body)
    assert refused.value.type == "malformed-json"


@pytest.mark.parametrize("opening", [b"[", b"{", b'{"a":[', b'["', b"]["])
def test_brackets_that_never_close_are_refused(opening):
    with pytest.raises(InputError):
        check_json(opening * 100_000)
