"""Three doors, one room: a generated patient through native JSON, FHIR and CDS Hooks gets the same verdicts and findings."""

import json
import re
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from app.clinical.assessment import Assessment
from app.fhir import terminology
from app.fhir.reader import read_bundle, read_prefetch
from app.fhir.terminology import terminology_of
from app.hooks.cards import Asked, cards_of
from app.hooks.received import Received
from app.hooks.shapes import HookContext
from app.services.assess import assess
from app.services.intake import checked, read_history
from tests.fhir.conftest import TODAY
from tests.fhir.native import carried, site_terms, written
from tests.hooks.charts import CONTEXT, order, ordering
from tests.hooks.conftest import running
from tests.hooks.ehr import Ehr
from tests.knowledge.test_never_say import history

ANSWER = TypeAdapter(Assessment)
LISTS = ("contraindications", "risks", "alternatives", "workup", "monitoring")


def findings(answer):
    """What is concluded; the reasons for not knowing may differ between the doors."""
    data = ANSWER.dump_python(answer, mode="json")
    said = {name: [(item["id"], item.get("present")) for item in data.get(name) or ()] for name in LISTS}
    verdicts = [
        (
            entry["indication"],
            entry["status"],
            entry["headline"],
            [(item["id"], item["met"]) for item in entry["criteria"]],
        )
        for entry in data["candidacy"]
    ]
    return verdicts, said


@pytest.mark.parametrize("start", range(0, 120, 30))
def test_the_same_patient_gets_the_same_answer(rules, terms, start):
    site = terms.extended(site_terms())
    for seed in range(start, start + 30):
        native = carried(history(seed))
        expected = read_history(json.dumps(native).encode(), TODAY)
        chart = written(native)
        place = native.get("jurisdiction")
        by_bundle = read_bundle(chart, site, as_of=TODAY, jurisdiction=place)
        by_prefetch = read_prefetch(
            {"who": chart["entry"][0]["resource"], "all": {**chart, "entry": chart["entry"][1:]}},
            site, patient_id="p1", as_of=TODAY, jurisdiction=place,
        )  # fmt: skip
        assert by_bundle.not_understood == by_prefetch.not_understood == ()
        answer = findings(assess(rules, expected, TODAY, "none"))
        for found in (by_bundle, by_prefetch):
            assert findings(assess(rules, checked(found.history, TODAY), TODAY, "none")) == answer, seed


def test_the_patients_differ(rules, terms):
    """The comparison compares something: the generated patients do not all get one answer."""
    site = terms.extended(site_terms())
    every = {
        repr(
            findings(
                assess(rules, read_bundle(written(carried(history(seed))), site, as_of=TODAY).history, TODAY, "none")
            )
        )
        for seed in range(20)
    }
    assert len(every) > 10


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running(tmp_path_factory.mktemp("doors")) as client:
        yield client


HOOKS = (
    ("patient-view", "ivig-patient-view", CONTEXT, {}),
    ("order-sign", "ivig-order-sign", ordering(order()), {"planned_ivig": {}}),
)


BY_DOOR = re.compile(
    r"\n\n(?:\*\*Read from|\*\*Sources|- Not received|- Searched|- Entries|Information for the clinician)"
)


def told(card):
    """What a card says of the patient; where it was read from and how it came belong to the door."""
    said = BY_DOOR.split(card["detail"])[0]
    offers = [offer["label"] for offer in card.get("suggestions", ())]
    return card["source"]["topic"]["code"], card["indicator"], card["summary"], said, offers


@pytest.mark.parametrize("start", [0, 60])
@pytest.mark.parametrize(("hook", "name", "context", "more"), HOOKS)
def test_the_route_of_cds_hooks_says_the_same(service, monkeypatch, start, hook, name, context, more):
    """The cards that the route answers are those of the native history's assessment, whatever the chart looked like."""
    rules = service.app.state.context.rules
    monkeypatch.setitem(terminology._COMPILED, rules.digest, terminology_of(rules).extended(site_terms()))
    ehr, shown = Ehr(service, []), 0
    for seed in range(start, start + 30):
        native = {**carried(history(seed)), **more}
        native.pop("jurisdiction", None)
        chart = written(native)
        response = ehr.post(name, {
            "hook": hook, "hookInstance": str(uuid4()), "context": context,
            "prefetch": {"who": chart["entry"][0]["resource"], "all": {**chart, "entry": chart["entry"][1:]}},
        })  # fmt: skip
        assert response.status_code == 200, seed
        heard = read_history(json.dumps(native).encode(), TODAY)
        answer = assess(rules, heard, TODAY, "none")
        asked = Asked(hook, HookContext("p1"), Received())
        expected = cards_of(rules, heard, answer, asked, uuid4)
        found = response.json()["cards"]
        assert [told(card) for card in found] == [told(card.json) for card in expected], seed
        shown += len(found)
    assert shown
