"""Every operation on rule sets says which scope it needs, so that none can be left open by being forgotten."""

from types import SimpleNamespace

from app.authoring.diagnostics import PAGES
from app.routers import diagnostics, replay, rule_set_drafts, rule_set_versions, rule_sets
from app.web.life import SCOPES, actor


def test_every_operation_has_a_scope_and_every_scope_an_operation():
    routers = (diagnostics, replay, rule_set_drafts, rule_set_versions, rule_sets)
    operations = {route.operation_id for module in routers for route in module.router.routes}
    assert operations == SCOPES.keys()


def test_reading_never_needs_more_than_reading():
    routers = (rule_set_drafts, rule_set_versions, rule_sets)
    needs = {
        SCOPES[route.operation_id] for module in routers for route in module.router.routes if route.methods == {"GET"}
    }
    assert needs == {"rules:read"}


def test_who_asks_is_whoever_was_let_in():
    assert actor(SimpleNamespace(state=SimpleNamespace(actor="ada"))) == "ada"
    assert actor(SimpleNamespace(state=SimpleNamespace())) == "local"


def test_each_diagnostic_is_served(client):
    assert [item["code"] for item in client.get("/v1/diagnostics").json()] == list(PAGES)
    for code, page in PAGES.items():
        found = client.get(f"/v1/diagnostics/{code}").json()
        assert found == {"code": code, "means": page.means, "mend": page.mend}
    assert client.get("/v1/diagnostics/no-such-code").status_code == 404
