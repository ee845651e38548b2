"""An EHR for tests: a small FHIR R4 server over HTTP, and a CDS Hooks client that resolves prefetch templates on it."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

FHIR = "application/fhir+json"
TOKEN = re.compile(r"\{\{context\.(\w+)\}\}")
Json = dict[str, Any]


def fhir_server(resources: list[Json]) -> Starlette:
    """Reads and searches by patient, code and status, sorted by date and counted, as the specification's subset asks."""

    async def read(request: Request) -> JSONResponse:
        kind, name = request.path_params["kind"], request.path_params["name"]
        found = [item for item in resources if (item["resourceType"], item["id"]) == (kind, name)]
        if not found:
            return JSONResponse({"resourceType": "OperationOutcome", "issue": []}, 404, media_type=FHIR)
        return JSONResponse(found[0], media_type=FHIR)

    async def search(request: Request) -> JSONResponse:
        asked = dict(parse_qsl(request.url.query))
        found = [
            item for item in resources if item["resourceType"] == request.path_params["kind"] and matches(item, asked)
        ]
        if asked.get("_sort") == "-date":
            found.sort(key=lambda item: str(item.get("effectiveDateTime", "")), reverse=True)
        kept = found[: int(asked.get("_count", 1000))]
        return JSONResponse(searchset(kept, len(found)), media_type=FHIR)

    return Starlette(routes=[Route("/fhir/{kind}/{name}", read), Route("/fhir/{kind}", search)])


def searchset(found: list[Json], total: int | None = None) -> Json:
    """The answer to a search; FHIR leaves an empty list out."""
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found) if total is None else total}
    if found:
        bundle["entry"] = [
            {
                "fullUrl": f"https://ehr.example/fhir/{item['resourceType']}/{item['id']}",
                "resource": item,
                "search": {"mode": "match"},
            }
            for item in found
        ]
    return bundle


def matches(item: Json, asked: dict[str, str]) -> bool:
    about = item.get("subject", item.get("patient", {})).get("reference", "")
    if "patient" in asked and about.rpartition("/")[2] != asked["patient"]:
        return False
    if "status" in asked and item.get("status") not in asked["status"].split(","):
        return False
    codes = {f"{coding.get('system')}|{coding.get('code')}" for coding in item.get("code", {}).get("coding", [])}
    return "code" not in asked or bool(codes.intersection(asked["code"].split(",")))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a port of this machine; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


class Ehr:
    """A client of CDS Hooks with its own FHIR server; ``fetched`` are the addresses it resolved.

    ``sign`` makes the token for the address of a service, for a service that asks for one.
    """

    def __init__(self, service: TestClient, resources: list[Json], sign: Callable[[str], str] | None = None) -> None:
        self.service = service
        self.fhir = TestClient(fhir_server(resources))
        self.fetched: list[str] = []
        self.sign = sign

    def headers(self, path: str) -> dict[str, str]:
        """The credential for one call; a token is good for one only."""
        return {"authorization": f"Bearer {self.sign(path)}"} if self.sign else {}

    def discover(self) -> dict[str, Json]:
        """The services by id."""
        return {item["id"]: item for item in self.service.get("/cds-services").json()["services"]}

    def prefetch(self, service: Json, context: Json) -> Json:
        """Every template with its tokens filled in, fetched over HTTP; a read that finds nothing is null."""
        found = {}
        for key, template in service["prefetch"].items():
            address = TOKEN.sub(lambda match: str(context[match.group(1)]), template)
            self.fetched.append(address)
            response = self.fhir.get(f"/fhir/{address}")
            found[key] = response.json() if response.status_code == 200 else None
        return found

    def fire(self, name: str, context: Json, **changes: Any) -> Any:
        """Discover, fetch, call. ``changes`` replace members of the request; a member set to None is left out."""
        service = self.discover()[name]
        request = {
            "hook": service["hook"],
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "fhirServer": "https://ehr.example/fhir",
            "context": context,
            "prefetch": self.prefetch(service, context),
        } | changes
        return self.post(name, {key: value for key, value in request.items() if value is not None})

    def post(self, name: str, request: Any) -> Any:
        path = f"/cds-services/{name}"
        return self.service.post(path, json=request, headers=self.headers(path))

    def feedback(self, name: str, *entries: Json) -> Any:
        path = f"/cds-services/{name}/feedback"
        return self.service.post(
            path,
            content=json.dumps({"feedback": list(entries)}),
            headers={"content-type": "application/json", **self.headers(path)},
        )


def accepted(card: Json, *suggestions: UUID | str, at: str = "2026-11-25T10:00:00Z") -> Json:
    """Feedback for a card of which suggestions were taken."""
    taken = [{"id": str(item)} for item in suggestions]
    return {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": taken, "outcomeTimestamp": at}


def overridden(card: Json, code: str | None = None, at: str = "2026-11-25T10:00:00Z") -> Json:
    """Feedback for a card that was dismissed."""
    entry: Json = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": at}
    return entry | ({"overrideReason": {"reason": {"code": code}}} if code else {})
