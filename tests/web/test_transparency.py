import json

from app.clinical.transparency import transparency
from app.services.active import bundled


def test_it_is_served_for_the_active_rule_set(client):
    answer = client.get("/v1/transparency")
    assert answer.status_code == 200
    found = answer.json()
    active = client.get("/v1/rule-sets/active").json()
    assert (found["rule_set"]["version"], found["rule_set"]["digest"]) == (active["version"], active["digest"])
    assert [item["number"] for item in found["source_attributes"]] == list(range(1, 14))
    assert len(found["sources"]) == len(transparency(bundled()).sources)
    assert found["emergencies"][0]["text"].startswith("Not for emergencies.")


def test_it_takes_no_parameters(client):
    assert client.get("/v1/transparency", params={"place": "US"}).status_code == 422


def test_its_evidence_resolves_over_http(client):
    found = client.get("/v1/transparency").json()
    for item in (*found["source_attributes"], *found["regulation"]):
        for statement in item["evidence"]:
            assert client.get(f"/v1/evidence/{statement}").status_code == 200


def test_openapi_describes_each_of_its_parts(client):
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/v1/transparency"]["get"]
    assert {"summary", "description", "operationId", "tags", "responses"} <= operation.keys()
    assert {"200", "503"} <= operation["responses"].keys()
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Transparency")
    schemas = document["components"]["schemas"]
    for name in ("Transparency", "SourceAttribute", "Told", "Release", "SourceCitation", "Coverage", "StatementCounts"):
        assert schemas[name]["description"], name
    assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
    assert "float" not in json.dumps(schemas["Transparency"])
