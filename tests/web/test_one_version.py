"""G10: another version is activated while an answer waits for its record; the answer and its header name one version."""

from dataclasses import replace

import pytest

from app.web.examples import RECURRENT_LOSS
from app.web.plan_examples import ORDERS
from tests.fhir.calls import assess
from tests.hooks.charts import CONTEXT, losses, patient
from tests.hooks.ehr import Ehr

CHART = [patient(), *losses("2021-03-01", "2022-04-01", "2023-05-01", "2024-06-01")]
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in CHART]}
DOORS = {
    "native": lambda client: client.post("/v1/assessments", json=RECURRENT_LOSS),
    "what-if": lambda client: client.post("/v1/assessments/what-if", json=RECURRENT_LOSS),
    "plan": lambda client: client.post("/v1/infusion-plans", json=next(iter(ORDERS.values()))["value"]),
    "calculator": lambda client: client.post("/v1/calculators/hellp", json={}),
    "fhir": lambda client: assess(client, BUNDLE),
    "hooks": lambda client: Ehr(client, CHART).fire("ivig-patient-view", CONTEXT),
}


class Activating:
    """A recorder during whose work another version becomes the active one."""

    lost = 0

    def __init__(self, holder) -> None:
        self.holder = holder
        self.versions: list[str] = []

    async def record(self, entry) -> None:
        self.versions.append(entry.rule_set_version)
        self.holder.swap(replace(self.holder.current, version="9.9.9"))


@pytest.mark.parametrize("door", DOORS)
def test_an_activation_while_an_answer_waits_does_not_mix_two(client, door):
    state = client.app.state
    before, rules = state.context, state.context.rules
    recorder = Activating(before.holder)
    state.context = replace(before, recorder=recorder)
    try:
        answer = DOORS[door](client)
        assert answer.status_code == 200, answer.text
        assert before.rules.version == "9.9.9"
        assert recorder.versions == [rules.version]
        assert answer.headers["rule-set"] == rules.version
        assert "9.9.9" not in answer.text
    finally:
        state.context = before
        before.holder.swap(rules)
