"""Contacts with measles and varicella: time since the latest, in hours and calendar days."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from tests.clinical.exposure_facts import contact, problems, read, value


def test_a_contact_is_known_when_sent_and_absent_only_when_vouched_for():
    assert value("exposure.measles", exposures=[contact()]) is True
    assert value("exposure.varicella", exposures=[contact()]) == "not_recorded"
    assert value("exposure.measles") == "not_sent"
    assert value("exposure.measles", exposures=[], complete_sections=["exposures"]) is False
    assert value("exposure.varicella", exposures=[contact()], complete_sections=["exposures"]) is False


@pytest.mark.parametrize(("on", "days"), [("2026-11-25", 0), ("2026-11-24", 1), ("2026-11-19", 6), ("2026-11-18", 7)])
def test_days_are_calendar_days(on, days):
    assert value("exposure.measles_days", exposures=[contact(on)]) == days


def test_the_hour_does_not_change_the_calendar_day():
    late = [contact("2026-11-19", "08:00")]
    assert value("exposure.measles_days", as_of_time="23:00", exposures=late) == 6


def test_hours_are_exact_when_both_times_are_known():
    sent = {"as_of_time": "08:00", "exposures": [contact("2026-11-22", "08:00")]}
    assert value("exposure.measles_hours", **sent) == 72
    sent["as_of_time"] = "08:01"
    assert value("exposure.measles_hours", **sent) == Decimal("72.02")


def test_hours_are_an_interval_without_a_time():
    # Contact some time on the 24th, assessed some time on the 25th: from one minute to 47 hours 59 minutes.
    assert value("exposure.measles_hours", exposures=[contact("2026-11-24")]) == (Decimal("0.02"), Decimal("47.98"))
    known_now = {"as_of_time": "12:00", "exposures": [contact("2026-11-24")]}
    assert value("exposure.measles_hours", **known_now) == (Decimal("12.02"), 36)
    assert value("exposure.measles_hours", exposures=[contact("2026-11-25")]) == (0, Decimal("23.98"))


def test_a_month_gives_an_interval_that_ends_today():
    assert value("exposure.measles_days", exposures=[contact("2026-11")]) == (0, 24)
    assert value("exposure.measles_days", exposures=[contact("2026-10")]) == (25, 55)


def test_the_latest_contact_counts_and_the_first_is_kept():
    two = [contact("2026-11-24"), contact("2026-11-10")]
    assert value("exposure.measles_days", exposures=two) == 1
    assert value("exposure.measles_first_days", exposures=two) == 15


def test_a_contact_without_a_date_can_have_been_until_now():
    two = [contact("2026-11-20"), contact()]
    assert value("exposure.measles_days", exposures=two) == (0, 5)
    assert value("exposure.measles_first_days", exposures=two) == "not_recorded"
    assert value("exposure.measles_days", exposures=[contact()]) == "not_recorded"
    assert value("exposure.measles_days", exposures=[contact("2026-11-20", agent="varicella")]) == "not_recorded"
    assert value("exposure.measles_days") == "not_sent"


def test_specific_globulin():
    def said(*values):
        return [contact("2026-11-24", agent="varicella", specific_immunoglobulin_available=item) for item in values]

    assert value("exposure.specific_globulin_available", exposures=said(True)) is True
    assert value("exposure.specific_globulin_available", exposures=said(False, False)) is False
    assert value("exposure.specific_globulin_available", exposures=said(True, False)) == "conflicting"
    assert value("exposure.specific_globulin_available", exposures=said(None)) == "not_recorded"
    assert value("exposure.specific_globulin_available") == "not_sent"


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({"exposures": [contact("2026-11-26")]}, [("/exposures/0/on", "in_the_future")]),
        ({"exposures": [contact("2026-11", "10:00")]}, [("/exposures/0/time", "inconsistent")]),
        ({"exposures": [contact(None, "10:00")]}, [("/exposures/0/time", "inconsistent")]),
        (
            {"as_of_time": "09:59", "exposures": [contact("2026-11-25", "10:00")]},
            [("/exposures/0/time", "in_the_future")],
        ),
        ({"as_of_time": "10:00", "exposures": [contact("2026-11-25", "10:00")]}, []),
        ({"exposures": [contact("2026-11-25", "23:59")]}, []),
        (
            {"exposures": [contact("2026-11-24", specific_immunoglobulin_available=True)]},
            [("/exposures/0/specific_immunoglobulin_available", "inconsistent")],
        ),
        ({"as_of": None, "as_of_time": "10:00"}, [("/as_of_time", "inconsistent")]),
    ],
)
def test_what_exposures_cannot_say(history, expected):
    assert problems(**history) == expected


@pytest.mark.parametrize("clock", ["24:00", "9:00", "10:60", "10:00Z", ""])
def test_a_time_of_day_is_hours_and_minutes(clock):
    with pytest.raises(ValidationError):
        read(as_of_time=clock)


def test_an_unknown_agent_is_refused():
    with pytest.raises(ValidationError):
        read(exposures=[{"agent": "mumps"}])


def test_a_contact_that_slipped_past_the_door_is_never_after_the_assessment():
    assert value("exposure.measles_days", exposures=[contact("2026-12-03")]) == 0
    later = {"as_of_time": "08:00", "exposures": [contact("2026-11-25", "09:00")]}
    assert value("exposure.measles_hours", **later) == 0
    month = {"as_of_time": "08:00", "exposures": [contact("2026-11", "09:00")]}
    assert value("exposure.measles_days", **month) == (0, 24)
