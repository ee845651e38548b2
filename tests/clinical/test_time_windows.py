"""Hours and days left before a limit passes, at both sides of each limit."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from app.clinical.catalogue import Case
from app.clinical.facts import derive
from app.clinical.findings import View
from app.clinical.history import Indication
from app.clinical.lens import lens_of
from app.clinical.time_windows import TimeWindowFinding, time_windows
from app.services.assess import assess
from tests.clinical.exposure_facts import contact, read

MEASLES = Indication.MEASLES_EXPOSURE
SUSCEPTIBLE = {"conditions": [{"code": "measles_susceptible", "status": "present"}]}


def windows(rules, *indications, place=None, **history):
    sent = read(**({"jurisdiction": place} if place else {}), **history)
    case = Case(sent, date(2026, 11, 25), rules.parameters)
    results = rules.program.evaluate(derive(case))
    view = View(lens_of(rules, sent.jurisdiction), results, lambda _key: None)
    return {item.id: item for item in time_windows(view, case, indications or (MEASLES,))}


def left(item):
    return item.open, item.hours_left_min, item.hours_left_max, item.closes_at


def test_without_times_hours_are_an_interval(rules):
    found = windows(rules, exposures=[contact("2026-11-24")], **SUSCEPTIBLE)
    # By the hour it closes on the 30th at 00:00 at the earliest, by the day at the end of the 30th.
    assert left(found["measles-window-6-days"]) == ("true", 96, 144, "2026-11-30")
    assert left(found["measles-window-72-hours"]) == ("true", 24, 71, "2026-11-27")
    assert (found["measles-window-6-days"].days_left_min, found["measles-window-6-days"].days_left_max) == (4, 6)


def test_with_both_times_hours_are_exact(rules):
    found = windows(rules, as_of_time="15:00", exposures=[contact("2026-11-23", "14:30")], **SUSCEPTIBLE)
    assert left(found["measles-window-72-hours"]) == ("true", 23, 23, "2026-11-26T14:30")


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("14:29", ("true", 0, 0, "2026-11-25T14:30")),
        ("14:30", ("true", 0, 0, "2026-11-25T14:30")),
        ("14:31", ("false", 0, 0, "2026-11-25T14:30")),
        ("13:30", ("true", 1, 1, "2026-11-25T14:30")),
    ],
)
def test_a_window_in_hours_closes_to_the_minute(rules, clock, expected):
    found = windows(rules, as_of_time=clock, exposures=[contact("2026-11-22", "14:30")], **SUSCEPTIBLE)
    assert left(found["measles-window-72-hours"]) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-22", ("unknown", 0, 23, "2026-11-25")),  # the third day, at an unknown hour
        ("2026-11-21", ("false", 0, 0, "2026-11-24")),
        ("2026-11-23", ("true", 0, 47, "2026-11-26")),
    ],
)
def test_an_hour_that_is_not_known_leaves_the_last_day_open_or_not(rules, on, expected):
    assert left(windows(rules, exposures=[contact(on)], **SUSCEPTIBLE)["measles-window-72-hours"]) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-19", ("true", 0, 24, "2026-11-25")),
        ("2026-11-18", ("false", 0, 0, "2026-11-24")),
        ("2026-11", ("unknown", 0, 168, None)),  # if it was today, the last day ends in seven days
        (None, ("unknown", None, None, None)),
    ],
)
def test_a_window_in_days_is_open_to_the_end_of_its_last_day(rules, on, expected):
    assert left(windows(rules, exposures=[contact(on)], **SUSCEPTIBLE)["measles-window-6-days"]) == expected


def test_the_hour_never_closes_the_last_day_early(rules):
    found = windows(rules, as_of_time="20:00", exposures=[contact("2026-11-19", "08:00")], **SUSCEPTIBLE)
    assert left(found["measles-window-6-days"]) == ("true", 0, 4, "2026-11-25")


def test_a_window_whose_patient_is_not_certain_is_shown_and_says_so(rules):
    found = windows(rules, exposures=[contact("2026-11-24")])
    assert {item.applies for item in found.values()} == {"unknown"}
    immune = {"conditions": [{"code": "measles_immunity_documented", "status": "present"}]}
    assert windows(rules, exposures=[contact("2026-11-24")], **immune) == {}


def test_windows_follow_the_place(rules):
    assert set(windows(rules, place="US", exposures=[contact("2026-11-24")])) == {"measles-window-6-days"}
    assert list(windows(rules, place="GB-ENG", exposures=[contact("2026-11-24")])) == [
        "measles-window-72-hours",
        "measles-window-6-days",
    ]


def test_closed_windows_come_last_and_unknown_ones_first(rules):
    found = windows(rules, exposures=[contact("2026-11-20")], **SUSCEPTIBLE)
    assert [item.open for item in found.values()] == ["true", "false"]


def test_only_the_wanted_indications_are_shown(rules):
    assert windows(rules, Indication.PREECLAMPSIA, exposures=[contact("2026-11-24")]) == {}


def test_findings_are_cited_and_immutable(rules):
    item = windows(rules, exposures=[contact("2026-11-24")])["measles-window-6-days"]
    assert item.evidence
    assert set(item.evidence) <= rules.statements.keys()
    with pytest.raises(AttributeError):
        item.open = "false"


def test_varicella_has_96_hours_and_10_days(rules):
    sent = {"as_of_time": "12:00", "exposures": [contact("2026-11-22", "12:00", agent="varicella")]}
    found = windows(rules, Indication.VARICELLA_EXPOSURE, **sent)
    assert left(found["varicella-window-96-hours"]) == ("true", 24, 24, "2026-11-26T12:00")
    assert left(found["varicella-window-10-days"]) == ("true", 168, 180, "2026-12-02")


@pytest.mark.parametrize(("on", "expected"), [("2026-11-15", "true"), ("2026-11-14", "false")])
def test_the_tenth_day_after_a_varicella_contact(rules, on, expected):
    found = windows(rules, Indication.VARICELLA_EXPOSURE, exposures=[contact(on, agent="varicella")])
    assert found["varicella-window-10-days"].open == expected


def weakness(onset, **more) -> dict:
    return {"neurology": {"guillain_barre": {"onset": onset, **more}}}


@pytest.mark.parametrize(
    ("onset", "first", "second"),
    [
        ("2026-11-11", ("true", 0, 24, "2026-11-25"), ("true", 312, 360, "2026-12-09")),
        ("2026-11-10", ("false", 0, 0, "2026-11-24"), ("true", 288, 336, "2026-12-08")),
        ("2026-10-28", ("false", 0, 0, "2026-11-11"), ("true", 0, 24, "2026-11-25")),
        ("2026-10-27", ("false", 0, 0, "2026-11-10"), ("false", 0, 0, "2026-11-24")),
    ],
)
def test_guillain_barre_has_14_and_28_days(rules, onset, first, second):
    found = windows(rules, Indication.GUILLAIN_BARRE_SYNDROME, **weakness(onset, walks=False))
    assert left(found["gbs-window-14-days"]) == first
    assert left(found["gbs-window-28-days"]) == second


def test_a_patient_who_walks_has_no_window_and_one_of_whom_it_is_not_known_has(rules):
    gbs = Indication.GUILLAIN_BARRE_SYNDROME
    assert windows(rules, gbs, **weakness("2026-11-20", walks=True)) == {}
    found = windows(rules, gbs, **weakness("2026-11-20"))
    assert {item.applies for item in found.values()} == {"unknown"}


def test_the_most_urgent_of_several_indications_comes_first(rules):
    sent = {**weakness("2026-11-20"), "exposures": [contact("2026-11-20")]}
    found = list(windows(rules, MEASLES, Indication.GUILLAIN_BARRE_SYNDROME, **sent))
    assert found == ["measles-window-6-days", "gbs-window-14-days", "gbs-window-28-days", "measles-window-72-hours"]


CLOCKS = ("00:00", "08:00", "23:59")


@pytest.mark.parametrize("back", range(9))
def test_a_clock_time_settles_and_never_flips(rules, back):
    day = f"2026-11-{25 - back:02}"
    coarse = windows(rules, exposures=[contact(day)], **SUSCEPTIBLE)
    for then, clock in [(then, clock) for then in CLOCKS for clock in CLOCKS if back or then <= clock]:
        fine = windows(rules, as_of_time=clock, exposures=[contact(day, then)], **SUSCEPTIBLE)
        for name, item in fine.items():
            assert item.open != "unknown"
            assert coarse[name].open in {item.open, "unknown"}
            assert coarse[name].hours_left_min <= item.hours_left_min <= item.hours_left_max
            assert item.hours_left_max <= coarse[name].hours_left_max + 1  # an unknown hour ends at 23:59


@pytest.mark.parametrize("back", range(9))
def test_the_table_and_its_window_agree(rules, back):
    history = {"exposures": [contact(f"2026-11-{25 - back:02}")], "jurisdiction": "US", **SUSCEPTIBLE}
    answer = assess(rules, read(pregnancy_status="pregnant", **history), date(2026, 11, 25))
    status = next(item.status for item in answer.candidacy if item.indication is MEASLES)
    still_open = windows(rules, **history)["measles-window-6-days"].open
    assert (status.value, still_open) == (("recommended", "true") if back <= 6 else ("not_recommended", "false"))


def test_a_finding_is_plain_json(rules):
    item = windows(rules, exposures=[contact("2026-11-24")])["measles-window-6-days"]
    written = TypeAdapter(TimeWindowFinding).dump_python(item, mode="json")
    assert written["indication"] == "measles_exposure"
    assert (written["closes_at"], written["days_left_max"], written["open"]) == ("2026-11-30", 6, "true")
