"""One signed file that carries a published version to a site without a network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from app.authoring.bundle import FORMAT, canonical, digest, read
from app.authoring.files import checked_files
from app.authoring.signing import Signer, Trusted
from app.errors import Diagnostic, RefusedError, RuleSetError

BUNDLE = 2
ALGORITHM = "Ed25519"
SHARED = "HMAC-SHA256"
"""What bundles of form 1 were signed with: a key that both sites held, so that whoever took one could have made it."""
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
    signed_by: str


def sealed(payload: Mapping[str, Any], signer: Signer) -> bytes:
    """The bundle file: the payload and its signature, as one canonical text."""
    content = {"bundle": BUNDLE, **payload}
    value = signer.sign(canonical(content))
    return canonical({"payload": content, "signature": {"algorithm": ALGORITHM, "key": signer.id, "value": value}})


def opened(data: bytes, trusted: Trusted) -> Release:
    """The release in a bundle file. Raises RefusedError 422 before anything in it is believed.

    In this order: size, form, signature, hash, format, file names. No text of the bundle is repeated in a refusal.
    """
    if len(data) > LARGEST:
        _refuse("too-large", f"a bundle has at most {LARGEST} bytes")
    found = _read(data)
    payload = _signed(found, trusted)
    document = payload["document"]
    if digest(document) != payload["digest"]:
        _refuse("wrong-hash", "the knowledge in the bundle is not the one its digest names")
    if document.get("format") != FORMAT:
        _refuse("other-format", f"this engine reads format {FORMAT} of a rule set")
    try:
        files = checked_files(payload["files"])
    except RefusedError as error:
        _refuse(error.diagnostics[0].code, error.detail)
    by, signed_by = str(payload["published_by"]), found["signature"]["key"]
    return Release(payload["version"], payload["digest"], document, files, payload["note"], by, signed_by)


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


def _signed(found: Mapping[str, Any], trusted: Trusted) -> Mapping[str, Any]:
    payload, signature = found["payload"], found["signature"]
    if not (isinstance(payload, dict) and isinstance(signature, dict)):
        _refuse("not-a-bundle", "the file is not a bundle")
    if signature.get("algorithm") == SHARED:
        _refuse(
            "old-bundle",
            "the bundle is signed with a shared key, as before: export the version again with a present ivig-cds, "
            "and trust that site's public key here (`ivig-cds rules keys trust`)",
        )
    key, value = signature.get("key"), signature.get("value")
    if signature.get("algorithm") != ALGORITHM or not (isinstance(key, str) and isinstance(value, str)):
        _refuse("bad-signature", f"a bundle is signed with {ALGORITHM}")
    if key not in trusted.keys:
        _refuse("unknown-key", "no key trusted here signed the bundle: `ivig-cds rules keys trust` takes the other's")
    if not trusted.holds(key, value, canonical(payload)):
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
