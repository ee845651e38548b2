"""Gestational age and due date through the API: each method, half-known dates, refusals."""

import pytest

from tests.web.calculator_calls import fault, figure, post


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
