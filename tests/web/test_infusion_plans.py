import json
from xml.etree import ElementTree as ET

import pytest

from app.web.plan_examples import ORDERS, SCHEDULE
from app.web.problems import MEDIA_TYPE, PREFIX

CANARY = "ZEBRA7391"
PATH = "/v1/infusion-plans"
SVG = "{http://www.w3.org/2000/svg}"


def post(client, order, accept="application/json"):
    return client.post(PATH, json=order, headers={"accept": accept})


@pytest.mark.parametrize("name", ORDERS)
def test_every_example_is_answered_and_cited(client, name):
    response = post(client, ORDERS[name]["value"])
    assert response.status_code == 200
    answer = response.json()
    cited = set(evidence_of(answer["plan"])) | set(evidence_of(answer["vaccine"] or {}))
    assert cited == {item["id"] for item in answer["evidence"]}
    for item in answer["evidence"]:
        assert item["working_rule"] or item["doi"] or item["pmid"] or item["url"] or "Handbook" in item["title"]


def evidence_of(part):
    if isinstance(part, dict):
        if "text" in part:
            assert part["evidence"], part
        yield from part.get("evidence", ())
        for key, value in part.items():
            if key != "evidence":
                yield from evidence_of(value)
    elif isinstance(part, list):
        for member in part:
            yield from evidence_of(member)


def test_the_examples_show_what_their_summaries_say(client):
    plans = {name: post(client, ORDERS[name]["value"]).json()["plan"] for name in ORDERS}
    assert [rate["kind"] for rate in plans["schedule"]["rates"]] == ["schedule"]
    assert plans["schedule"]["course"]["daily"][0]["rounded"]["dose_g"] == 25
    assert [rate["holds_for"] for rate in plans["risk-not-known"]["rates"]] == ["at_risk", "no_listed_factor"]
    assert plans["pregnant"]["weight"]["basis"] == "actual"
    assert plans["pregnant"]["rates"][0]["maximum"]["ml_h"] == 158.4
    assert [item["id"] for item in plans["no-printed-rate"]["refused"]] == ["refuse-rate-unknown"]
    assert [item["id"] for item in plans["choose-the-weight"]["refused"]] == ["refuse-weight-factor"]


def test_an_empty_order_is_a_refusal_not_an_error(client):
    response = post(client, {})
    assert response.status_code == 200
    assert len(response.json()["plan"]["refused"]) == 4


def test_numbers_are_json_numbers_rounded_for_display(client):
    plan = post(client, SCHEDULE).json()["plan"]
    assert plan["course"]["daily"][0]["dose_g"] == 24.8
    assert plan["rates"][0]["total_minutes"] == 114.2  # 250 mL: 130.2 mL in 90 min, then 119.8 mL at 4.96 mL/min
    assert plan["weight"]["alternatives"][1]["weight_kg"] == 50.57


BAD = [
    ({CANARY: 1}, "unknown-field", ""),
    ({"rounding": {"vial_sizes_g": [5], "rule": CANARY}}, "invalid-input", "/rounding/rule"),
    ({"rounding": {"vial_sizes_g": [], "rule": "down"}}, "invalid-input", "/rounding/vial_sizes_g"),
    ({"weight_kg": 7391}, "implausible-value", "/weight_kg"),
    ({"weight_kg": "62"}, "invalid-input", "/weight_kg"),
    ({"weight_kg": 0}, "implausible-value", "/weight_kg"),
    ({"dose_g_per_kg": 7391}, "implausible-value", "/dose_g_per_kg"),
    ({"days": 2.5}, "invalid-input", "/days"),
    ({"pregnancy_status": CANARY}, "invalid-input", "/pregnancy_status"),
    ({"risk_factors": [{"id": "zebra7391", "present": "yes"}]}, "invalid-input", "/risk_factors/0/id"),
    (
        {"risk_factors": [{"id": "thrombosis-risk/oestrogen", "present": True}]},
        "invalid-input",
        "/risk_factors/0/present",
    ),
    ({"pregnancy_status": "not_pregnant", "postpartum_days": 4}, "inconsistent-input", "/pregnancy_status"),
]


@pytest.mark.parametrize(("order", "kind", "pointer"), BAD)
def test_bad_input_names_the_field_and_repeats_nothing(client, order, kind, pointer, caplog):
    caplog.set_level("DEBUG")
    response = post(client, order, "image/svg+xml")
    assert (response.status_code, response.headers["content-type"]) == (422, MEDIA_TYPE)
    assert response.json()["type"] == PREFIX + kind
    assert response.json()["errors"][0]["pointer"] == pointer
    assert CANARY.lower() not in (response.text + caplog.text).lower()
    assert "7391" not in response.text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("image/svg+xml", "image/svg+xml"),
        ("image/svg+xml, application/json;q=0.5", "image/svg+xml"),
        ("image/*", "image/svg+xml"),
        ("application/json, image/svg+xml;q=0.9", "application/json"),
        ("image/svg+xml;q=0", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        ("", "application/json"),
        ("image/svg+xml;q=much", "application/json"),
    ],
)
def test_the_accept_header_chooses_between_numbers_and_chart(client, accept, media_type):
    response = post(client, SCHEDULE, accept)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert "Accept" in response.headers["vary"]
    assert response.headers["Rule-Set"]


def drawing(client, order):
    return ET.fromstring(post(client, order, "image/svg+xml").content)


def words(drawn) -> str:
    return " ".join(item.text for item in drawn.iter(f"{SVG}text"))


@pytest.mark.parametrize("name", ORDERS)
def test_a_chart_is_readable_without_seeing_it_and_without_the_network(client, name):
    response = post(client, ORDERS[name]["value"], "image/svg+xml")
    drawn = ET.fromstring(response.content)
    labels = drawn.attrib["aria-labelledby"].split()
    assert (drawn.attrib["role"], labels) == ("img", ["title", "description"])
    assert {item.attrib["id"]: bool(item.text) for item in drawn if "id" in item.attrib} == dict.fromkeys(labels, True)
    assert {item.tag.removeprefix(SVG) for item in drawn.iter()} <= {"svg", "title", "desc", "rect", "line", "text"}
    assert not [name for item in drawn.iter() for name in item.attrib if "href" in name or name in {"style", "class"}]
    assert response.text.count("http") == 1  # the namespace
    inks = {item.attrib[name] for item in drawn.iter() for name in ("fill", "stroke") if name in item.attrib}
    assert inks <= {"#000000", "#767676", "#ffffff"}


def test_the_chart_names_axes_units_and_rates(client):
    shown = words(drawing(client, SCHEDULE))
    for label in ("Rate (mL/h)", "Time since the start (minutes)", "37.2 mL/h", "297.6 mL/h", "114.2 min (1 h 54 min)"):
        assert label in shown


def test_the_stretch_after_the_printed_steps_is_dashed_and_says_so(client):
    drawn = drawing(client, {**SCHEDULE, "dose_g_per_kg": 1, "days": 1})
    dashed = [item for item in drawn.iter(f"{SVG}line") if "stroke-dasharray" in item.attrib]
    assert len(dashed) == 1
    assert "at most 446.4 mL/h" in words(drawn)


def test_bounds_are_drawn_as_bounds(client):
    drawn = drawing(client, ORDERS["risk-not-known"]["value"])
    shown = words(drawn)
    assert shown.count("(upper bound)") == 2
    assert shown.count("shortest possible time") == 4  # twice as a figure, twice as the sentence of the rule set
    assert shown.index("For a patient at risk") < shown.index("Only without any listed risk factor")


def test_without_a_printed_figure_no_curve_is_drawn(client):
    at_risk = {**SCHEDULE, "risk_factors": [{"id": "thrombosis-risk/immobilised", "present": "yes"}]}
    drawn = drawing(client, at_risk)
    assert not list(drawn.iter(f"{SVG}line"))
    assert "no maximum figure is printed" in words(drawn)
    assert "mL/h" in words(drawn)


def test_a_refusal_is_drawn_as_its_reasons(client):
    drawn = drawing(client, ORDERS["no-printed-rate"]["value"])
    assert not list(drawn.iter(f"{SVG}line"))
    assert "No plan was computed." in words(drawn)
    assert "sister product" in words(drawn)


def test_everything_drawn_stays_inside_the_drawing(client):
    for name in ORDERS:
        drawn = drawing(client, ORDERS[name]["value"])
        width, height = int(drawn.attrib["width"]), int(drawn.attrib["height"])
        places = [(float(item.attrib["x"]), float(item.attrib["y"])) for item in drawn.iter(f"{SVG}text")]
        ends = [[float(item.attrib[key]) for key in ("x1", "x2", "y1", "y2")] for item in drawn.iter(f"{SVG}line")]
        assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
        assert all(
            0 <= x1 <= width and 0 <= x2 <= width and 0 <= y1 <= height and 0 <= y2 <= height for x1, x2, y1, y2 in ends
        )


def test_openapi_describes_every_field_of_the_request_and_the_plan(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    undescribed = [
        f"{name}.{field}"
        for name in reached(schemas, "InfusionPlanRequest") | reached(schemas, "InfusionPlan")
        for field, schema in schemas[name].get("properties", {}).items()
        if not ("description" in schema or "$ref" in json.dumps(schema))
    ]
    assert [item for item in undescribed if not item.startswith(("GestationalAge.", "Sentence."))] == []


def reached(schemas, name) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [part.split("/")[-1] for part in references(schemas[current])]
    return found


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for member in part:
            yield from references(member)


def test_openapi_declares_both_answers_all_errors_and_named_examples(client):
    operation = client.get("/openapi.json").json()["paths"][PATH]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "403", "408", "413", "415", "422", "429", "503"}
    assert set(operation["responses"]["200"]["content"]) == {"application/json", "image/svg+xml"}
    assert set(operation["requestBody"]["content"]["application/json"]["examples"]) == set(ORDERS)
    assert operation["description"]
