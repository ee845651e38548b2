"""Complications belong to a past pregnancy where the chart says so; otherwise they are listed and asked about, never guessed."""

import pytest

from app.clinical.history import PatientHistory, Section
from app.clinical.obstetric_sections import Complication, Pregnancy, PregnancyOutcome
from app.logic.values import Known, Unknown
from tests.fhir.calls import assess, named
from tests.fhir.charts import HER, SNOMED, bundle, condition, patient
from tests.fhir.conftest import TODAY

DEATH, MISCARRIAGE = (SNOMED, "237364002"), (SNOMED, "85116003")
SEVERE, ABRUPTION, GROWTH = (SNOMED, "46764007"), (SNOMED, "415105001"), (SNOMED, "22033007")
STAY = {"reference": "Encounter/e1"}


def stay(start="2020-06-01", end="2020-06-12", status="finished", **more):
    return {
        "resourceType": "Encounter", "id": "e1", "status": status, "subject": HER,
        "period": {"start": start, "end": end}, **more,
    }  # fmt: skip


def complications(found):
    return [item.complications for item in found.history.pregnancies]


@pytest.mark.parametrize(
    ("on", "attached"),
    [
        ("2020-06-10", True),  # the day of the death
        ("2020-04-29", True),  # 42 days before
        ("2020-04-28", False),  # 43 days before
        ("2020-06-11", False),  # after it
        ("2020-06", False),  # some day of that month
    ],
)
def test_what_is_dated_in_the_six_weeks_before_a_fetal_death_is_of_that_pregnancy(read, on, attached):
    found = read(
        condition("c1", DEATH, onsetDateTime="2020-06-10"),
        condition("c2", ABRUPTION, clinical="resolved", onsetDateTime=on),
    )
    assert complications(found) == [(Complication.PLACENTAL_ABRUPTION,) if attached else None]
    assert (("Condition/c2", "pregnancy_not_identified") in found.not_understood) is not attached


def test_a_miscarriage_near_by_in_time_alone_is_not_the_pregnancy(read):
    found = read(
        condition("c1", MISCARRIAGE, onsetDateTime="2020-06-10"),
        condition("c2", GROWTH, clinical="resolved", onsetDateTime="2020-06-09"),
    )
    assert complications(found) == [None]
    assert ("Condition/c2", "pregnancy_not_identified") in found.not_understood


@pytest.mark.parametrize(
    ("encounter", "attached"),
    [
        (stay(), True),
        (stay(status="entered-in-error"), False),
        (stay(status="planned"), False),
        (stay(start="2020-06-10"), False),  # began after the complication
        (stay(end=None), False),
        (stay(start="2020-01-01"), False),  # longer than six weeks
        ({**stay(), "id": "other"}, False),  # the one that is named was not sent
    ],
)
def test_one_stay_that_holds_both_is_one_pregnancy(read, encounter, attached):
    found = read(
        encounter,
        condition("c1", MISCARRIAGE, onsetDateTime="2020-06-10", encounter=STAY),
        condition("c2", GROWTH, clinical="resolved", onsetDateTime="2020-06-09", encounter=STAY),
    )
    assert complications(found) == [(Complication.FETAL_GROWTH_RESTRICTION,) if attached else None]


def test_a_history_taken_at_one_visit_does_not_join_what_was_years_apart(read):
    found = read(
        stay("2026-11-01", "2026-11-01"),
        condition("c1", DEATH, onsetDateTime="2018-02-03", encounter=STAY),
        condition("c2", ABRUPTION, clinical="resolved", onsetDateTime="2021-02-03", encounter=STAY),
    )
    assert complications(found) == [None]


def test_severe_preeclampsia_of_no_known_pregnancy_stays_a_history_of_it_and_is_asked_about(read, client):
    given = (
        condition("c1", DEATH, onsetDateTime="2018-02-03"),
        condition("c2", SEVERE, clinical="resolved", onsetDateTime="2021-02-03"),
    )
    found = read(*given)
    assert [item.code for item in found.history.conditions] == ["previous_preeclampsia"]
    outcome = named(assess(client, bundle(patient(), *given)).json(), "outcome")[0]
    (told,) = [item for item in outcome["issue"] if item["details"]["coding"][0]["code"] == "pregnancy_not_identified"]
    assert "In which pregnancy was it" in told["details"]["text"]


def test_a_complication_of_today_is_of_no_past_pregnancy(read):
    found = read(
        condition("c1", DEATH, onsetDateTime="2020-06-10"), condition("c2", GROWTH, onsetDateTime="2026-11-20")
    )
    assert complications(found) == [None]
    assert [item.code for item in found.history.conditions] == ["fetal_growth_restriction"]


@pytest.mark.parametrize(("complete", "kind"), [(None, Known), (True, Known), (False, Unknown)])
def test_what_a_chart_does_not_name_is_not_ruled_out(rules, complete, kind):
    """A chart's growth restriction says nothing of preeclampsia; a list sent as complete does."""
    one = Pregnancy(
        outcome=PregnancyOutcome.LIVE_BIRTH,
        complications=(Complication.FETAL_GROWTH_RESTRICTION,),
        complications_complete=complete,
    )
    history = PatientHistory(pregnancies=(one,), complete_sections=(Section.PREGNANCIES,))
    case = rules.baseline.case(history, TODAY, rules.parameters)
    assert isinstance(case.fact("past.preeclampsia"), kind)
    assert case.fact("past.small_or_adverse").value is True


def test_encounters_and_episodes_are_said_not_to_be_read_and_their_lost_diagnoses_are_listed(read):
    lost = [{"condition": {"reference": "Condition/absent"}}]
    kept = [{"condition": {"reference": "Condition/c1"}}]
    episode = {"resourceType": "EpisodeOfCare", "id": "x1", "status": "finished", "patient": HER, "diagnosis": lost}
    found = read(stay(diagnosis=kept), episode, condition("c1", DEATH, onsetDateTime="2020-06-10"))
    assert found.not_understood == (
        ("EpisodeOfCare/x1", "reference_not_resolved"),
        ("Encounter", "no_fact_of_its_own"),
        ("EpisodeOfCare", "no_fact_of_its_own"),
    )
