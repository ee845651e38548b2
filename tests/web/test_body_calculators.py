"""Calculators of body size and dosing weight through the API: worked examples, refusals, half-known input."""

import pytest

from tests.web.calculator_calls import fault, figures, ids, post

WOMAN = {"sex": "female", "age_years": 34}


def value(response, name):
    return figures(response)[name]["value"]


def ends(response, name):
    found = figures(response)[name]
    return found["minimum"], found["maximum"]


# Body size. Worked examples of evidence/calculators.yaml.


def bmi(**more):
    return {"weight_kg": 62, "weight_of": "before_pregnancy", "height_cm": 158, "age_years": 34, **more}


@pytest.mark.parametrize(("weight", "height", "expected"), [(62, 158, 24.8), (95, 165, 34.9), (120, 172, 40.6)])
def test_bmi_worked_examples(client, weight, height, expected):
    answer = post(client, "bmi", bmi(weight_kg=weight, height_cm=height))
    assert value(answer, "bmi") == expected
    assert answer.json()["inputs"]["weight_of"] == "before_pregnancy"


@pytest.mark.parametrize(
    ("weight_of", "status", "condition"),
    [
        ("before_pregnancy", "pregnant", []),
        ("today", "pregnant", ["weight-in-pregnancy"]),
        ("today", "not_pregnant", []),
        ("today", None, ["pregnancy-unknown"]),
    ],
)
def test_a_weight_in_pregnancy_gives_no_obesity_class(client, weight_of, status, condition):
    answer = post(client, "bmi", bmi(weight_of=weight_of, pregnancy_status=status))
    assert ids(answer, "holds_if") == condition


def test_a_weight_known_within_bounds_bounds_the_bmi(client):
    # 60 and 64 kg at 1.58 m: 24.03 and 25.64
    assert ends(post(client, "bmi", bmi(weight_kg={"minimum": 60, "maximum": 64})), "bmi") == (24.0, 25.7)


@pytest.mark.parametrize(
    ("field", "number", "taken"),
    [
        ("weight_kg", 29.9, False),
        ("weight_kg", 30, True),
        ("weight_kg", 250, True),
        ("weight_kg", 250.1, False),
        ("height_cm", 119.9, False),
        ("height_cm", 120, True),
        ("height_cm", 220, True),
        ("height_cm", 220.1, False),
    ],
)
def test_working_limits_of_body_size(client, field, number, taken):
    response = post(client, "bmi", bmi(**{field: number}))
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == f"/{field}"


@pytest.mark.parametrize("name", ["bmi", "ideal-weight"])
@pytest.mark.parametrize(
    ("age", "taken"), [(17, False), (18, True), ({"minimum": 17, "maximum": 20}, False), (None, True)]
)
def test_body_size_is_computed_for_adults(client, name, age, taken):
    body = bmi(age_years=age) if name == "bmi" else {"sex": "female", "height_cm": 165, "age_years": age}
    response = post(client, name, body)
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == "/age_years"
    else:
        assert ("if-adult" in ids(response, "holds_if")) is (age is None)


@pytest.mark.parametrize(("height", "expected"), [(158, 50.57), (165, 56.91), (172, 63.25)])
def test_ideal_weight_worked_examples(client, height, expected):
    assert value(post(client, "ideal-weight", {**WOMAN, "height_cm": height}), "ideal_weight") == expected


@pytest.mark.parametrize(("height", "taken"), [(151.9, False), (152, True)])
def test_ideal_weight_starts_at_152_cm(client, height, taken):
    response = post(client, "ideal-weight", {**WOMAN, "height_cm": height})
    assert (response.status_code == 200) is taken
    if not taken:
        assert fault(response)["pointer"] == "/height_cm"


def test_an_unknown_sex_bounds_the_ideal_weight(client):
    # 56.9095 kg for women, 61.4095 kg for men: an interval is rounded outwards.
    assert ends(post(client, "ideal-weight", {"height_cm": 165, "age_years": 34}), "ideal_weight") == (56.9, 61.41)


def heavy(**more):
    body = {"weight_kg": 95, "height_cm": 165, "factor": "0.4_australia", "pregnancy_status": "not_pregnant"}
    return {**WOMAN, **body, **more}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 72.1),
        ({"weight_kg": 120, "height_cm": 172}, 85.9),
        ({"weight_kg": 120, "height_cm": 172, "factor": "0.5_handbook"}, 91.6),
        ({"pregnancy_status": "pregnant"}, 95.0),
        ({"age_years": 17}, 95.0),
        ({"height_cm": 151.9}, 95.0),
        ({"weight_kg": 50}, 50.0),
    ],
)
def test_dosing_weight_worked_examples_and_exclusions(client, more, expected):
    answer = post(client, "dosing-weight", heavy(**more))
    assert value(answer, "dosing_weight") == expected
    factor = answer.json()["notes"][0]
    assert factor["id"] == "factor"
    assert factor["evidence"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"pregnancy_status": "pregnant"}, ["pregnant"]),
        ({"age_years": 17}, ["minor"]),
        ({"height_cm": 151.9}, ["short"]),
        ({"pregnancy_status": None}, ["pregnant-unknown"]),
        ({"age_years": None}, ["minor-unknown"]),
        ({"age_years": None, "pregnancy_status": "pregnant"}, ["pregnant"]),
        ({"height_cm": {"minimum": 151, "maximum": 165}}, ["short-unknown"]),
        ({"pregnancy_status": None, "sex": "male"}, []),
    ],
)
def test_dosing_weight_says_why_the_actual_weight_is_or_may_be_used(client, more, reason):
    assert ids(post(client, "dosing-weight", heavy(**more)), "notes")[1:] == reason


@pytest.mark.parametrize("more", [{"pregnancy_status": None}, {"age_years": None}])
def test_unknown_exclusions_leave_both_weights_possible(client, more):
    assert ends(post(client, "dosing-weight", heavy(**more)), "dosing_weight") == (72.1, 95.0)


@pytest.mark.parametrize(("field", "number"), [("weight_kg", 29), ("weight_kg", 251), ("height_cm", 119)])
def test_dosing_weight_keeps_the_working_limits(client, field, number):
    assert fault(post(client, "dosing-weight", heavy(**{field: number})))["pointer"] == f"/{field}"
