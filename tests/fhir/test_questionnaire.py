"""The questions: each fact can be asked for, each item knows its type, unit, codes and place."""

import pytest

from app.clinical.catalogue import entries, specifications
from app.clinical.history import PatientHistory, Section
from app.clinical.laboratory_tests import TESTS
from app.fhir.form import walk
from app.fhir.history_form import form, gates, index, links_of
from app.fhir.questionnaire import questionnaires, whole
from app.fhir.requirements import type_of


@pytest.fixture(scope="module")
def items(rules):
    return {item["linkId"]: item for item in flat(whole(rules)["item"])}


def flat(listed):
    for item in listed:
        yield item
        yield from flat(item.get("item", ()))


def units(item):
    return [part["valueCoding"]["code"] for part in item.get("extension", ())]


def options(item):
    return [part["valueCoding"]["code"] for part in item["answerOption"]]


def test_every_fact_can_be_asked_for(rules):
    links = links_of(rules)
    assert [fact for fact in specifications() if not links[fact]] == []


def test_every_section_of_a_history_is_asked_for():
    told = {item.path[0] for item in walk(form()) if item.path}
    # Who vouches, when, and for which indications is said beside the history, not in it.
    beside = {"as_of", "as_of_time", "indications", "complete_sections", "failed_sections"}
    assert set(PatientHistory.model_fields) - told == beside


@pytest.mark.parametrize(
    ("link", "kind", "unit", "code"),
    [
        ("patient.birth_date", "date", [], []),
        ("patient.age_years", "integer", ["a"], []),
        ("patient.weight_kg", "quantity", ["kg"], ["29463-7"]),
        ("patient.height_cm", "quantity", ["cm"], ["8302-2"]),
        ("pregnancy_status", "choice", [], ["82810-3"]),
        ("current_pregnancy.gestational_age.weeks", "integer", [], []),
        ("pregnancies", "group", [], []),
        ("pregnancies.outcome", "choice", [], []),
        ("embryo_transfers", "group", [], ["75456002"]),
        ("antiphospholipid_tests.value", "decimal", [], []),
        ("previous_ivig", "group", [], []),
        ("condition.migraine", "choice", [], None),
        ("lab.platelets.value", "quantity", ["10*9/L", "10*3/uL", "/uL"], []),
        ("lab.creatinine", "group", [], ["14682-9", "2160-0"]),
    ],
)
def test_an_item_has_its_type_unit_and_code(items, link, kind, unit, code):
    item = items[link]
    assert item["type"] == kind
    assert units(item) == unit
    if code is not None:
        assert [part["code"] for part in item.get("code", ())] == code


@pytest.mark.parametrize(
    "link",
    ["pregnancies", "embryo_transfers", "antiphospholipid_tests", "previous_ivig", "thrombotic_events", "vitals"],
)
def test_lists_repeat_and_ask_whether_they_are_complete(items, link):
    assert items[link]["repeats"] is True
    assert items[f"complete_sections.{link}"]["type"] == "boolean"


@pytest.mark.parametrize(
    ("section", "prefix"),
    [(Section.CONDITIONS, "condition"), (Section.MEDICATIONS, "medication"), (Section.ALLERGIES, "allergy")],
)
def test_presence_is_asked_as_yes_no_or_unknown(items, section, prefix):
    for entry in entries(section):
        item = items[f"{prefix}.{entry.code}"]
        assert options(item) == ["Y", "N", "UNK"]
        assert [code["code"] for code in item.get("code", ())] == [code.code for code in entry.codes]


def test_every_choice_among_values_can_be_left_unknown(items):
    vaccine = "immunisations.vaccine"
    assert all(
        "UNK" in options(item) for item in items.values() if item["type"] == "choice" and item["linkId"] != vaccine
    )


def test_every_test_is_asked_for_in_the_units_it_is_taken_in(items):
    for test in TESTS.values():
        value = items.get(f"lab.{test.code}.value")
        assert (units(value) if value else []) == list(test.units)


def test_a_finding_without_a_scale_asks_for_no_number(items):
    assert "lab.hbsag.value" not in items
    assert "positive" in options(items["lab.hbsag.result"])


def test_what_a_pregnancy_is_asked_only_when_there_is_one(items):
    (gate,) = items["current_pregnancy"]["enableWhen"]
    assert (gate["question"], gate["answerCoding"]["code"]) == ("pregnancy_status", "pregnant")
    assert gates()["current_pregnancy.gestational_age.weeks"] == (("pregnancy_status", "pregnant"),)


def test_ids_of_questions_and_of_items_never_meet(rules):
    asked = [question.id for listed in rules.asks for question in listed.questions]
    assert set(asked) & set(index()) == set()
    assert {f"{item}-note" for item in asked} & {*index(), *asked} == set()


def test_each_ask_list_asks_its_questions_in_its_order(rules):
    made = questionnaires(rules)
    for listed in rules.asks:
        items = made[listed.id](rules)["item"]
        assert [(item["linkId"], item["text"]) for item in items] == [
            (question.id, question.question) for question in listed.questions
        ]


def test_what_settles_a_question_stands_under_it_or_above(rules):
    made = questionnaires(rules)
    links = links_of(rules)
    for listed in rules.asks:
        shown: set[str] = set()
        for question, item in zip(listed.questions, made[listed.id](rules)["item"], strict=True):
            shown |= {inner["linkId"] for inner in flat([item])}
            assert {link for fact in question.facts for link in links[fact]} <= shown, question.id


def test_the_form_is_the_same_each_time(rules):
    assert whole(rules) == whole(rules)
    assert whole(rules)["version"] == rules.version


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("lab.iga", "Observation"),
        ("patient.birth_date", "Patient"),
        ("patient.weight_kg", "Observation"),
        ("condition.diabetes", "Condition"),
        ("allergy.immunoglobulin", "AllergyIntolerance"),
        ("medication.loop_diuretic", "MedicationStatement"),
        ("embryo_transfers", "Procedure"),
        ("immunisations", "Immunization"),
        ("corticosteroid_trial", "QuestionnaireResponse"),
    ],
)
def test_where_an_answer_can_be_found(link, kind):
    assert link in index()
    assert type_of(link) == kind


def test_reading_over_http(client):
    answer = client.get("/fhir/Questionnaire/ivig-history")
    assert answer.status_code == 200
    assert answer.json()["resourceType"] == "Questionnaire"
    assert (
        client.get("/fhir/Questionnaire/rpl-ask")
        .json()["derivedFrom"][0]
        .startswith("urn:ivig-cds:Questionnaire:ivig-history|")
    )
    assert client.get("/fhir/Questionnaire/missing").status_code == 404
