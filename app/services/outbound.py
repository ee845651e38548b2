"""The only way out: one bounded GET to an address that the configuration names, never one from a request."""

import asyncio
import ssl
from collections.abc import Mapping
from email.message import Message

import httpx2


class FetchError(Exception):
    """Nothing usable came back; the code is of our own making and quotes nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outbound:
    """Follows no redirect, asks no proxy, reads no compressed body, and stops at a size and a time."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """``transport`` replaces the network in tests."""
        self._transport = transport
        self._client: httpx2.AsyncClient | None = None

    async def get(
        self, url: str, types: frozenset[str], *, most: int, seconds: float, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The body of a 200 answer of one of the media types. Raises FetchError."""
        try:
            async with asyncio.timeout(seconds):
                return await self._get(url, types, most, headers or {})
        except (TimeoutError, httpx2.TimeoutException):
            raise FetchError("timeout") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ssl.SSLError, OSError, ValueError):
            raise FetchError("unreachable") from None

    async def _get(self, url: str, types: frozenset[str], most: int, headers: Mapping[str, str]) -> bytes:
        asked = {"Accept": ", ".join(sorted(types)), "Accept-Encoding": "identity", **headers}
        async with self._open().stream("GET", url, headers=asked) as response:
            if response.status_code != httpx2.codes.OK:
                raise FetchError(f"status_{response.status_code}")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise FetchError("compressed")
            if _media_type(response.headers.get("content-type", "")) not in types:
                raise FetchError("content_type")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > most:
                    raise FetchError("too_large")
            return bytes(body)

    def _open(self) -> httpx2.AsyncClient:
        # Made on first use: reading the machine's certificates takes longer than most answers.
        if self._client is None:
            self._client = httpx2.AsyncClient(
                transport=self._transport, follow_redirects=False, trust_env=False, timeout=5.0
            )
        return self._client

    async def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _media_type(header: str) -> str:
    message = Message()
    message["content-type"] = header
    return message.get_content_type() if header else ""
