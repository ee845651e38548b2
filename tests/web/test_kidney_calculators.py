"""Kidney function and creatinine through the API: worked examples, refusals on both sides, half-known input."""

import pytest

from tests.web.calculator_calls import clearance, fault, figure, kidney, mg_dl, post

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
