"""One signed file that carries a published version to a site without a network."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NoReturn

from app.authoring.bundle import FORMAT, canonical, digest, read
from app.authoring.files import checked_files
from app.errors import Diagnostic, RefusedError, RuleSetError

BUNDLE = 1
ALGORITHM = "HMAC-SHA256"
LARGEST = 12_000_000
_MEMBERS = frozenset({"bundle", "version", "digest", "document", "files", "note", "published_at", "published_by"})


@dataclass(frozen=True, slots=True)
class Release:
    """What a bundle holds, once its signature and its hash were verified."""

    version: str
    digest: str
    document: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    note: str | None
    published_by: str


def key_id(key: bytes) -> str:
    """A name for a key that does not tell it."""
    return sha256(b"ivig-cds bundle key\0" + key).hexdigest()[:16]


def sealed(payload: Mapping[str, Any], key: bytes) -> bytes:
    """The bundle file: the payload and its signature, as one canonical text."""
    content = {"bundle": BUNDLE, **payload}
    value = hmac.digest(key, canonical(content), "sha256").hex()
    return canonical({"payload": content, "signature": {"algorithm": ALGORITHM, "key": key_id(key), "value": value}})


def opened(data: bytes, key: bytes) -> Release:
    """The release in a bundle file. Raises RefusedError 422 before anything in it is believed.

    In this order: size, form, signature, hash, format, file names. No text of the bundle is repeated in a refusal.
    """
    if len(data) > LARGEST:
        _refuse("too-large", f"a bundle has at most {LARGEST} bytes")
    payload = _signed(_read(data), key)
    document = payload["document"]
    if digest(document) != payload["digest"]:
        _refuse("wrong-hash", "the knowledge in the bundle is not the one its digest names")
    if document.get("format") != FORMAT:
        _refuse("other-format", f"this engine reads format {FORMAT} of a rule set")
    try:
        files = checked_files(payload["files"])
    except RefusedError as error:
        _refuse(error.diagnostics[0].code, error.detail)
    return Release(
        payload["version"], payload["digest"], document, files, payload["note"], str(payload["published_by"])
    )


def _read(data: bytes) -> Mapping[str, Any]:
    try:
        found = read(data)
    except (RuleSetError, UnicodeDecodeError):
        _refuse("not-a-bundle", "the file is not a bundle")
    # One text has one signature: what a parser would forgive (a key twice, a space) is not what was signed.
    if found.keys() != {"payload", "signature"} or _text(found) != data:
        _refuse("not-a-bundle", "the file is not a bundle")
    return found


def _text(found: Mapping[str, Any]) -> bytes:
    try:
        return canonical(found)
    except (TypeError, RecursionError, UnicodeEncodeError):
        return b""


def _signed(found: Mapping[str, Any], key: bytes) -> Mapping[str, Any]:
    payload, signature = found["payload"], found["signature"]
    if not (isinstance(payload, dict) and isinstance(signature, dict)):
        _refuse("not-a-bundle", "the file is not a bundle")
    if signature.get("algorithm") != ALGORITHM or signature.get("key") != key_id(key):
        _refuse("bad-signature", "the bundle was not signed with this site's key")
    expected = hmac.digest(key, canonical(payload), "sha256").hex()
    if not hmac.compare_digest(str(signature.get("value")).encode(), expected.encode()):
        _refuse("bad-signature", "the bundle was altered after it was signed")
    if payload.get("bundle") != BUNDLE or payload.keys() != _MEMBERS or not _well_formed(payload):
        _refuse("other-bundle", f"this engine reads bundles of form {BUNDLE}")
    return payload


def _well_formed(payload: Mapping[str, Any]) -> bool:
    files = payload["files"]
    return (
        isinstance(payload["version"], str)
        and isinstance(payload["document"], dict)
        and isinstance(files, dict)
        and all(isinstance(text, str) for text in files.values())
        and isinstance(payload["note"], str | None)
    )


def _refuse(code: str, detail: str) -> NoReturn:
    raise RefusedError("bundle-refused", detail, 422, (Diagnostic(code, detail),))
