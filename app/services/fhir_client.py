"""Missing prefetch, fetched from a FHIR server that the site listed for the caller; never from one that only a request names."""

import asyncio
import logging
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from app.errors import InputError
from app.services.outbound import FetchError, Outbound
from app.services.strict_json import check_json

BUDGET_SECONDS = 0.7
MOST_BYTES = 1_000_000
MOST_KEYS = 12
TYPES = frozenset({"application/fhir+json", "application/json"})
LONGEST_TOKEN = 8192
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+", re.ASCII)
_QUERY = re.compile(r"[A-Z][A-Za-z]{1,63}(/[A-Za-z0-9.-]{1,64})?(\?[^\s#{}]{1,2000})?", re.ASCII)
_HOLE = re.compile(r"\{\{\s*([A-Za-z.]+)\s*\}\}", re.ASCII)
log = logging.getLogger("ivig_cds.fhir_client")


def filled(template: str, tokens: Mapping[str, str]) -> str | None:
    """A prefetch template with its ``{{...}}`` filled in, percent-encoded; None if a token has no value or the result is no plain query."""
    try:
        query = _HOLE.sub(lambda found: quote(tokens[found[1]], safe=""), template)
    except KeyError:
        return None
    return query if _QUERY.fullmatch(query) and "/.." not in query else None


class FhirClient:
    """Reads within one time budget. Whatever goes wrong leaves a key missing: nothing is made up."""

    def __init__(self, outbound: Outbound | None = None, *, budget: float = BUDGET_SECONDS) -> None:
        self._outbound = outbound or Outbound()
        self._budget = budget

    async def complete(
        self,
        prefetch: Mapping[str, Any],
        templates: Mapping[str, str],
        fhir_server: str | None,
        token: str | None,
        *,
        allowed: frozenset[str],
        tokens: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The prefetch with what could be fetched, and the keys that came by it.

        Only keys that are absent are fetched: null and an OperationOutcome are answers. ``templates`` are queries such as
        ``Patient/{{context.patientId}}``, filled from ``tokens``; ``allowed`` are the base addresses listed for the caller
        (``fhir_servers_of``). With no server, no token or a server that is not listed nothing is dialled.
        """
        base = (fhir_server or "").rstrip("/")
        if base not in allowed or not token or len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
            return dict(prefetch), ()
        absent = {key: filled(text, tokens or {}) for key, text in templates.items() if key not in prefetch}
        wanted = [(key, query) for key, query in absent.items() if query is not None][:MOST_KEYS]
        headers = {"Authorization": f"Bearer {token}"}
        answers = await asyncio.gather(*(self._read(f"{base}/{query}", headers) for _, query in wanted))
        fetched = {key: found for (key, _), found in zip(wanted, answers, strict=True) if found is not None}
        return {**prefetch, **fetched}, tuple(fetched)

    async def _read(self, url: str, headers: Mapping[str, str]) -> dict[str, Any] | None:
        try:
            body = await self._outbound.get(url, TYPES, most=MOST_BYTES, seconds=self._budget, headers=headers)
            found = check_json(body, Decimal)
        except FetchError as error:
            log.info("not fetched: %s", error.code)
            return None
        except InputError:
            log.info("not fetched: not_json")
            return None
        return found if found.get("resourceType") not in {None, "OperationOutcome"} else None

    async def close(self) -> None:
        """Close every connection."""
        await self._outbound.close()
