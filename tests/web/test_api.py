import json

import pytest

from app.web.examples import CONTRAINDICATED, HISTORIES, RECURRENT_LOSS, SPARSE
from app.web.problems import MEDIA_TYPE, PREFIX

CANARY = "ZEBRA7391"


def post(client, history, **query):
    return client.post("/v1/assessments", json=history, params=query)


def statuses(answer) -> dict[str, str]:
    return {item["indication"]: item["status"] for item in answer["candidacy"]}


def test_only_an_age_gives_questions_and_no_verdict(client):
    answer = post(client, SPARSE).json()
    assert set(statuses(answer).values()) == {"undetermined"}
    assert len(answer["missing"]) >= 4
    assert all(item["question"] for item in answer["missing"])


@pytest.mark.parametrize("jurisdiction", ["US", "GB-ENG", "EU", "DE", "AU", "CA-ON", "KR", "JP", "IN"])
def test_only_an_age_gives_no_verdict_anywhere(client, jurisdiction):
    answer = post(client, {**SPARSE, "jurisdiction": jurisdiction}).json()
    assert set(statuses(answer).values()) == {"undetermined"}


def test_an_absolute_contraindication_dominates(client):
    answer = post(client, CONTRAINDICATED).json()
    assert set(statuses(answer).values()) == {"contraindicated"}
    assert not any(item["protocol"] for item in answer["candidacy"])


@pytest.mark.parametrize("name", HISTORIES)
def test_every_sentence_of_every_example_resolves_to_a_source(client, name):
    answer = post(client, HISTORIES[name]["value"]).json()
    cited = {item for part in sentences(answer) for item in part["evidence"]}
    assert cited == {item for source in answer["evidence"] for item in source["statements"]}
    for source in answer["evidence"]:
        # A printed handbook is found by its title.
        assert source["link"] or "Handbook" in source["title"] or source["statements"] == source["working_rules"]


def sentences(part):
    if isinstance(part, dict):
        if {"headline", "text"} & part.keys():
            assert part["evidence"], part.get("id")
        if "evidence" in part and "rule_set" not in part:
            yield part
        for key, value in part.items():
            if key not in {"because", "evidence", "missing"}:
                yield from sentences(value)
    elif isinstance(part, list):
        for member in part:
            yield from sentences(member)


def test_evidence_resolves_over_http(client):
    for source in post(client, RECURRENT_LOSS).json()["evidence"][:12]:
        found = client.get(f"/v1/evidence/{source['statements'][0]}")
        assert found.status_code == 200
        assert found.json()["source"]["id"]


def test_the_same_request_gives_the_same_bytes_but_for_the_id(client):
    first, second = (post(client, RECURRENT_LOSS).json() for _ in range(2))
    assert first.pop("id") != second.pop("id")
    assert first == second


def test_the_answer_names_the_rule_set(client):
    response = post(client, RECURRENT_LOSS)
    active = client.get("/v1/rule-sets/active").json()
    assert response.json()["rule_set"]["digest"] == active["digest"] == client.get("/readyz").json()["digest"]
    assert response.headers["Rule-Set"] == active["version"]


@pytest.mark.parametrize("explain", ["none", "short", "full"])
def test_explanations_are_as_long_as_asked(client, explain):
    answer = post(client, RECURRENT_LOSS, explain=explain).json()
    trees = [item["because"] for entry in answer["candidacy"] for item in entry["criteria"]]
    assert all(tree is None for tree in trees) is (explain == "none")


def test_order_of_keys_and_of_independent_lists_does_not_matter(client):
    turned = dict(reversed(RECURRENT_LOSS.items()))
    turned["investigations"] = list(reversed(RECURRENT_LOSS["investigations"]))
    turned["antiphospholipid_tests"] = list(reversed(RECURRENT_LOSS["antiphospholipid_tests"]))
    first, second = (post(client, item, explain="none").json() for item in (RECURRENT_LOSS, turned))
    assert statuses(first) == statuses(second)
    assert [item["id"] for item in first["missing"]] == [item["id"] for item in second["missing"]]


def test_what_is_not_in_the_catalogue_is_listed_not_guessed(client):
    answer = post(client, {"conditions": [{"code": "no_such_condition", "status": "present"}]}).json()
    assert answer["not_understood"] == [{"pointer": "/conditions/0/code", "reason": "code_not_in_catalogue"}]


BAD = [
    ({CANARY: 1}, "unknown-field", ""),
    ({"patient": {CANARY: 1}}, "unknown-field", "/patient"),
    ({"pregnancies": [{"outcome": "miscarriage", "gestational_agee": {}}]}, "unknown-field", "/pregnancies/0"),
    ({"patient": {"age_years": True}}, "invalid-input", "/patient/age_years"),
    ({"patient": {"age_years": "34"}}, "invalid-input", "/patient/age_years"),
    ({"patient": {"age_years": 7391}}, "implausible-value", "/patient/age_years"),
    ({"patient": {"weight_kg": 1e300}}, "implausible-value", "/patient/weight_kg"),
    ({"patient": {"weight_kg": -0.0}}, "implausible-value", "/patient/weight_kg"),
    ({"pregnancies": [{"outcome": CANARY}]}, "invalid-input", "/pregnancies/0/outcome"),
    (
        {"pregnancies": [{"outcome": "miscarriage", "ended_on": "2026-02-30"}]},
        "invalid-input",
        "/pregnancies/0/ended_on",
    ),
    ({"as_of": "2026-02-30"}, "invalid-input", "/as_of"),
    ({"as_of": "2199-01-01"}, "inconsistent-input", "/as_of"),
    ({"laboratory": [{"test": "platelets", "value": 150, "unit": CANARY}]}, "implausible-value", "/laboratory/0/unit"),
    (
        {"current_pregnancy": {"gestational_age": {"weeks": 60}}},
        "implausible-value",
        "/current_pregnancy/gestational_age/weeks",
    ),
    ({"current_pregnancy": {}, "postpartum": {}}, "inconsistent-input", "/pregnancy_status"),
    ({"conditions": [{"code": "a\u202eb", "status": "present"}]}, "invalid-input", "/conditions/0/code"),
]


@pytest.mark.parametrize(("history", "kind", "pointer"), BAD)
def test_bad_input_names_the_field_and_repeats_nothing(client, history, kind, pointer, caplog, capfd):
    caplog.set_level("DEBUG")
    response = post(client, history)
    problem = response.json()
    assert (response.status_code, response.headers["content-type"]) == (422, MEDIA_TYPE)
    assert problem["type"] == PREFIX + kind
    assert problem["errors"][0]["pointer"] == pointer
    everything = response.text + str(response.headers) + caplog.text + "".join(capfd.readouterr())
    assert CANARY not in everything
    assert "7391" not in everything


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b'{"patient": {}, "patient": {}}', {}, 400),
        (b'{"as_of": "\\ud800"}', {}, 400),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"content-type": "application/json; charset=utf-16"}, 415),
        (b"{}", {"content-encoding": "gzip"}, 415),
        (b" " * 1_000_001, {}, 413),
    ],
)
def test_transport_faults(client, body, headers, status):
    response = client.post("/v1/assessments", content=body, headers={"content-type": "application/json", **headers})
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE


def test_many_bad_items_give_a_short_answer(client):
    response = post(client, {"conditions": [{"code": 1}] * 200})
    assert response.status_code == 422
    assert len(response.json()["errors"]) <= 20
    assert len(response.content) < 4096


def test_a_batch_answers_each_line_in_its_place(client):
    lines = [json.dumps(SPARSE), "{bad", "", json.dumps({CANARY: 1}), json.dumps(SPARSE)]
    response = client.post(
        "/v1/assessments/batch", content="\n".join(lines).encode(), headers={"content-type": "application/x-ndjson"}
    )
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert [item["line"] for item in answers] == [1, 2, 3, 4]
    assert ["assessment" in item for item in answers] == [True, False, False, True]
    assert CANARY not in response.text


def test_a_line_too_long_is_an_error_line_and_the_next_is_answered(client):
    content = b'{"patient": {}, ' + b" " * 1_100_000 + b"}\n" + json.dumps(SPARSE).encode()
    response = client.post("/v1/assessments/batch", content=content, headers={"content-type": "application/x-ndjson"})
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert answers[0]["problem"]["status"] == 413
    assert "assessment" in answers[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/nothing", 404),
        ("/v1/rules/no-such-rule", 404),
        ("/v1/evidence/no-such-statement", 404),
        ("/v1/rules?limit=0", 422),
        ("/v1/rules?limit=1&limit=2", 422),
        ("/v1/rules?misspelt=1", 422),
    ],
)
def test_errors_of_the_knowledge_routes_have_the_one_shape(client, path, status):
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, MEDIA_TYPE)


def test_a_wrong_method_is_refused(client):
    assert client.delete("/v1/assessments").status_code == 405


@pytest.mark.parametrize(
    "path", ["/v1/indications", "/v1/rules", "/v1/evidence", "/v1/facts", "/v1/monograph", "/v1/rule-sets", "/livez"]
)
def test_the_knowledge_is_open(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.json()


def test_rules_are_filtered_and_paged(client):
    page = client.get("/v1/rules", params={"kind": "position", "issuer": "eshre", "limit": 1}).json()
    assert page["total"] >= 1
    assert len(page["items"]) == 1
    assert page["items"][0]["issuer"].lower() == "eshre"
    rule = client.get(f"/v1/rules/{page['items'][0]['id']}").json()
    assert rule["content"]["kind"] == "position"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/start.js", "/docs/assets/swagger-ui.css"])
def test_the_docs_pages_name_no_other_host(client, path):
    response = client.get(path)
    assert response.status_code == 200
    if not path.endswith(".css"):
        assert "http" not in response.text.replace("http-equiv", "")


def test_openapi_describes_every_operation(client):
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["tags"], path
    content = document["paths"]["/v1/assessments"]["post"]["requestBody"]["content"]["application/json"]
    assert len(content["examples"]) >= 6
    assert "PatientHistory" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize("name", HISTORIES)
def test_without_the_sources_an_answer_is_the_same_less_exactly_those(client, name):
    full, ids = (post(client, HISTORIES[name]["value"], evidence=form) for form in ("full", "ids"))
    assert full.json()["evidence"]
    assert {**full.json(), "evidence": [], "id": ""} == {**ids.json(), "id": ""}
    assert len(ids.content) < len(full.content) * 3 / 4


def test_every_statement_of_the_sources_is_named_beside_a_sentence(client):
    full, ids = (post(client, RECURRENT_LOSS, evidence=form) for form in ("full", "ids"))
    statements = {item for source in full.json()["evidence"] for item in source["statements"]}
    assert statements
    assert all(f'"{item}"' in ids.text for item in statements)


def test_a_form_of_evidence_that_is_not_known_is_refused(client):
    assert post(client, SPARSE, evidence="short").status_code == 422
