"""Immunity to measles and varicella; what may be passive, equivocal or contradictory shows nothing."""

import pytest

from tests.clinical.exposure_facts import value


def igg(result, on="2026-11-25", test="measles_igg") -> dict:
    return {"test": test, "result": result, "on": on}


def both(**history):
    return value("immunity.measles", **history), value("immunity.measles_susceptible", **history)


@pytest.mark.parametrize(
    ("result", "expected"),
    [("positive", (True, False)), ("negative", (False, True)), ("equivocal", (False, False))],
)
def test_serology(result, expected):
    assert both(laboratory=[igg(result)]) == expected


def test_nothing_sent_is_unknown():
    assert both() == ("not_sent", "not_sent")
    assert both(laboratory=[igg("positive", test="varicella_igg")]) == ("not_recorded", "not_recorded")
    assert both(laboratory=[igg("not_done")]) == ("not_recorded", "not_recorded")


def test_the_newest_result_counts_baseline_or_not():
    assert both(laboratory=[igg("negative", "2026-01-02"), igg("positive", "2026-09-02")]) == (True, False)
    assert both(laboratory=[{**igg("positive", "2026-06-01"), "baseline": True}]) == (True, False)


def test_newest_results_that_disagree_conflict():
    assert both(laboratory=[igg("negative"), igg("positive")]) == ("conflicting", "conflicting")


def stated(*codes):
    return [{"code": code, "status": "present"} for code in codes]


def test_what_a_clinician_documents():
    assert both(conditions=stated("measles_immunity_documented")) == (True, False)
    assert both(conditions=stated("measles_susceptible")) == (False, True)
    assert both(conditions=stated("measles_susceptible", "measles_immunity_documented"))[0] == "conflicting"


def test_silence_in_a_complete_list_of_conditions_shows_neither():
    assert both(conditions=[], complete_sections=["conditions"]) == ("not_sent", "not_sent")
    absent = [{"code": "measles_immunity_documented", "status": "absent"}]
    assert both(conditions=absent) == ("not_sent", "not_sent")


def test_documented_immunity_and_a_negative_test_conflict_but_an_equivocal_one_gives_way():
    documented = stated("measles_immunity_documented")
    assert both(conditions=documented, laboratory=[igg("negative")])[0] == "conflicting"
    assert both(conditions=documented, laboratory=[igg("equivocal")]) == (True, False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"on": "2026-07-25"}, "not_determinable"),  # 123 days before the sample
        ({"on": "2026-07-24"}, True),  # 124 days
        ({"on": "2026-11-26"}, True),  # after the sample
        ({"on": "2026"}, "not_determinable"),
        ({}, "not_determinable"),
    ],
)
def test_a_positive_test_soon_after_immunoglobulin_may_be_passive(given, expected):
    assert value("immunity.measles", laboratory=[igg("positive")], previous_ivig=[given]) == expected


def test_a_negative_test_after_immunoglobulin_still_shows_susceptibility():
    sent = {"laboratory": [igg("negative")], "previous_ivig": [{"on": "2026-11-01"}]}
    assert value("immunity.measles_susceptible", **sent) is True


def test_a_sample_without_a_date_may_be_passive_once_there_was_a_dose():
    undated = [{"test": "measles_igg", "result": "positive"}]
    assert value("immunity.measles", laboratory=undated) is True
    assert value("immunity.measles", laboratory=undated, previous_ivig=[{"on": "2026-01"}]) == "not_determinable"


def test_vaccines_given():
    given = [{"vaccine": "mmrv", "on": "2010"}]
    assert value("immunisation.measles_given", immunisations=given) is True
    assert value("immunisation.varicella_given", immunisations=given) is True
    assert value("immunisation.varicella_given", immunisations=[{"vaccine": "mmr"}]) == "not_recorded"
    assert value("immunisation.measles_given", immunisations=[{"vaccine": "mmr", "planned": True}]) == "not_recorded"
    assert value("immunisation.measles_given", immunisations=[], complete_sections=["immunisations"]) is False
    assert both(immunisations=[{"vaccine": "mmr"}]) == ("not_sent", "not_sent")
