"""Time windows that cannot be computed are refused with their place."""

from datetime import date

import pytest

from app.authoring.linter import check

NOTES, CASES = "rules/rpl/notes.yaml", "cases/rpl.yaml"
WINDOW = """
- id: window
  kind: time_window
  title: A window.
  since: {since}
  closes_after_hours: {hours}
  text: Closes then.
  cite: [def-one]
"""


@pytest.mark.parametrize(
    ("since", "hours", "codes"),
    [
        ("exposure.measles_hours", 72, []),
        ("exposure.measles_hours", 73, []),
        ("exposure.measles_days", 144, []),
        ("exposure.measles_days", 145, ["window-not-in-days"]),
        ("patient.age_years", 144, ["window-unknown-fact"]),
        ("no.fact", 144, ["window-unknown-fact"]),
    ],
)
def test_a_window_counts_from_an_elapsed_time(knowledge, since, hours, codes):
    folder = knowledge()
    notes = folder / NOTES
    notes.write_text(notes.read_text() + WINDOW.format(since=since, hours=hours))
    assert [item.code for item in check(folder, date(2026, 11, 26)).errors] == codes
