"""The whole way of an EHR with a token: discovery, prefetch resolved over HTTP, hook, feedback."""

from uuid import UUID

from tests.hooks.charts import CONTEXT, losses, order, ordering, patient
from tests.hooks.conformance import discovery_faults, faults
from tests.hooks.ehr import Ehr, accepted, overridden
from tests.hooks.signed import asking, sign

CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]
MOMENTS = {
    "ivig-patient-view": CONTEXT,
    "ivig-order-select": ordering(order()),
    "ivig-order-sign": ordering(order()),
}


def test_an_ehr_walks_the_whole_way_with_tokens(tmp_path):
    with asking(tmp_path) as client:
        assert discovery_faults(client.get("/cds-services").json()) == []  # no token needed
        assert Ehr(client, CHART).fire("ivig-patient-view", CONTEXT).status_code == 401
        ehr = Ehr(client, CHART, sign)
        for name, context in MOMENTS.items():
            response = ehr.fire(name, context)
            assert response.status_code == 200, response.text
            assert faults(response.json()) == []
            cards = response.json()["cards"]
            assert cards
            for card in cards:
                offers = card.get("suggestions", [])
                entry = accepted(card, UUID(offers[0]["uuid"])) if offers else overridden(card, "cds-not-applicable")
                assert ehr.feedback(name, entry).status_code == 200
        assert any(address.startswith("Condition?patient=p1") for address in ehr.fetched)


def test_a_token_for_one_service_opens_no_other(tmp_path):
    with asking(tmp_path) as client:
        ehr = Ehr(client, CHART, lambda _: sign("/cds-services/ivig-order-sign"))
        assert ehr.fire("ivig-patient-view", CONTEXT).status_code == 401
