"""Calculators that give figures, through the API: worked examples, refusals on both sides, half-known input."""

import pytest

from app.web.calculator_examples import EXAMPLES
from app.web.problems import MEDIA_TYPE, PREFIX

CANARY = "ZEBRA7391"
WOMAN = {"sex": "female", "pregnancy_status": "not_pregnant", "creatinine_stable": True}


def post(client, name, body, **query):
    return client.post(f"/v1/calculators/{name}", json=body, params=query)


def figure(response):
    assert response.status_code == 200, response.text
    return response.json()["quantities"][0]


def fault(response, kind="out-of-validity"):
    assert (response.status_code, response.headers["content-type"]) == (422, MEDIA_TYPE), response.text
    assert response.json()["type"] == PREFIX + kind
    return response.json()["errors"][0]


def mg_dl(value):
    return {"value": value, "unit": "mg/dL"}


def kidney(**more):
    return {**WOMAN, "age_years": 32, "creatinine": mg_dl(0.62), **more}


def clearance(**more):
    return kidney(weight_kg=68, weight_basis="actual", **more)


# Worked examples of evidence/calculators.yaml.


@pytest.mark.parametrize(
    ("age", "creatinine", "expected"), [(32, 0.62, 121.3), (38, 0.95, 78.6), (45, 1.6, 40.3), (55, 0.9, 75.5)]
)
def test_ckd_epi_worked_examples(client, age, creatinine, expected):
    found = figure(post(client, "ckd-epi-2021", kidney(age_years=age, creatinine=mg_dl(creatinine))))
    assert (found["value"], found["unit"]) == (expected, "mL/min/{1.73_m2}")


@pytest.mark.parametrize(
    ("age", "weight", "creatinine", "expected"), [(32, 68, 0.62, 139.8), (38, 95, 0.95, 120.4), (45, 60, 1.6, 42.1)]
)
def test_cockcroft_gault_worked_examples_name_the_weight(client, age, weight, creatinine, expected):
    body = kidney(age_years=age, creatinine=mg_dl(creatinine), weight_kg=weight, weight_basis="actual")
    answer = post(client, "cockcroft-gault", body)
    assert figure(answer)["value"] == expected
    assert answer.json()["inputs"]["weight_basis"] == "actual"
    assert answer.json()["inputs"]["weight_kg"] == weight


@pytest.mark.parametrize(
    ("value", "unit", "other", "expected"),
    [(62, "umol/L", "mg/dL", 0.701), (90, "umol/L", "mg/dL", 1.018), (1.6, "mg/dL", "umol/L", 141.472)],
)
def test_creatinine_worked_examples(client, value, unit, other, expected):
    found = figure(post(client, "creatinine-units", {"creatinine": {"value": value, "unit": unit}}))
    assert (found["value"], found["unit"]) == (expected, other)


# Pregnancy, stability.


@pytest.mark.parametrize(("name", "body"), [("ckd-epi-2021", kidney()), ("cockcroft-gault", clearance())])
def test_in_pregnancy_nothing_is_computed(client, name, body):
    found = fault(post(client, name, {**body, "pregnancy_status": "pregnant"}))
    assert found["pointer"] == "/pregnancy_status"
    assert "creatinine instead" in found["detail"]
    assert "mon-gfr-pregnancy" in found["evidence"]
    for statement in found["evidence"]:
        assert client.get(f"/v1/evidence/{statement}").status_code == 200


@pytest.mark.parametrize(("name", "body"), [("ckd-epi-2021", kidney()), ("cockcroft-gault", clearance())])
@pytest.mark.parametrize("sex", ["female", None])
def test_unknown_pregnancy_is_not_no_pregnancy(client, name, body, sex):
    asked = {key: value for key, value in {**body, "sex": sex}.items() if key != "pregnancy_status"}
    found = fault(post(client, name, asked))
    assert (found["pointer"], found["code"]) == ("/pregnancy_status", "required")


def test_a_man_needs_no_pregnancy_status(client):
    body = {"sex": "male", "age_years": 40, "creatinine": mg_dl(0.9), "creatinine_stable": True}
    answer = post(client, "ckd-epi-2021", body)
    # 142 x 0.9938^40 = 110.73
    assert figure(answer)["value"] == 110.7
    assert fault(post(client, "ckd-epi-2021", {**body, "pregnancy_status": "pregnant"}), "invalid-input")


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        ("not_pregnant", None),
        ("trying", "if-not-pregnant"),
        ("in_treatment_cycle", "if-not-pregnant"),
        ("postpartum", "after-birth"),
    ],
)
def test_what_the_answer_depends_on_is_said(client, status, condition):
    answer = post(client, "ckd-epi-2021", kidney(pregnancy_status=status)).json()
    assert [item["id"] for item in answer["holds_if"]] == ([condition] if condition else [])


def test_unstable_creatinine_is_refused_and_unknown_stability_is_a_condition(client):
    found = fault(post(client, "ckd-epi-2021", kidney(creatinine_stable=False)))
    assert found["pointer"] == "/creatinine_stable"
    body = {key: value for key, value in kidney().items() if key != "creatinine_stable"}
    assert [item["id"] for item in post(client, "ckd-epi-2021", body).json()["holds_if"]] == ["if-stable"]


# Limits, both sides.


@pytest.mark.parametrize("name", ["ckd-epi-2021", "cockcroft-gault"])
@pytest.mark.parametrize(("age", "taken"), [(17, False), (18, True), (120, True)])
def test_ages(client, name, age, taken):
    body = clearance(age_years=age) if name == "cockcroft-gault" else kidney(age_years=age)
    response = post(client, name, body)
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == "/age_years"


def test_an_age_above_all_ages_is_refused_by_its_shape(client):
    assert fault(post(client, "ckd-epi-2021", kidney(age_years=121)), "implausible-value")["pointer"] == "/age_years"


@pytest.mark.parametrize("name", ["ckd-epi-2021", "cockcroft-gault", "creatinine-units"])
@pytest.mark.parametrize(
    ("value", "unit", "taken"),
    [
        (0.199, "mg/dL", False),
        (0.2, "mg/dL", True),
        (20, "mg/dL", True),
        (20.01, "mg/dL", False),
        (17.9, "umol/L", False),
        (18, "umol/L", True),
        (1768, "umol/L", True),
        (1768.1, "umol/L", False),
    ],
)
def test_creatinine_that_looks_like_a_unit_error(client, name, value, unit, taken):
    creatinine = {"value": value, "unit": unit}
    body = {
        "ckd-epi-2021": kidney(creatinine=creatinine),
        "cockcroft-gault": clearance(creatinine=creatinine),
        "creatinine-units": {"creatinine": creatinine},
    }[name]
    response = post(client, name, body)
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == "/creatinine/value"


@pytest.mark.parametrize(("weight", "taken"), [(29.9, False), (30, True), (250, True), (250.1, False)])
def test_weights(client, weight, taken):
    response = post(client, "cockcroft-gault", {**clearance(), "weight_kg": weight})
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == "/weight_kg"


@pytest.mark.parametrize("unit", ["GPL", "MPL", "U", "g/L", "mg/dl"])
def test_arbitrary_and_other_units_never_convert(client, unit):
    response = post(client, "creatinine-units", {"creatinine": {"value": 40, "unit": unit}})
    assert fault(response, "invalid-input")["pointer"] == "/creatinine/unit"
    assert unit not in response.json()["errors"][0]["detail"].replace("mg/dL", "").replace("umol/L", "")


# Half-known input.


def test_an_age_within_bounds_gives_the_results_of_its_ends(client):
    ends = [figure(post(client, "ckd-epi-2021", kidney(age_years=age)))["unrounded"]["minimum"] for age in (34, 30)]
    found = figure(post(client, "ckd-epi-2021", kidney(age_years={"minimum": 30, "maximum": 34})))
    assert found["value"] is None
    assert [found["unrounded"]["minimum"], found["unrounded"]["maximum"]] == ends
    assert found["minimum"] <= ends[0]
    assert found["maximum"] >= ends[1]


def test_an_unknown_sex_gives_both_results(client):
    body = kidney(sex=None)
    ends = sorted(
        figure(post(client, "ckd-epi-2021", {**body, "sex": sex}))["unrounded"]["minimum"] for sex in ("female", "male")
    )
    found = figure(post(client, "ckd-epi-2021", body))
    assert [found["unrounded"]["minimum"], found["unrounded"]["maximum"]] == ends


def test_one_end_outside_the_limits_is_enough_to_refuse(client):
    body = kidney(age_years={"minimum": 17, "maximum": 34})
    assert fault(post(client, "ckd-epi-2021", body))["pointer"] == "/age_years"


def test_bounds_in_the_wrong_order_are_refused(client):
    body = kidney(creatinine=mg_dl({"minimum": 2, "maximum": 1}))
    assert fault(post(client, "ckd-epi-2021", body), "invalid-input")["pointer"] == "/creatinine/value"


# Gestation.


@pytest.mark.parametrize(
    ("method", "days", "due"),
    [
        ({"lmp_on": "2026-09-16"}, (70, 70), ("2027-06-23", "2027-06-23")),
        ({"lmp_on": "2026-09"}, (56, 85), ("2027-06-08", "2027-07-07")),
        (
            {"scan": {"on": "2026-11-11", "gestational_age": {"weeks": 8, "days": 0}}},
            (70, 70),
            ("2027-06-23", "2027-06-23"),
        ),
        ({"scan": {"on": "2026-11-11", "gestational_age": {"weeks": 8}}}, (70, 76), ("2027-06-17", "2027-06-23")),
        ({"transfer": {"on": "2026-10-07", "embryo_day": 3}}, (66, 66), ("2027-06-27", "2027-06-27")),
        ({"transfer": {"on": "2026-10-07", "embryo_day": 5}}, (68, 68), ("2027-06-25", "2027-06-25")),
        ({"transfer": {"on": "2026-10-07", "embryo_day": 6}}, (69, 69), ("2027-06-24", "2027-06-24")),
        ({"transfer": {"on": "2026-10-07"}}, (66, 69), ("2027-06-24", "2027-06-27")),
    ],
)
def test_gestational_age_by_each_method(client, method, days, due):
    answer = post(client, "gestational-age", {"as_of": "2026-11-25", **method})
    found = figure(answer)
    assert (found["minimum"], found["maximum"]) == days
    assert (found["value"] is None) is (days[0] != days[1])
    day = answer.json()["days"][0]
    assert (day["earliest"], day["latest"]) == due


def test_gestational_age_is_shown_in_weeks_and_days(client):
    found = figure(post(client, "gestational-age", {"as_of": "2026-11-24", "lmp_on": "2026-09-16"}))
    assert found["display"] == "9w6d"


@pytest.mark.parametrize(("lmp", "taken"), [("2026-01-08", True), ("2026-01-07", False)])
def test_a_gestation_above_45_weeks_is_a_mistaken_date(client, lmp, taken):
    response = post(client, "gestational-age", {"as_of": "2026-11-25", "lmp_on": lmp})
    assert (response.status_code == 200) is taken
    if taken:
        assert figure(response)["display"] == "45w6d"
    else:
        assert fault(response)["pointer"] == "/lmp_on"


@pytest.mark.parametrize(
    ("method", "pointer"),
    [
        ({"lmp_on": "2026-11-26"}, "/lmp_on"),
        ({"scan": {"on": "2026-12", "gestational_age": {"weeks": 8}}}, "/scan/on"),
        ({"transfer": {"on": "2026-11-26", "embryo_day": 5}}, "/transfer/on"),
    ],
)
def test_a_date_after_the_day_asked_for_is_refused(client, method, pointer):
    body = {"as_of": "2026-11-25", **method}
    assert fault(post(client, "gestational-age", body), "inconsistent-input")["pointer"] == pointer


@pytest.mark.parametrize(
    "body",
    [
        {"as_of": "2026-11-25"},
        {"lmp_on": "2026-09-16", "transfer": {"on": "2026-10-05", "embryo_day": 5}},
        {"transfer": {"on": "2026-10-05", "embryo_day": 4}},
        {"lmp_on": "2026-02-30"},
        {"lmp_on": "last autumn"},
    ],
)
def test_a_gestation_needs_one_readable_method(client, body):
    fault(post(client, "gestational-age", body), "invalid-input")


# Every calculator.


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
