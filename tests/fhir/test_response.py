"""Answers of a form are read back to exactly what was said; what was not said stays unknown."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings

from app.clinical.catalogue import Case
from app.clinical.facts import derive
from app.clinical.history import PatientHistory
from app.errors import InputError
from app.fhir.response import read_response
from app.logic.values import Known, Unknown
from tests.conftest import TODAY
from tests.fhir.answering import respond
from tests.fhir.histories import histories

YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"


def history(value) -> PatientHistory:
    return PatientHistory.model_validate_json(json.dumps(value))


@pytest.fixture(scope="module")
def limits(rules):
    return rules.parameters


def values(limits, said: PatientHistory):
    """Facts without the places they came from: the form orders entries by its own order of sections."""
    facts = derive(Case(said, TODAY, limits))
    return {
        name: ("known", fact.value) if isinstance(fact, Known) else ("unknown", fact.reason)
        for name, fact in facts.items()
    }


def form(*items, status="completed"):
    return {"resourceType": "QuestionnaireResponse", "status": status, "item": list(items)}


def item(link, *answers, items=()):
    made = {"linkId": link}
    if answers:
        made["answer"] = list(answers)
    return {**made, "item": list(items)} if items else made


def coded(code, system=YES_NO):
    return {"valueCoding": {"system": system, "code": code}}


def kilograms(value, unit="kg"):
    return {"valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": unit}}


def refusal(*items):
    with pytest.raises(InputError) as caught:
        read_response(form(*items), "/parameter/0/resource")
    return [(problem.pointer, problem.code) for problem in caught.value.problems]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=histories)
def test_a_history_told_by_form_gives_the_same_facts(limits, value):
    wanted = history(value)
    answers = read_response(respond(wanted))
    assert answers.not_understood == ()
    told, native = values(limits, answers.said), values(limits, without_empty(wanted))
    assert told == native


def without_empty(said: PatientHistory) -> PatientHistory:
    """An empty list that is not vouched for says no more than no list: a form has nothing to answer there."""
    empty = {
        name: None
        for name in said.model_fields_set
        if getattr(said, name) == () and name != "complete_sections" and name not in said.complete_sections
    }
    vouched = {name: getattr(said, name) or () for name in said.complete_sections}
    return said.model_copy(update=empty | vouched)


def test_the_round_trip_can_fail(limits):
    one = values(limits, history({"patient": {"weight_kg": 62}}))
    two = values(limits, history({"patient": {"weight_kg": 63}}))
    assert one != two


@pytest.mark.parametrize("answer", [coded("UNK"), coded("asked-unknown", "x"), {"extension": [{"url": "x"}]}])
def test_unknown_stays_unknown(rules, answer):
    said = read_response(form(item("condition.diabetes", answer))).said
    assert said.conditions is None
    assert isinstance(derive(Case(said, TODAY, rules.parameters))["condition.diabetes"], Unknown)


def test_yes_and_no_are_said():
    said = read_response(
        form(item("condition.diabetes", coded("Y")), item("medication.loop_diuretic", coded("N")))
    ).said
    assert [(entry.code, entry.status) for entry in said.conditions] == [("diabetes", "present")]
    assert [(entry.code, entry.status) for entry in said.medications] == [("loop_diuretic", "stopped")]


def test_one_answer_does_not_speak_for_its_section(rules):
    facts = derive(Case(read_response(form(item("condition.diabetes", coded("N")))).said, TODAY, rules.parameters))
    assert facts["condition.diabetes"] == Known(False, ("/conditions/0",))
    assert isinstance(facts["condition.migraine"], Unknown)


def test_an_empty_form_says_nothing():
    assert read_response(form()).said == PatientHistory()


def test_a_list_called_complete_without_entries_is_empty(rules):
    said = read_response(form(item("complete_sections.pregnancies", {"valueBoolean": True}))).said
    assert said.pregnancies == ()
    assert derive(Case(said, TODAY, rules.parameters))["losses.count_all"] == Known(0, ("/pregnancies",))


def test_a_list_not_called_complete_stays_open(rules):
    said = read_response(form(item("complete_sections.pregnancies", {"valueBoolean": False}))).said
    assert said.pregnancies is None
    assert said.complete_sections == ()


def test_an_empty_entry_is_none():
    said = read_response(form(item("pregnancies"), item("pregnancies", items=[item("pregnancies.outcome")]))).said
    assert said.pregnancies is None


def test_none_of_these_is_an_empty_list():
    outcome = item("pregnancies.outcome", coded("miscarriage", "urn:ivig-cds:code-system:pregnancy-outcome"))
    none = item("pregnancies.complications", coded("none_of_these", "urn:ivig-cds:code-system:complication"))
    (entry,) = read_response(form(item("pregnancies", items=[outcome, none]))).said.pregnancies
    assert entry.complications == ()
    (entry,) = read_response(form(item("pregnancies", items=[outcome]))).said.pregnancies
    assert entry.complications is None


def test_bleeding_answered_outside_a_pregnancy_does_not_make_one():
    bleeding = item("current_pregnancy", items=[item("current_pregnancy.bleeding", {"valueBoolean": False})])
    answers = read_response(form(bleeding))
    assert answers.said.current_pregnancy is None
    assert answers.not_understood == (("/item/0/item/0", "not_enabled"),)


def test_walking_does_not_make_a_guillain_barre_syndrome():
    walks = item("neurology.guillain_barre.walks", {"valueBoolean": True})
    assert read_response(form(item("condition.guillain_barre_syndrome", coded("N")), walks)).said.neurology is None
    assert read_response(form(item("condition.guillain_barre_syndrome", coded("Y")), walks)).said.neurology


@pytest.mark.parametrize("status", ["in-progress", "entered-in-error", "stopped", None])
def test_a_form_that_is_not_finished_is_no_fact(status):
    answers = read_response(form(item("condition.diabetes", coded("Y")), status=status), "/x")
    assert answers.said == PatientHistory()
    assert answers.not_understood == (("/x", "questionnaire_response_not_completed"),)


def test_an_amended_form_counts():
    assert read_response(form(item("condition.diabetes", coded("Y")), status="amended")).said.conditions


def test_an_item_of_another_form_is_listed():
    answers = read_response(form(item("favourite-colour", {"valueString": "blue"})))
    assert answers.not_understood == (("/item/0", "unknown_link_id"),)


def test_groups_of_other_names_are_looked_into():
    inner = item("patient.weight_kg", kilograms(62))
    assert read_response(form(item("weight-and-height", items=[inner]))).said.patient.weight_kg == 62


BASE = "/parameter/0/resource/item/0"


@pytest.mark.parametrize(
    ("given_item", "pointer", "code"),
    [
        (item("patient.weight_kg", kilograms(140, "[lb_av]")), "/answer/0", "unit_not_allowed"),
        (item("patient.weight_kg", {"valueQuantity": {"value": 62}}), "/answer/0", "unit_not_allowed"),
        (item("patient.weight_kg", {"valueDecimal": 62}), "/answer/0", "wrong_type"),
        (item("patient.weight_kg", kilograms("62")), "", "invalid"),
        (item("patient.weight_kg", kilograms(620)), "", "out_of_range"),
        (item("patient.weight_kg", kilograms(62), kilograms(63)), "/answer/1", "duplicate_answer"),
        (item("patient.age_years", {"valueInteger": True}), "/answer/0", "wrong_type"),
        (item("patient.age_years", {"valueInteger": 9}), "", "out_of_range"),
        (item("patient.birth_date", {"valueDate": "1992-13-01"}), "", "invalid"),
        (item("patient.blood_group", coded("C", "urn:ivig-cds:code-system:blood-group")), "/answer/0", "not_in_list"),
        (item("patient.blood_group", coded("A", "http://example.org")), "/answer/0", "not_in_list"),
        (item("condition.diabetes", {"valueBoolean": True}), "/answer/0", "wrong_type"),
        (item("patient.smoker", {"valueString": "no"}), "/answer/0", "wrong_type"),
        (
            item("pregnancies.outcome", coded("miscarriage", "urn:ivig-cds:code-system:pregnancy-outcome")),
            "",
            "misplaced",
        ),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_at_its_place(given_item, pointer, code):
    assert refusal(given_item) == [(f"{BASE}{pointer}", code)]


def test_a_pregnancy_without_an_outcome_is_refused():
    entry = item("pregnancies", items=[item("pregnancies.ended_on", {"valueDate": "2024"})])
    assert refusal(entry) == [(BASE, "required")]


def test_the_same_item_twice_is_refused():
    twice = [item("patient.weight_kg", kilograms(62)), item("patient.weight_kg", kilograms(63))]
    assert refusal(*twice) == [("/parameter/0/resource/item/1", "duplicate_answer")]


def test_a_count_is_exact_or_within_bounds_but_not_both():
    exact = item("loss_summary.losses", {"valueInteger": 3})
    least = item("loss_summary.losses.minimum", {"valueInteger": 2})
    assert read_response(form(least)).said.loss_summary.losses.minimum == 2
    assert refusal(exact, least) == [("/parameter/0/resource/item/1", "duplicate_answer")]


def laboratory(*items):
    return item("lab.creatinine", items=items)


def measured(value, unit, **more):
    return {"valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": unit, **more}}


def test_a_result_keeps_unit_comparator_and_date():
    value = item("lab.creatinine.value", measured(0.5, "mg/dL", comparator="<"))
    said = read_response(form(laboratory(value, item("lab.creatinine.on", {"valueDate": "2026-11"})))).said
    (entry,) = said.laboratory
    assert (entry.test, float(entry.value), entry.unit, entry.comparator, entry.on) == (
        "creatinine",
        0.5,
        "mg/dL",
        "<",
        "2026-11",
    )


@pytest.mark.parametrize("sign", ["<=", ">=", "ad"])
def test_other_comparators_are_refused(sign):
    value = item("lab.creatinine.value", measured(60, "umol/L", comparator=sign))
    assert refusal(laboratory(value)) == [(f"{BASE}/item/0/answer/0", "comparator_not_read")]


def test_two_units_in_one_result_are_refused():
    value = item("lab.creatinine.value", measured(60, "umol/L"))
    limit = item("lab.creatinine.upper_limit_of_normal", measured(1, "mg/dL"))
    assert refusal(laboratory(value, limit)) == [(f"{BASE}/item/1", "unit_not_allowed")]


def test_a_transfer_is_a_date_and_an_outcome():
    system = "urn:ivig-cds:code-system:transfer-outcome"
    entries = [
        item(
            "embryo_transfers",
            items=[
                item("embryo_transfers.on", {"valueDate": on}),
                item("embryo_transfers.outcome", coded("not_pregnant", system)),
            ],
        )
        for on in ("2024-02", "2025-03")
    ]
    said = read_response(form(*entries)).said
    assert [(entry.on, entry.outcome) for entry in said.embryo_transfers] == [
        ("2024-02", "not_pregnant"),
        ("2025-03", "not_pregnant"),
    ]


def test_no_refusal_repeats_a_value():
    with pytest.raises(InputError) as caught:
        read_response(
            form(
                item("patient.blood_group", coded("ZEBRA7391")), item("patient.birth_date", {"valueDate": "ZEBRA7391"})
            )
        )
    assert "ZEBRA7391" not in str([(problem.pointer, problem.detail) for problem in caught.value.problems])


@pytest.mark.parametrize(
    ("authored", "read"),
    [
        (None, True),
        ("2026-11-25", True),
        ("2026-11-24T23:30:00-05:00", True),
        ("2026-11-23", False),
        ("2026-11", False),
        ("yesterday", False),
    ],
)
def test_a_gestation_of_another_day_is_not_read(authored, read):
    status = item("pregnancy_status", coded("pregnant", "urn:ivig-cds:code-system:pregnancy-status"))
    weeks = item("current_pregnancy.gestational_age.weeks", {"valueInteger": 5})
    weight = item("patient.weight_kg", kilograms(62))
    answers = read_response(form(status, weeks, weight) | {"authored": authored}, "", TODAY)
    assert (answers.said.current_pregnancy is not None) is read
    assert answers.said.patient.weight_kg == 62
    reasons = {reason for _, reason in answers.not_understood}
    assert reasons == (set() if read else {"authored_before_the_assessment"})


def test_items_under_an_answer_are_read():
    inner = item("patient.weight_kg", kilograms(62))
    outer = item("condition.diabetes", coded("N") | {"item": [inner]})
    assert read_response(form(outer)).said.patient.weight_kg == 62


@pytest.mark.parametrize("broken", [{"item": {}}, {"item": [1]}, {"item": [{"linkId": "x", "answer": {}}]}])
def test_a_form_of_another_shape_is_refused(broken):
    with pytest.raises(InputError) as caught:
        read_response({"status": "completed", **broken})
    assert {problem.code for problem in caught.value.problems} == {"wrong_type"}


@pytest.mark.parametrize(
    "broken", [{"item": {}}, {"item": [1]}, {"item": [{"linkId": 3, "answer": "x"}]}, {"item": [{"answer": [{}]}]}]
)
def test_a_form_of_any_shape_is_read_or_refused(broken):
    with suppress(InputError):
        read_response({"status": "completed", **broken})


def test_today_is_not_read_from_a_form():
    assert read_response(form(item("as_of", {"valueDate": "2020-01-01"}))).said.as_of is None
