"""One strict reading of JSON: what other parsers let pass silently is refused here."""

import json
import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from app.errors import InputError, Problem

MAX_DEPTH = 40
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_OPEN_CLOSE = bytes.maketrans(b"[]", b"{}")
_NO_BRACKET = bytes(set(range(256)) - set(b'[]{}"\\'))
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def check_json(body: bytes, number: Callable[[str], Any] = float) -> dict[str, Any]:
    """The one JSON object that a body is, its fractions read by ``number``. Raises InputError for anything but one UTF-8 JSON object without duplicate keys, NaN, infinities or deep nesting."""
    if body.startswith(_BOMS):
        raise malformed("The body must be UTF-8 without a byte order mark.")
    _check_depth(body)
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=partial(_finite, number)
        )
    except (ValueError, RecursionError):
        raise malformed("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise InputError("invalid-input", (Problem("", "wrong_type", "A JSON object is expected."),))
    return value


def malformed(detail: str) -> InputError:
    """The error for a body that is not JSON."""
    return InputError("malformed-json", (Problem("", "malformed", detail),), status=400)


def _check_depth(body: bytes) -> None:
    if _is_flat(body):
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise InputError(
                "too-deep", (Problem("", "too_deep", f"At most {MAX_DEPTH} levels are read."),), status=400
            )


def _is_flat(body: bytes) -> bool:
    """Whether the body is well within the depth; where False, it is to be counted exactly.

    Without its other characters a body is brackets and quotes. Taking away pairs of quotes leaves every bracket inside
    or outside a string as it was; taking away pairs of brackets takes one level.
    """
    left = body.translate(_OPEN_CLOSE, _NO_BRACKET).replace(b'""', b"")
    if b"\\" in left or b'"' in left:
        return False
    for _ in range(MAX_DEPTH):
        if not left:
            return True
        left = left.replace(b"{}", b"")
    return not left


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputError(
            "duplicate-key", (Problem("", "duplicate_key", "A key occurs twice in one object."),), status=400
        )
    return found


def _no_constant(_name: str) -> NoReturn:
    raise malformed("NaN and Infinity are not JSON.")


def _finite(number: Callable[[str], Any], text: str) -> Any:
    if math.isinf(float(text)):
        raise malformed("A number is too large.")
    return number(text)
