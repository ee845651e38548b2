"""Reading a request body: its type, its size and its time are bounded before a byte is parsed."""

import asyncio
from email.message import Message

from starlette.requests import ClientDisconnect, Request

from app.errors import InputError, Problem

MAX_BODY = 1_000_000
DEADLINE_SECONDS = 10


async def read_body(request: Request, media_type: str = "application/json", largest: int = MAX_BODY) -> bytes:
    """The whole body. Raises InputError 415, 413 or 408."""
    check_headers(request, media_type)
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > largest:
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
        raise _error("timeout", 408, "The body did not arrive in time.") from None
    return b"".join(chunks)


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


def _error(kind: str, status: int, detail: str) -> InputError:
    return InputError(kind, (Problem("", kind.replace("-", "_"), detail),), status=status)
