"""Two doors, one room: a generated patient through native JSON and through FHIR gets the same verdicts and findings."""

import json

import pytest
from pydantic import TypeAdapter

from app.clinical.assessment import Assessment
from app.fhir.reader import read_bundle, read_prefetch
from app.services.assess import assess
from app.services.intake import checked, read_history
from tests.fhir.conftest import TODAY
from tests.fhir.native import carried, site_terms, written
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
