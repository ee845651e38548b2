"""Donor oocytes as Ontario asks for them, CLINICAL_DECISIONS 7.4."""

from datetime import date

import pytest

import app.clinical.facts  # noqa: F401 - declares the facts
from app.clinical.catalogue import Case
from app.clinical.history import PatientHistory
from app.logic.values import Known

DONOR, OWN, UNSAID = {"oocyte_source": "donor"}, {"oocyte_source": "own"}, {}
YES, NO = {"code": "donor_oocytes", "status": "present"}, {"code": "donor_oocytes", "status": "absent"}
OTHER = {"code": "asthma", "status": "present"}


def donor(**sent):
    return Case(PatientHistory.model_validate(sent, strict=False), date(2026, 11, 25), {}).fact("oocytes.donor")


def value(**sent):
    found = donor(**sent)
    return found.value if isinstance(found, Known) else found.reason.value


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, "not_sent"),
        ({"embryo_transfers": [DONOR]}, True),
        ({"embryo_transfers": [OWN, UNSAID, DONOR]}, True),
        ({"conditions": [YES]}, True),
        ({"conditions": [YES], "embryo_transfers": [OWN]}, True),
        ({"conditions": [NO]}, False),
        ({"conditions": [NO], "embryo_transfers": [OWN]}, False),
        # Her own oocytes so far do not say what is planned.
        ({"embryo_transfers": [OWN]}, "not_sent"),
        ({"embryo_transfers": [UNSAID]}, "not_sent"),
        ({"embryo_transfers": [OWN], "conditions": [OTHER]}, "not_recorded"),
        ({"complete_sections": ["conditions"], "embryo_transfers": [OWN]}, False),
        # A list of conditions need not repeat what the transfers show; an entry that denies it contradicts them.
        ({"complete_sections": ["conditions"], "embryo_transfers": [DONOR]}, True),
        ({"conditions": [NO], "embryo_transfers": [DONOR]}, "conflicting"),
        ({"conditions": [YES, NO], "embryo_transfers": [DONOR]}, "conflicting"),
        ({"conditions": [YES, NO]}, "conflicting"),
    ],
)
def test_both_places_are_read(sent, expected):
    assert value(**sent) == expected


def test_the_sources_are_named():
    found = donor(conditions=[OTHER, YES], embryo_transfers=[OWN, DONOR])
    assert set(found.sources) == {"/conditions/1", "/embryo_transfers/1"}
    conflict = donor(conditions=[NO], embryo_transfers=[DONOR])
    assert set(conflict.sources) == {"/conditions/0", "/embryo_transfers/0"}
