"""Reading a request body: its type, its size and its time are bounded before a byte is parsed."""

import asyncio
import re
from collections.abc import AsyncIterator
from email.message import Message
from time import monotonic

from starlette.requests import ClientDisconnect, Request

from app.errors import InputError, Problem

MAX_BODY = 1_000_000
DEADLINE_SECONDS = 10
SLOWEST_BYTES_A_SECOND = 10_000
_LENGTH = re.compile(r"\d{1,12}", re.ASCII)


async def read_body(request: Request, media_type: str = "application/json", largest: int = MAX_BODY) -> bytes:
    """The whole body. Raises InputError 415, 413 or 408."""
    check_headers(request, media_type)
    declared = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(declared) or int(declared) > largest:
        raise too_large(largest)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for chunk in request.stream():
                chunks.append(chunk)
                size += len(chunk)
                if size > largest:
                    raise too_large(largest)
    except (TimeoutError, ClientDisconnect):
        raise too_slow() from None
    return b"".join(chunks)


async def chunks_of(request: Request) -> AsyncIterator[bytes | InputError]:
    """A streamed body; a sender slower than 10 kB a second, after 10 seconds of patience, ends it with the error 408.

    Only the time spent waiting for the sender counts, not the time that answering takes.
    """
    stream = request.stream()
    waited, received = 0.0, 0
    try:
        while True:
            start = monotonic()
            async with asyncio.timeout(DEADLINE_SECONDS + received / SLOWEST_BYTES_A_SECOND - waited):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            waited, received = waited + monotonic() - start, received + len(chunk)
            yield chunk
    except TimeoutError:
        yield too_slow()


def check_headers(request: Request, media_type: str) -> None:
    """Refuse encodings and media types that are not read here."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _error("unsupported-encoding", 415, "The body must not be compressed.")
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    charset = str(header.get_param("charset", "utf-8")).lower()
    if header.get_content_type() != media_type or charset not in {"utf-8", "utf8"}:
        raise _error("unsupported-media-type", 415, f"The body must be {media_type} in UTF-8.")


def too_large(largest: int = MAX_BODY) -> InputError:
    """The error for a body above the limit."""
    return _error("too-large", 413, f"At most {largest} bytes are read.")


def too_slow() -> InputError:
    """The error for a body that does not arrive."""
    return _error("timeout", 408, "The body did not arrive in time.")


def _error(kind: str, status: int, detail: str) -> InputError:
    return InputError(kind, (Problem("", kind.replace("-", "_"), detail),), status=status)
