"""Every route of the application x every scope x every kind of credential, made from the routes themselves."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient

from app.services.callers import SCOPES, Caller
from app.web import problems
from app.web.access import OPEN, TABLE, scopes_for
from app.web.security import Security, caller_of, only_allowed
from tests import tokens

FILES = {("Route", "/openapi.json"), ("Mount", "/docs/assets")}
"""What is served without the application's dependency: the documentation's own files."""


def routes(listed: Any) -> Iterator[Any]:
    for route in listed:
        included = getattr(route, "original_router", None)
        yield from routes(included.routes) if included else (route,)


def operations(app: FastAPI) -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in routes(app.routes)
        if (type(route).__name__, route.path) not in FILES
        for method in sorted(route.methods)
    ]


@pytest.fixture(scope="module")
def credentials(running) -> dict[str, str]:
    return {scope: running.key(scope) for scope in SCOPES}


def call(guarded, method: str, template: str, credential: str | None) -> Any:
    headers = {} if credential is None else {"authorization": f"Bearer {credential}"}
    path = re.sub(r"\{[^}]*\}", "x", template)
    return guarded.client.request(method, path, headers=headers, follow_redirects=False)


def test_nothing_is_served_beside_the_table(guarded):
    app = guarded.client.app
    found = list(routes(app.routes))
    assert {(type(route).__name__, route.path) for route in found if type(route).__name__ != "APIRoute"} == FILES
    assert len(found) > 30
    assert {(method, path) for method, path in operations(app) if scopes_for(method, path) is None} == set()


def test_the_matrix_is_over_everything_that_any_router_declares(guarded):
    """Also what only some settings offer: rule administration, metrics. A router left out of the application would show here."""
    from importlib import import_module
    from pkgutil import iter_modules

    from app import routers

    declared = {
        (method, route.path)
        for module in iter_modules(routers.__path__)
        for route in routes(import_module(f"app.routers.{module.name}").router.routes)
        for method in route.methods
    }
    held = set(operations(guarded.client.app))
    assert declared - held == set()
    assert held - declared == {("GET", path) for path in ("/", "/docs", "/docs/start.js", "/redoc")}
    assert {("GET", "/v1/insights"), ("GET", "/metrics"), ("POST", "/v1/rule-sets/import")} <= held


def nothing() -> dict[str, str]:
    return {}


def test_every_route_asks_for_what_the_table_says(guarded, refusal, credentials):
    wrong = []
    for method, path in operations(guarded.client.app):
        needed = scopes_for(method, path)
        without = call(guarded, method, path, None)
        if needed != OPEN and path.startswith(("/fhir", "/cds-services")):
            # The same refusal as an OperationOutcome.
            assert (without.status_code, "resourceType" in without.text) == (401, True)
            assert without.headers["www-authenticate"]
        elif needed != OPEN:
            refusal(without)
        elif without.status_code in {401, 403}:
            wrong.append((method, path, "open"))
        for scope, credential in credentials.items():
            status = call(guarded, method, path, credential).status_code
            lets_in = not needed or scope in needed
            if (status not in {401, 403}) is not lets_in or (not lets_in and status != 403):
                wrong.append((method, path, scope, status))
    assert wrong == []


def test_every_route_takes_tokens_by_the_scopes_of_their_issuer(guarded):
    wrong = []
    for method, path in operations(guarded.client.app):
        needed = scopes_for(method, path)
        address = tokens.BASE + re.sub(r"\{[^}]*\}", "x", path)
        status = call(guarded, method, path, guarded.token(aud=address)).status_code
        lets_in = not needed or bool(needed & {"assess", "hooks"})
        if (status not in {401, 403}) is not lets_in:
            wrong.append((method, path, status))
    assert wrong == []


@pytest.mark.parametrize("path", ["/v1/new", "/livez/x", "/v1/assessments/x", "/v1/rules/x/y", "/fhirx", "/", ""])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_what_is_not_listed_is_closed(method, path):
    assert scopes_for(method, path) is None


def test_a_new_route_is_closed_to_everyone_until_it_is_listed():
    app = FastAPI(dependencies=[Depends(only_allowed)])
    app.add_api_route("/v1/new", nothing)
    app.state.security = Security()
    problems.install(app)
    assert TestClient(app).get("/v1/new").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/v1/assessments", "assess"),
        ("POST", "/cds-services/{service_id}", "hooks"),
        ("POST", "/cds-services/{id}/feedback", "hooks"),
        ("POST", "/fhir/$assess-ivig", "fhir"),
        ("GET", "/fhir/Library/{id}", "fhir"),
        ("GET", "/v1/audit/{id}", "audit:read"),
        ("GET", "/metrics", "ops"),
    ],
)
def test_one_scope_and_no_other(method, path, scope):
    assert scopes_for(method, path) == {scope}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/cds-services", "/fhir/metadata", "/docs"])
def test_health_and_discovery_are_open(path):
    assert scopes_for("GET", path) == scopes_for("HEAD", path) == OPEN


def test_every_scope_opens_something():
    used = frozenset().union(*(item.any_of for item in TABLE))
    assert SCOPES.keys() - used == set()


def test_a_route_can_ask_who_calls():
    app = FastAPI(dependencies=[Depends(only_allowed)])

    class Keys:
        def caller(self, text: str) -> Caller:
            return Caller("api-key", text, frozenset({"ops"}))

    from starlette.requests import Request

    async def metrics(request: Request) -> str:
        return caller_of(request).id

    app.add_api_route("/metrics", metrics)
    app.state.security = Security(Keys())
    problems.install(app)
    assert TestClient(app).get("/metrics", headers={"authorization": "Bearer ivk_a"}).json() == "ivk_a"


def test_one_credential_has_a_rate_and_the_others_have_theirs():
    from app.services.buckets import Buckets

    class Keys:
        def caller(self, text: str) -> Caller:
            return Caller("api-key", text, frozenset({"ops"}))

    app = FastAPI(dependencies=[Depends(only_allowed)])
    app.add_api_route("/metrics", nothing)
    app.state.security = Security(Keys(), good=Buckets(1, 2, clock=lambda: 0.0))
    problems.install(app)
    client = TestClient(app)

    def status(name: str) -> int:
        return client.get("/metrics", headers={"authorization": f"Bearer ivk_{name}"}).status_code

    assert [status("a"), status("a"), status("a"), status("b")] == [200, 200, 429, 200]
