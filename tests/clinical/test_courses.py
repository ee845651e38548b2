"""Earlier immunoglobulin courses (CLINICAL_DECISIONS 6.1, 6.3)."""

import pytest

from app.logic.values import Interval, Known, Reason, Unknown
from tests.clinical.safety_facts import diagnosis, fact, value

VOUCHED = {"complete_sections": ["previous_ivig"]}


def test_first_course_is_certain_only_when_vouched_for():
    assert value("ivig.first_course") is Reason.NOT_SENT
    assert value("ivig.first_course", previous_ivig=[]) is Reason.NOT_RECORDED
    assert value("ivig.first_course", previous_ivig=[], **VOUCHED) is True
    assert value("ivig.first_course", **VOUCHED) is True
    assert value("ivig.first_course", previous_ivig=[{}]) is False


def test_ivig_in_a_past_pregnancy_is_an_earlier_course():
    past = [{"outcome": "miscarriage", "treatments": ["aspirin", "ivig"]}]
    assert fact("ivig.first_course", pregnancies=past) == Known(False, ("/pregnancies/0/treatments",))
    assert value("ivig.first_course", pregnancies=past, previous_ivig=[], **VOUCHED) is Reason.CONFLICTING


@pytest.mark.parametrize(
    ("courses", "more", "expected"),
    [
        ([{"on": "2026-09-30"}], VOUCHED, Interval(56, 56)),
        ([{"on": "2026-09-29"}], VOUCHED, Interval(57, 57)),
        ([{"on": "2026-09-29"}], {}, Interval(0, 57)),
        ([{"on": "2026-09-29"}, {"on": "2026-11-20"}], VOUCHED, Interval(5, 5)),
        ([{"on": "2026-09-29"}, {}], VOUCHED, Interval(0, 57)),
        ([{"on": "2026-09"}], VOUCHED, Interval(56, 85)),
        ([{}], VOUCHED, Reason.NOT_RECORDED),
        ([], VOUCHED, Reason.NOT_DETERMINABLE),
        ([], {}, Reason.NOT_RECORDED),
    ],
)
def test_days_since_the_last_course(courses, more, expected):
    assert value("ivig.days_since_last", previous_ivig=courses, **more) == expected


@pytest.mark.parametrize("reaction", ["anaphylaxis", "severe_systemic"])
def test_a_severe_reaction_to_any_course_is_found(reaction):
    courses = [{"reaction": "none", "product": "octagam-10"}, {"reaction": reaction, "product": "privigen"}]
    assert fact("ivig.severe_reaction_before", previous_ivig=courses) == Known(True, ("/previous_ivig/1",))


@pytest.mark.parametrize(
    ("courses", "more", "expected"),
    [
        ([{"reaction": "mild"}, {"reaction": "none"}], VOUCHED, False),
        ([{"reaction": "mild"}, {"reaction": "none"}], {}, Reason.NOT_RECORDED),
        ([{"reaction": "mild"}, {}], VOUCHED, Reason.NOT_RECORDED),
        ([], VOUCHED, False),
        ([], {}, Reason.NOT_RECORDED),
    ],
)
def test_harmless_courses_answer_only_when_all_are_known(courses, more, expected):
    assert value("ivig.severe_reaction_before", previous_ivig=courses, **more) == expected


ALLERGY = [{"code": "immunoglobulin", "status": "present"}]


def test_the_condition_answers_for_all_courses():
    assert value("ivig.severe_reaction_before", conditions=[diagnosis("present")]) is True
    assert value("ivig.severe_reaction_before", conditions=[diagnosis("absent")], previous_ivig=[{}]) is False
    assert value("ivig.severe_reaction_before", conditions=[], complete_sections=["conditions"]) is False
    both = [diagnosis("present"), diagnosis("absent")]
    assert value("ivig.severe_reaction_before", conditions=both, previous_ivig=[], **VOUCHED) is Reason.CONFLICTING


def test_a_recorded_anaphylaxis_outweighs_a_condition_that_denies_it():
    courses = [{"reaction": "anaphylaxis"}]
    assert value("ivig.severe_reaction_before", conditions=[diagnosis("absent")], previous_ivig=courses) is True


def test_hypersensitivity_of_unknown_severity_keeps_it_unknown():
    sections = {"complete_sections": ["previous_ivig", "conditions"]}
    found = fact("ivig.severe_reaction_before", allergies=ALLERGY, previous_ivig=[], conditions=[], **sections)
    assert found == Unknown(Reason.NOT_RECORDED, ("/allergies/0",))
    assert value("ivig.severe_reaction_before", allergies=ALLERGY, conditions=[diagnosis("absent")]) is False
    assert value("ivig.severe_reaction_before", allergies=ALLERGY, conditions=[diagnosis("present")]) is True


@pytest.mark.parametrize(
    ("courses", "more", "expected"),
    [
        ([{"product": "privigen", "on": "2026-10-01"}], VOUCHED, True),
        ([{"product": "panzyga", "on": "2026-10-01"}], VOUCHED, False),
        ([{"product": "panzyga", "on": "2026-10-01"}, {"product": "privigen", "on": "2025"}], VOUCHED, False),
        (
            [{"product": "panzyga", "on": "2026"}, {"product": "privigen", "on": "2026-10-01"}],
            VOUCHED,
            Reason.NOT_RECORDED,
        ),
        ([{"product": "privigen"}, {"product": "octagam-5"}], VOUCHED, True),
        ([{"on": "2026-10-01"}], VOUCHED, Reason.NOT_RECORDED),
        ([{"product": "privigen", "on": "2026-10-01"}], {}, Reason.NOT_RECORDED),
        ([], VOUCHED, False),
    ],
)
def test_switched_product_looks_at_the_last_course(courses, more, expected):
    order = {"product": "panzyga"}
    assert value("planned.switched_product", planned_ivig=order, previous_ivig=courses, **more) == expected


def test_switched_product_needs_the_planned_one():
    courses = {"previous_ivig": [{"product": "privigen"}], **VOUCHED}
    assert value("planned.switched_product", **courses) is Reason.NOT_SENT
    assert value("planned.switched_product", planned_ivig={}, **courses) is Reason.NOT_RECORDED
