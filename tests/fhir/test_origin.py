"""Each fact names the resource it came from, in the explanation of the answer."""

from pydantic import TypeAdapter

from app.clinical.assessment import Assessment
from app.fhir.origin import with_origins
from app.fhir.reading import Origin
from app.services.assess import assess
from tests.fhir.charts import SNOMED, condition, observation, quantity
from tests.fhir.conftest import TODAY


def nodes(data):
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from nodes(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from nodes(value)


def test_an_explanation_names_resource_and_date(rules, read):
    found = read(
        condition("c1", (SNOMED, "29260007"), onsetDateTime="2019"),
        observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL")),
    )
    answer = TypeAdapter(Assessment).dump_python(assess(rules, found.history, TODAY, "full"), mode="json")
    origins = [origin for node in nodes(with_origins(answer, found.provenance)) for origin in node.get("origins", ())]
    assert {"source": "/conditions/0", "reference": "Condition/c1", "date": "2019"} in origins
    assert {"source": "/laboratory/0", "reference": "Observation/o1", "date": "2026-11-01"} in origins


def test_a_place_inside_an_entry_takes_the_origin_of_the_entry():
    data = {"sources": ["/laboratory/0/value", "/conditions"], "children": [{"sources": []}]}
    found = with_origins(data, {"/laboratory/0": Origin("Observation/o1")})
    assert found["origins"] == [{"source": "/laboratory/0/value", "reference": "Observation/o1"}]
    assert found["children"] == [{"sources": []}]
    assert "origins" not in data


def test_every_entry_of_a_history_has_an_origin(read):
    found = read(
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2021-03-02"),
        condition("c2", (SNOMED, "17369002"), onsetDateTime="2020-03-02"),
        condition("c3", (SNOMED, "128053003"), onsetDateTime="2020-03-02"),
        observation("o1", "777-3", valueQuantity=quantity(88, "10*3/uL")),
    )
    for section in ("pregnancies", "conditions", "thrombotic_events", "laboratory"):
        for place, _ in enumerate(getattr(found.history, section)):
            assert f"/{section}/{place}" in found.provenance
    assert found.provenance["/pregnancies/0"] == Origin("Condition/c2", "2020-03-02")
