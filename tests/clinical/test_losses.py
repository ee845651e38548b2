"""Counts of losses at their boundaries. Expected values: CLINICAL_DECISIONS 1b and the statements it cites."""

import pytest

from app.logic.values import Known, Reason, Unknown
from tests.clinical.obstetric_cases import COMPLETE, LIVE_BIRTH, derive, lost, value

EVERY_TYPE = (
    lost("biochemical"),
    lost("non_visualised"),
    lost("miscarriage", 8),
    lost("fetal_death", 20),
    lost("ectopic"),
    lost("molar"),
    lost("termination"),
    lost("neonatal_death"),
    LIVE_BIRTH,
    lost("loss_unspecified"),
)


@pytest.mark.parametrize(
    ("fact_id", "expected"),
    [
        ("losses.count_all", (4, 5)),  # ectopic and molar pregnancies never count; a loss of unknown type may
        (
            "losses.count_clinical",
            (2, 4),
        ),  # not the biochemical; the non-visualised and the unspecified may be clinical
        ("losses.count_documented", (1, 3)),  # nothing says how the miscarriage was documented
        ("losses.count_miscarriages", (1, 5)),
        ("losses.count_first_trimester", (1, 4)),  # the death at 20 weeks is out
        ("losses.count_later", (1, 2)),
        ("losses.live_births", 2),
    ],
)
def test_each_issuer_counts_its_own_types(fact_id, expected):
    assert value(fact_id, *EVERY_TYPE, **COMPLETE) == expected


def test_an_open_list_leaves_the_upper_end_open():
    assert value("losses.count_all", lost(), lost()) == (2, None)
    assert value("losses.count_all", lost(), lost(), **COMPLETE) == 2
    assert value("losses.live_births", LIVE_BIRTH) == (1, None)


def test_nothing_sent_is_not_zero():
    assert value("losses.count_all") == "not_sent"
    assert derive("losses.count_all", pregnancies=[]) == Unknown(Reason.NOT_RECORDED, ("/pregnancies",))
    assert value("losses.count_all", pregnancies=[], **COMPLETE) == 0
    assert value("losses.count_first_trimester", loss_summary={}, **COMPLETE) == "not_sent"


def test_a_list_vouched_for_but_not_sent_is_empty_unless_a_summary_stands_for_it():
    assert derive("losses.count_all", **COMPLETE) == Known(0, ("/complete_sections",))
    assert value("losses.count_all", loss_summary={"losses": 4}, **COMPLETE) == 4


@pytest.mark.parametrize(
    ("summary", "fact_id", "expected"),
    [
        ({"losses": 5}, "losses.count_all", 5),
        ({"losses": {"minimum": 3, "maximum": 4}}, "losses.count_all", (3, 4)),
        ({"clinical_losses": 3, "biochemical_losses": 2}, "losses.count_all", (5, None)),
        ({"consecutive_losses": 4}, "losses.count_all", (4, None)),
        ({"losses": 5, "biochemical_losses": 2}, "losses.count_clinical", 3),
        ({"losses": 5, "biochemical_losses": 2}, "losses.count_documented", (0, 3)),
        ({"losses": 5, "clinical_losses": 3}, "losses.count_clinical", (3, 5)),
        ({"losses": 5, "clinical_losses": 3}, "losses.count_documented", 3),
        ({"losses": 2}, "losses.count_first_trimester", (0, 2)),
        ({"losses": 4, "consecutive_losses": 4}, "losses.longest_run", 4),
        ({"live_births": 0}, "losses.live_births", 0),
        ({"losses": 2, "clinical_losses": 3}, "losses.count_all", "conflicting"),
        ({"losses": 2, "clinical_losses": 3}, "losses.count_clinical", "conflicting"),
    ],
)
def test_the_summary_where_there_is_no_list(summary, fact_id, expected):
    assert value(fact_id, loss_summary=summary) == expected


def test_the_summary_closes_an_open_list():
    history = {"loss_summary": {"losses": 3, "live_births": 1}}
    assert value("losses.count_all", lost(), lost(), lost(), **history) == 3
    assert value("losses.live_births", LIVE_BIRTH, **history) == 1
    # All three are listed, so none that is not listed can be in the first trimester.
    assert value("losses.count_first_trimester", lost(weeks=8), lost(weeks=9), lost(weeks=20), **history) == 2
    assert value("losses.count_first_trimester", lost(weeks=8), lost(weeks=20), **history) == (1, 2)


def test_a_list_and_a_summary_that_disagree_are_conflicting():
    for fact_id in ("losses.count_all", "losses.count_clinical", "losses.longest_run", "losses.count_after_live_birth"):
        found = derive(fact_id, lost(), lost(), loss_summary={"losses": 3}, **COMPLETE)
        assert found == Unknown(Reason.CONFLICTING, ("/pregnancies/0", "/pregnancies/1", "/loss_summary/losses"))


@pytest.mark.parametrize(
    ("weeks", "days", "first", "later"),
    [(13, 6, 1, 0), (14, 0, 0, 1), (13, None, 1, 0), (14, None, 0, 1)],
)
def test_the_first_trimester_ends_before_14w0d(weeks, days, first, later):
    loss = {"outcome": "miscarriage", "gestational_age": {"weeks": weeks, "days": days}}
    assert value("losses.count_first_trimester", loss, **COMPLETE) == first
    assert value("losses.count_later", loss, **COMPLETE) == later


def test_a_gestation_that_straddles_the_limit_or_is_not_known_may_count():
    straddling = {"outcome": "miscarriage", "gestational_age": {"weeks": 13, "weeks_max": 14}}
    assert value("losses.count_first_trimester", straddling, **COMPLETE) == (0, 1)
    assert value("losses.count_first_trimester", lost(), **COMPLETE) == (0, 1)


@pytest.mark.parametrize(
    ("outcome", "confirmed_by", "clinical", "documented"),
    [
        ("miscarriage", "ultrasound", 1, 1),
        ("miscarriage", "histology", 1, 1),
        ("miscarriage", "self_report", 1, 0),
        ("miscarriage", "hcg_only", (0, 1), 0),
        ("miscarriage", None, 1, (0, 1)),
        ("fetal_death", None, 1, 1),
        ("non_visualised", None, (0, 1), 0),
        ("biochemical", "hcg_only", 0, 0),
        ("loss_unspecified", "ultrasound", (0, 1), (0, 1)),
        ("ectopic", "ultrasound", 0, 0),
    ],
)
def test_how_a_loss_was_documented(outcome, confirmed_by, clinical, documented):
    loss = lost(outcome, confirmed_by=confirmed_by)
    assert value("losses.count_clinical", loss, **COMPLETE) == clinical
    assert value("losses.count_documented", loss, **COMPLETE) == documented


def test_whether_any_pregnancy_was_lost():
    assert value("losses.any", lost("loss_unspecified")) is True
    assert value("losses.any", loss_summary={"losses": {"minimum": 1}}) is True
    assert value("losses.any", loss_summary={"losses": 0}) is False
    assert value("losses.any", LIVE_BIRTH, **COMPLETE) is False
    assert value("losses.any", LIVE_BIRTH) == "not_recorded"
    assert value("losses.any", loss_summary={"losses": {"minimum": 0, "maximum": 3}}) == "not_determinable"
    assert value("losses.any") == "not_sent"


def test_sources_name_what_counted():
    found = derive("losses.count_all", LIVE_BIRTH, lost(), loss_summary={"losses": 1})
    assert found.sources == ("/pregnancies/1", "/loss_summary/losses")
