"""What a step in a rule set's life needs of a request: who asks, whether they may, and whether they asked before."""

from hashlib import sha256
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.authoring.bundle import canonical
from app.authoring.files import MOST_CHARACTERS
from app.clinical.scalars import Wire
from app.errors import InputError, Problem, RefusedError
from app.services.intake import read_shape
from app.services.life import Changes, Lifecycle
from app.store.replies import Once
from app.web.body import read_body
from app.web.context import context_of
from app.web.security import caller_of

W = TypeVar("W", bound=Wire)
LARGEST_BODY = 12_000_000
LONGEST_KEY = 120


class DraftRequest(Wire):
    """A draft: the YAML files of a knowledge folder, or only those that differ from a published version."""

    model_config = ConfigDict(str_max_length=MOST_CHARACTERS)

    files: dict[str, str | None] = Field(
        min_length=1, max_length=500, description="Texts by file name; null takes a file of `base` away."
    )
    base: str | None = Field(None, max_length=40, description="Published version whose files the others are.")
    note: str | None = Field(None, max_length=500, description="What is new.")


class PublishRequest(Wire):
    version: str | None = Field(None, max_length=40, description="What the changes deserve, if left out; never lower.")


class ActivationRequest(Wire):
    reason: str | None = Field(None, max_length=500, description="Why now.")


LIFE_REQUESTS: tuple[type[BaseModel], ...] = (DraftRequest, PublishRequest, ActivationRequest)


class VersionShape(BaseModel):
    """A published, immutable version."""

    version: str
    digest: str
    published_at: str
    published_by: str
    note: str | None


def request_body(shape: type[BaseModel], *, required: bool) -> dict[str, Any]:
    """The OpenAPI declaration of a body that the route reads itself."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def lifecycle(request: Request) -> Lifecycle:
    """The lifecycle, for those who may change rule sets here. Raises RefusedError 403 where nobody may over HTTP."""
    found = context_of(request).life
    if found is None:
        raise RefusedError("forbidden", "rule sets are not changed over HTTP here", 403)
    return found


def actor(request: Request) -> str:
    """Who asks: the id of the credential, or anyone where none is asked for."""
    return caller_of(request).id


async def body_of(request: Request) -> bytes:
    """The body, up to the size of a bundle; a request without one need not name a media type."""
    if "content-type" not in request.headers and request.headers.get("content-length", "0") == "0":
        return b""
    return await read_body(request, largest=LARGEST_BODY)


def changes_of(body: bytes) -> Changes:
    """The draft in a body. Raises InputError."""
    found = read_shape(body, DraftRequest)
    return Changes(found.files, found.base, found.note)


def option(body: bytes, shape: type[W]) -> W:
    """The options in a body; an empty body chooses nothing. Raises InputError."""
    return read_shape(body or b"{}", shape)


def once(request: Request, body: bytes) -> Once | None:
    """The Idempotency-Key of a request, with a hash of all that the request says. Raises InputError 422 for no usable key."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        problem = Problem("", "invalid_parameter", f"Idempotency-Key is 1 to {LONGEST_KEY} printable ASCII characters.")
        raise InputError("invalid-input", (problem,))
    said = "\n".join((request.method, request.url.path, request.headers.get("if-match", "")))
    return Once(actor(request), key, sha256(said.encode() + b"\0" + body).hexdigest())


def if_match(request: Request) -> str:
    """The revision that a change is based on. Raises RefusedError 428 without one."""
    found = request.headers.get("if-match")
    if found is None:
        raise RefusedError("precondition-required", "If-Match names the revision that is changed (its ETag)", 428)
    return found


def expected_digest(request: Request) -> str | None:
    """The digest of the version that the sender believes active, where it names one: the ETag of GET /v1/rule-sets/active."""
    found = request.headers.get("if-match")
    return None if found is None else found.strip('"')


def reply(found: Any, status: int = 200, location: str | None = None) -> Response:
    """A reply, with the ETag of what it shows; canonical, so that a kept one is the same to the byte."""
    headers = {"ETag": found.get("etag") or f'"{found["digest"]}"'}
    if location is not None:
        headers["Location"] = location
    return Response(canonical(found), status, headers, "application/json")
