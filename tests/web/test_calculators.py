"""Every calculator: examples, citations, documentation, and the strict reading of what is sent."""

import pytest

from app.web.calculator_examples import EXAMPLES
from app.web.problems import MEDIA_TYPE
from tests.web.calculator_calls import fault, kidney, mg_dl, post

CANARY = "ZEBRA7391"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_answered_and_every_citation_resolves(client, name):
    for example in EXAMPLES[name].values():
        response = post(client, name, example["value"])
        assert response.status_code == (422 if example["summary"].startswith("Refused") else 200), response.text
        if response.status_code == 200:
            answer = response.json()
            assert answer["calculator"] == name
            assert answer["formula"]
            assert answer["validity"]
            assert answer["evidence"]
            assert set(answer["evidence"]) <= {item["id"] for item in answer["sources"]}
            assert answer["rule_set"]["version"] == response.headers["Rule-Set"]


def test_every_calculator_is_listed_documented_and_cited(client):
    listed = client.get("/v1/calculators").json()["items"]
    assert [item["id"] for item in listed] == list(EXAMPLES)
    paths = client.get("/openapi.json").json()["paths"]
    assert {path.removeprefix("/v1/calculators/") for path in paths if path.startswith("/v1/calculators/")} == set(
        EXAMPLES
    )
    for item in listed:
        assert item["validity"]
        for statement in {*item["evidence"], *(cite for limit in item["limits"] for cite in limit["evidence"])}:
            assert client.get(f"/v1/evidence/{statement}").status_code == 200, statement
        content = paths[f"/v1/calculators/{item['id']}"]["post"]["requestBody"]["content"]["application/json"]
        assert content["examples"]


def test_request_shapes_stand_in_the_api_document(client):
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        if path.startswith("/v1/calculators/"):
            schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            assert schema.rsplit("/", 1)[1] in document["components"]["schemas"]


def test_bounds_of_numbers_stand_in_the_api_document_under_their_names(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["CkdEpiRequest"]["properties"]["age_years"]["anyOf"][0] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 120,
    }
    assert schemas["Creatinine"]["properties"]["value"]["anyOf"][0] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 100_000,
    }
    weight = schemas["Patient"]["properties"]["weight_kg"]["anyOf"][0]
    assert (weight["minimum"], weight["maximum"]) == (30, 250)
    assert '"ge":' not in client.get("/openapi.json").text


def test_the_same_request_gives_the_same_bytes(client):
    first, second = (post(client, "ckd-epi-2021", kidney()) for _ in range(2))
    assert first.content == second.content


BAD = [
    ("ckd-epi-2021", kidney(**{CANARY: 1}), "unknown-field", ""),
    ("ckd-epi-2021", kidney(creatinine={**mg_dl(1), CANARY: 1}), "unknown-field", "/creatinine"),
    ("ckd-epi-2021", kidney(age_years=True), "invalid-input", "/age_years"),
    ("ckd-epi-2021", kidney(age_years="32"), "invalid-input", "/age_years"),
    ("ckd-epi-2021", kidney(age_years=32.5), "invalid-input", "/age_years"),
    ("ckd-epi-2021", kidney(creatinine=mg_dl("0.7391")), "invalid-input", "/creatinine/value"),
    ("ckd-epi-2021", kidney(creatinine=mg_dl(-0.0)), "implausible-value", "/creatinine/value"),
    ("ckd-epi-2021", kidney(creatinine=mg_dl(1e300)), "implausible-value", "/creatinine/value"),
    ("ckd-epi-2021", kidney(sex=CANARY), "invalid-input", "/sex"),
    ("cockcroft-gault", kidney(weight_kg=68), "invalid-input", "/weight_basis"),
    ("gestational-age", {"lmp_on": CANARY}, "invalid-input", "/lmp_on"),
    ("sydney", {"vitals": []}, "unknown-field", ""),
    ("sydney", {"pregnancies": [{"outcome": CANARY}]}, "invalid-input", "/pregnancies/0/outcome"),
    (
        "hellp",
        {"laboratory": [{"test": "platelets", "value": 7391, "unit": CANARY}]},
        "implausible-value",
        "/laboratory/0/unit",
    ),
    ("preeclampsia", {"current_pregnancy": {}, "postpartum": {}}, "inconsistent-input", "/pregnancy_status"),
]


@pytest.mark.parametrize(("name", "body", "kind", "pointer"), BAD)
def test_bad_input_names_the_field_and_repeats_nothing(client, name, body, kind, pointer, caplog, capfd):
    caplog.set_level("DEBUG")
    response = post(client, name, body)
    assert fault(response, kind)["pointer"] == pointer
    everything = response.text + str(response.headers) + caplog.text + "".join(capfd.readouterr())
    assert CANARY not in everything
    assert "7391" not in everything


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"[]", {}, 422),
        (b"null", {}, 422),
        (b"{}}", {}, 400),
        (b"\xef\xbb\xbf{}", {}, 400),
        (b'{"sex": "\xff"}', {}, 400),
        ('{"sex": "female"}'.encode("utf-16"), {}, 400),
        (b'{"as_of": ' + b"[" * 41 + b"]" * 41 + b"}", {}, 400),
        (b'{"age_years": ' + b"9" * 5000 + b"}", {}, 400),
        (b'{"age_years": ' + b"9" * 300 + b"}", {}, 422),
        (b'{"age_years": "nan"}', {}, 422),
        (b'{"sex": "female", "sex": "male"}', {}, 400),
        (b'{"age_years": NaN}', {}, 400),
        (b'{"age_years": 1e999}', {}, 400),
        (b'{"sex": "\\ud800"}', {}, 400),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"content-encoding": "gzip"}, 415),
        (b" " * 1_000_001, {}, 413),
    ],
)
@pytest.mark.parametrize("name", ["ckd-epi-2021", "sydney"])
def test_transport_faults(client, name, body, headers, status):
    response = client.post(
        f"/v1/calculators/{name}", content=body, headers={"content-type": "application/json", **headers}
    )
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE


def test_a_calculator_that_does_not_exist_is_not_found(client):
    assert post(client, "egfr-in-pregnancy", {}).status_code == 404
