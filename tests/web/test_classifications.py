"""Calculators that classify: the very findings of an assessment, their intervals, and what they ask."""

import pytest

from app.clinical.calculator_shapes import (
    AcrEularRequest,
    AgapssRequest,
    AspirinRiskRequest,
    HellpRequest,
    PreeclampsiaRequest,
    SydneyRequest,
)
from app.clinical.catalogue import specifications
from app.web.examples import ANTIPHOSPHOLIPID, HISTORIES, PREECLAMPSIA

SHAPES = {
    "sydney": SydneyRequest,
    "acr-eular-2023": AcrEularRequest,
    "agapss": AgapssRequest,
    "preeclampsia": PreeclampsiaRequest,
    "hellp": HellpRequest,
    "aspirin-risk": AspirinRiskRequest,
}
DAY = "2026-11-25"
MAIN_EXAMPLE = {
    "sydney": "antiphospholipid-syndrome",
    "acr-eular-2023": "antiphospholipid-syndrome",
    "agapss": "antiphospholipid-syndrome",
    "preeclampsia": "preeclampsia",
    "hellp": "preeclampsia",
    "aspirin-risk": "preeclampsia",
}
"""The example of an assessment in which the indication of a classification arises."""


def part(name, history):
    return {key: value for key, value in history.items() if key in SHAPES[name].model_fields}


def ask(client, name, body, **query):
    response = client.post(f"/v1/calculators/{name}", json=body, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def met(answer):
    return {item["id"]: item["met"] for item in answer["criteria"]}


def points(answer):
    return {item["id"]: (item["minimum"], item["maximum"]) for item in answer["scores"]}


# One implementation.


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("name", SHAPES)
def test_findings_are_those_of_an_assessment(client, name, history):
    # Without a place, as a calculator asks: issuers of every place are judged.
    sent = {key: value for key, value in HISTORIES[history]["value"].items() if key != "jurisdiction"}
    answer = ask(client, name, part(name, sent))
    assessed = client.post("/v1/assessments", json=sent, params={"explain": "short"}).json()
    criteria = {item["id"]: item for entry in assessed["candidacy"] for item in entry["criteria"]}
    scores = {item["id"]: item for entry in assessed["candidacy"] for item in entry["scores"]}
    # An assessment may leave out an indication that does not arise.
    assert all(item == criteria.get(item["id"], item) for item in answer["criteria"])
    assert all(item == scores.get(item["id"], item) for item in answer["scores"])
    if history == MAIN_EXAMPLE[name]:
        assert {item["id"] for item in answer["criteria"]} <= criteria.keys()
        assert {item["id"] for item in answer["scores"]} <= scores.keys()


@pytest.mark.parametrize("name", SHAPES)
def test_a_request_holds_every_section_that_its_rules_read(rules, name):
    calculator = next(item for item in rules.knowledge.calculators if item.id == name)
    facts = {fact for key in calculator.criteria for fact in _facts(rules, rules.program.graph.rules[key])}
    for score in calculator.scores:
        items = [node for domain in rules.program.graph.scores[score] for _, node in domain]
        facts |= {fact for node in items for fact in _facts(rules, node)}
    read = {section for fact in facts for section in specifications()[fact].read_from}
    assert read == SHAPES[name].model_fields.keys() - {"as_of", "complete_sections"}


def _facts(rules, start):
    """The facts below a node of the compiled rules."""
    nodes, stack, seen = rules.program.graph.nodes, [start], set()
    while stack:
        index = stack.pop()
        if index in seen:
            continue
        seen.add(index)
        node = nodes[index]
        if node.fact:
            yield node.fact
        elif node.score:
            stack += [item for domain in rules.program.graph.scores[node.score] for _, item in domain]
        else:
            stack += node.args


# Nothing known.


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_sent_decides_nothing_and_asks(client, name):
    answer = ask(client, name, {})
    assert set(met(answer).values()) <= {"unknown"}
    assert answer["met"] in {"unknown", None}
    assert all(low == 0 < high for low, high in points(answer).values())
    assert [item for item in answer["missing"] if item["decides"]]
    assert all(item["question"] for item in answer["missing"])


@pytest.mark.parametrize("name", SHAPES)
def test_every_criterion_and_score_is_cited(client, name):
    answer = ask(client, name, {})
    cited = {item for finding in (*answer["criteria"], *answer["scores"]) for item in finding["evidence"]}
    assert cited | set(answer["evidence"]) == {item["id"] for item in answer["sources"]}


@pytest.mark.parametrize("explain", ["none", "short", "full"])
def test_explanations_are_as_long_as_asked(client, explain):
    answer = ask(client, "sydney", part("sydney", ANTIPHOSPHOLIPID), explain=explain)
    assert all(item["because"] is None for item in answer["criteria"]) is (explain == "none")


def test_a_code_that_is_not_known_is_listed(client):
    answer = ask(client, "agapss", {"conditions": [{"code": "no_such_condition", "status": "present"}]})
    assert answer["not_understood"] == [{"pointer": "/conditions/0/code", "reason": "code_not_in_catalogue"}]


# Sydney and ACR/EULAR (CLINICAL_DECISIONS 2b).


def lupus(second, **more):
    tests = [
        {"assay": "lupus_anticoagulant", "on": day, "result": "positive", "on_anticoagulant": False}
        for day in ("2025-01-07", second)
    ]
    return {**part("sydney", ANTIPHOSPHOLIPID), "antiphospholipid_tests": tests, **more}


@pytest.mark.parametrize(("second", "expected"), [("2025-03-31", "unknown"), ("2025-04-01", "true")])
def test_a_repeat_counts_from_84_days(client, second, expected):
    answer = ask(client, "sydney", lupus(second))
    assert (answer["met"], met(answer)["sydney-la"]) == (expected, expected)


def test_two_early_losses_do_not_suffice(client):
    losses = ANTIPHOSPHOLIPID["pregnancies"][:2]
    answer = ask(client, "sydney", lupus("2025-04-01", pregnancies=losses))
    assert met(answer)["sydney-early-losses"] == "false"


def test_early_losses_alone_score_one_clinical_point_at_most(client):
    body = part("acr-eular-2023", ANTIPHOSPHOLIPID)
    body["complete_sections"] = [*body["complete_sections"], "conditions", "laboratory"]
    body |= {"conditions": [], "laboratory": [{"test": "platelets", "value": 200, "unit": "10*9/L"}]}
    answer = ask(client, "acr-eular-2023", body)
    assert points(answer)["acr-eular-clinical"][0] == 1
    assert points(answer)["acr-eular-laboratory"][0] == 5
    assert answer["met"] != "true"


@pytest.mark.parametrize(
    ("profile", "expected"),
    [(True, (1, 1)), (False, (3, 3)), (None, (1, 3))],
)
def test_an_unknown_risk_profile_leaves_venous_thrombosis_between_one_and_three(client, profile, expected):
    event = {"type": "venous", "on": "2025-01", "confirmed": True, "superficial": False, "high_risk_profile": profile}
    known = ask(client, "acr-eular-2023", {"thrombotic_events": [event], "complete_sections": ["thrombotic_events"]})
    without = ask(client, "acr-eular-2023", {"thrombotic_events": [], "complete_sections": ["thrombotic_events"]})
    (low, high), (_, rest) = points(known)["acr-eular-clinical"], points(without)["acr-eular-clinical"]
    assert (low, high - rest) == expected


# aGAPSS: aCL 5, anti-beta2GPI 4, LA 4, hyperlipidaemia 3, hypertension 1; GAPSS adds aPS/PT 3.

ASSAYS = {
    "anticardiolipin_igg": 5,
    "anti_beta2_glycoprotein_i_igg": 4,
    "lupus_anticoagulant": 4,
}
ALL_ASSAYS = (*ASSAYS, "anticardiolipin_igm", "anti_beta2_glycoprotein_i_igm", "anti_phosphatidylserine_prothrombin")


def gapss(positive, conditions):
    tests = [
        {
            "assay": assay,
            "on": DAY,
            "result": "positive" if assay in positive else "negative",
            "method": "elisa",
            "on_anticoagulant": False,
        }
        for assay in ALL_ASSAYS
    ]
    return {"as_of": DAY, "antiphospholipid_tests": tests, "conditions": conditions}


def condition(code, status="present"):
    return {"code": code, "status": status}


ABSENT = [condition("hyperlipidaemia", "absent"), condition("chronic_hypertension", "absent")]


def test_agapss_without_anything_known_spans_the_whole_score(client):
    assert points(ask(client, "agapss", {})) == {"agapss": (0, 17), "gapss": (0, 20)}


@pytest.mark.parametrize(("assay", "weight"), ASSAYS.items())
def test_each_antibody_has_its_points(client, assay, weight):
    found = points(ask(client, "agapss", gapss({assay}, ABSENT)))
    assert found == {"agapss": (weight, weight), "gapss": (weight, weight)}


def test_everything_positive_is_the_maximum(client):
    present = [condition("hyperlipidaemia"), condition("chronic_hypertension")]
    answer = ask(client, "agapss", gapss(set(ALL_ASSAYS), present))
    assert points(answer) == {"agapss": (17, 17), "gapss": (20, 20)}
    assert answer["met"] is None
    assert answer["missing"] == []


def test_an_unknown_condition_contributes_nothing_to_its_weight(client):
    assert points(ask(client, "agapss", gapss({"lupus_anticoagulant"}, ABSENT[1:])))["agapss"] == (4, 7)


# Preeclampsia and HELLP (CLINICAL_DECISIONS 4b).


def results(**values):
    units = {"platelets": "10*9/L"}
    return [{"test": test, "value": value, "unit": units.get(test, "U/L"), "on": DAY} for test, value in values.items()]


def readings(systolic, diastolic):
    return [
        {"systolic": systolic, "diastolic": diastolic, "on": DAY, "time": time, "treated": False}
        for time in ("08:00", "12:00")
    ]


def toxaemia(platelets):
    before = [{"systolic": 110, "diastolic": 70, "on": "2026-06-01", "gestational_age": {"weeks": 10}}]
    return {
        "as_of": DAY,
        "current_pregnancy": {"gestational_age": {"weeks": 34, "days": 0}},
        "vitals": [*before, *readings(150, 95)],
        "laboratory": results(platelets=platelets),
        "conditions": [condition("chronic_hypertension", "absent")],
    }


@pytest.mark.parametrize(
    ("platelets", "acog", "isshp", "nice"),
    [
        (99, "true", "true", "true"),
        (100, "unknown", "true", "true"),
        (149, "unknown", "true", "true"),
        (150, "unknown", "unknown", "unknown"),
    ],
)
def test_platelets_count_by_issuer(client, platelets, acog, isshp, nice):
    answer = ask(client, "preeclampsia", toxaemia(platelets))
    found = met(answer)
    assert found["new-hypertension-acog"] == "true"
    assert (found["pe-acog"], found["pe-isshp-2018"], found["pe-nice"]) == (acog, isshp, nice)
    assert answer["met"] is None


def hellp(**values):
    return {"as_of": DAY, "pregnancy_status": "pregnant", "laboratory": results(**values)}


@pytest.mark.parametrize(
    ("platelets", "liver", "classes"),
    [
        (50, 70, ("true", "false", "false")),
        (51, 70, ("false", "true", "false")),
        (100, 70, ("false", "true", "false")),
        (101, 70, ("false", "false", "true")),
        (150, 40, ("false", "false", "true")),
        (151, 70, ("false", "false", "false")),
        (100, 69, ("false", "false", "false")),
        (150, 39, ("false", "false", "false")),
    ],
)
def test_mississippi_classes(client, platelets, liver, classes):
    found = met(ask(client, "hellp", hellp(platelets=platelets, ast=liver, alt=liver, ldh=600)))
    assert tuple(found[f"hellp-mississippi-class-{number}"] for number in (1, 2, 3)) == classes


def test_ldh_below_the_limit_excludes_and_ldh_unknown_does_not(client):
    below = met(ask(client, "hellp", hellp(platelets=50, ast=70, alt=70, ldh=599)))
    unknown = met(ask(client, "hellp", hellp(platelets=50, ast=70, alt=70)))
    assert below["hellp-mississippi-class-1"] == "false"
    assert unknown["hellp-mississippi-class-1"] == "unknown"
    assert unknown["hellp-mississippi-class-3"] == "false"


@pytest.mark.parametrize(
    ("platelets", "ast", "ldh", "partial"),
    [(99, 70, 601, "true"), (100, 71, 601, "true"), (100, 70, 600, "false"), (100, 70, 601, "unknown")],
)
def test_partial_tennessee_needs_one_item_and_complete_waits_for_the_smear(client, platelets, ast, ldh, partial):
    found = met(ask(client, "hellp", hellp(platelets=platelets, ast=ast, ldh=ldh)))
    assert found["hellp-tennessee-partial"] == partial
    assert found["hellp-tennessee"] != "true"


def test_an_improbable_unit_is_refused_not_converted(client):
    body = hellp()
    body["laboratory"] = [{"test": "platelets", "value": 90000, "unit": "10*9/L", "on": DAY}]
    response = client.post("/v1/calculators/hellp", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/laboratory/0/value"


# Aspirin (CLINICAL_DECISIONS 4b).


@pytest.mark.parametrize(
    ("age", "weight", "uspstf"),
    [(35, 67.6, "true"), (34, 67.6, "unknown"), (35, 67.5, "unknown")],
)
def test_two_moderate_factors_suffice_for_uspstf(client, age, weight, uspstf):
    # At 150 cm a body mass index of 30 is 67.5 kg; USPSTF counts above 30, and ages from 35.
    patient = {"age_years": age, "prepregnancy_weight_kg": weight, "height_cm": 150}
    body = {"as_of": DAY, "patient": patient, "pregnancy_status": "pregnant"}
    assert met(ask(client, "aspirin-risk", body))["aspirin-uspstf-moderate"] == uspstf


@pytest.mark.parametrize(
    "history",
    [
        {"conditions": [condition("chronic_hypertension")]},
        {"conditions": [condition("systemic_lupus_erythematosus")]},
        {"conditions": [condition("chronic_kidney_disease")]},
    ],
)
def test_one_high_factor_suffices_everywhere(client, history):
    found = met(ask(client, "aspirin-risk", history))
    assert (found["aspirin-uspstf"], found["aspirin-acog"], found["aspirin-nice"]) == ("true",) * 3


def test_twins_are_a_high_factor_for_uspstf_and_a_moderate_one_for_nice(client):
    body = {"current_pregnancy": {**PREECLAMPSIA["current_pregnancy"], "plurality": 2}}
    found = met(ask(client, "aspirin-risk", body))
    assert (found["aspirin-uspstf-high"], found["aspirin-nice-high"]) == ("true", "unknown")
    assert found["aspirin-nice-moderate"] == "unknown"
