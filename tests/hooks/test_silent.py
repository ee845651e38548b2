"""Silent mode for some callers only: their calls are judged and recorded, and others see their cards (athenahealth's silent tracking)."""

import time

import pytest

from app.services.keys import issue
from app.settings import SettingsError
from tests import tokens
from tests.hooks.charts import CONTEXT, losses, patient
from tests.hooks.ehr import Ehr
from tests.hooks.signed import asking

VIEW = "ivig-patient-view"
CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]
TENANTS = {"tenants": ["north", "south"]}


def signing(tenant: str):
    return lambda path: tokens.token(time.time(), aud=tokens.BASE + path, tenant=tenant)


def shown(client, tenant: str) -> int:
    response = Ehr(client, CHART, signing(tenant)).fire(VIEW, CONTEXT)
    assert response.status_code == 200
    return len(response.json()["cards"])


def recorded(client) -> list[tuple[str, int]]:
    with client.app.state.hooks.desk.store._database.reading() as connection:
        return sorted(map(tuple, connection.exec_driver_sql("SELECT tenant, shown FROM issued_card")))


@pytest.mark.parametrize(
    ("named", "cards"),
    [
        ("", {"north": 1, "south": 1}),
        (f"iss:{tokens.ISS}", {"north": 0, "south": 0}),
        (f"iss:{tokens.ISS} north", {"north": 0, "south": 1}),
        (f"iss:{tokens.ISS} north,iss:{tokens.ISS} south", {"north": 0, "south": 0}),
    ],
)
def test_a_tenant_or_an_issuer_may_be_silent(tmp_path, named, cards):
    with asking(tmp_path, issuer=TENANTS, IVIG_HOOKS_SILENT_FOR=named) as client:
        assert {tenant: shown(client, tenant) for tenant in cards} == cards
        assert recorded(client) == sorted(cards.items())


@pytest.mark.parametrize("named", ["iss:https://other.example.org", f"iss:{tokens.ISS} east"])
def test_a_name_that_no_caller_has_is_refused(tmp_path, named):
    """A misspelt name would show cards where the site believes that none are shown."""
    with pytest.raises(SettingsError, match="IVIG_HOOKS_SILENT_FOR"):
        asking(tmp_path, issuer=TENANTS, IVIG_HOOKS_SILENT_FOR=named)


@pytest.mark.parametrize("named", ["north", "iss:", "key:short", f"iss:{tokens.ISS},", "iss:a  b"])
def test_what_is_no_name_is_refused(tmp_path, named):
    with pytest.raises(ValueError, match="IVIG_HOOKS_SILENT_FOR"):
        asking(tmp_path, issuer=TENANTS, IVIG_HOOKS_SILENT_FOR=named)


def test_an_api_key_may_be_silent(tmp_path):
    with asking(tmp_path, IVIG_AUTH="api-key,jwt") as client:
        ring, opened = client.app.state.doors.ring, client.app.state
        found = {}
        for name in ("silent", "loud"):
            text, key = issue(ring._source, name, ["hooks"], by="test")
            found[name] = text, f"key:{key.id}"
        ring.refresh()
        from dataclasses import replace

        opened.doors = replace(opened.doors, silent_for=frozenset({found["silent"][1]}))
        counts = {}
        for name, (text, _) in found.items():
            ehr = Ehr(client, CHART)
            ehr.headers = lambda _, text=text: {"authorization": f"Bearer {text}"}
            counts[name] = len(ehr.fire(VIEW, CONTEXT).json()["cards"])
    assert counts == {"silent": 0, "loud": 1}
