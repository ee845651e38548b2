"""What the door says about exposures: the field, never the value."""

import json
from datetime import date

import pytest

from app.errors import InputError
from app.services.intake import read_history

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("history", "kind", "pointer"),
    [
        ({"exposures": [{"agent": "mumps"}]}, "invalid-input", "/exposures/0/agent"),
        ({"exposures": [{}]}, "invalid-input", "/exposures/0/agent"),
        ({"exposures": [{"agent": "measles", "on": "2026-13"}]}, "invalid-input", "/exposures/0/on"),
        ({"exposures": [{"agent": "measles", "on": "2026-11-30"}]}, "inconsistent-input", "/exposures/0/on"),
        ({"exposures": [{"agent": "measles", "time": "25:00"}]}, "invalid-input", "/exposures/0/time"),
        ({"exposures": [{"agent": "measles", "time": "10:00"}]}, "inconsistent-input", "/exposures/0/time"),
        ({"exposures": [{"agent": "measles", "secret": 1}]}, "unknown-field", "/exposures/0"),
        ({"exposures": [{"agent": "measles"}] * 21}, "invalid-input", "/exposures"),
        ({"as_of_time": "10:00"}, "inconsistent-input", "/as_of_time"),
        ({"neurology": {"guillain_barre": {"walks": "no"}}}, "invalid-input", "/neurology/guillain_barre/walks"),
        (
            {"neurology": {"guillain_barre": {"onset": "2027"}}},
            "inconsistent-input",
            "/neurology/guillain_barre/onset",
        ),
        ({"laboratory": [{"test": "measles_igg", "value": 9, "unit": "U"}]}, "implausible-value", "/laboratory/0/unit"),
        (
            {"laboratory": [{"test": "igg_trough", "value": 900, "unit": "g/L"}]},
            "implausible-value",
            "/laboratory/0/value",
        ),
    ],
)
def test_bad_input_names_the_field(history, kind, pointer):
    with pytest.raises(InputError) as caught:
        read_history(json.dumps(history).encode(), TODAY)
    assert caught.value.type == kind
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
