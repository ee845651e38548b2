"""The published form of a rule set: one canonical text, its digest, and the way back to Knowledge."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any, NoReturn

from pydantic import ValidationError

from app.clinical.knowledge import Knowledge
from app.errors import RuleSetError

FORMAT = 2
"""Raised when a document of before can no longer be read as one of now."""

COLLECTIONS = tuple(Knowledge.model_fields)


def canonical(document: Any) -> bytes:
    """The one text of a document: keys sorted, UTF-8, no spaces, numbers as exact decimals. A float raises TypeError."""
    return "".join(_write(document)).encode("utf-8")


def digest(document: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return digest_of(canonical(document))


def digest_of(text: bytes) -> str:
    """SHA-256 of a text that is canonical already."""
    return sha256(text).hexdigest()


def read(text: str | bytes) -> dict[str, Any]:
    """The document that a canonical text holds, its numbers exact. Raises RuleSetError if it holds none."""
    try:
        document = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RuleSetError("the stored rule set is not a document") from error
    if not isinstance(document, dict):
        raise RuleSetError("the stored rule set is not a document")
    return document


def decode(document: Mapping[str, Any]) -> Knowledge:
    """The knowledge a document holds. Raises RuleSetError for a document of another format or shape."""
    if document.get("format") != FORMAT:
        raise RuleSetError(f"the rule set has format {document.get('format')}; this version reads format {FORMAT}")
    # A collection that came later than the document has none there.
    held = [name for name in COLLECTIONS if name in document or Knowledge.model_fields[name].is_required()]
    try:
        return Knowledge.model_validate({name: document[name] for name in held})
    except (KeyError, ValidationError) as error:
        raise RuleSetError(f"the rule set does not fit this version: {error}") from error


def _write(value: Any) -> Iterator[str]:
    match value:
        case None | bool() | int() | str():
            yield json.dumps(value, ensure_ascii=False)
        case Decimal() if value.is_finite():
            yield _number(value)
        case Mapping():
            yield from _object(value)
        case list() | tuple():
            yield "["
            for index, item in enumerate(value):
                yield "," if index else ""
                yield from _write(item)
            yield "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _object(value: Mapping[str, Any]) -> Iterator[str]:
    yield "{"
    for index, key in enumerate(sorted(value)):
        yield "," if index else ""
        yield json.dumps(key, ensure_ascii=False)
        yield ":"
        yield from _write(value[key])
    yield "}"


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
