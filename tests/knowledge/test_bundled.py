"""The knowledge that travels with the code: faultless, whole, and the same after a round trip."""

from datetime import date

from app.authoring.bundle import canonical, decode, digest_of, read
from app.authoring.linter import check
from app.authoring.loader import load
from app.clinical.candidacy_rules import Candidacy
from app.clinical.history import Indication
from app.services.publish import BUNDLED

TODAY = date(2026, 11, 25)


def test_nothing_is_wrong_with_it():
    report = check(BUNDLED, TODAY)
    assert [str(fault) for fault in report.errors] == []
    assert [str(fault) for fault in report.warnings] == []


def test_what_is_stored_is_what_was_read():
    loaded = load(BUNDLED)
    text = canonical(loaded.document)
    assert decode(read(text)) == loaded.knowledge
    assert digest_of(canonical(read(text))) == digest_of(text)
    assert canonical(load(BUNDLED).document) == text


def test_every_indication_has_its_table(rules):
    assert {indication for table in rules.of(Candidacy) for indication in table.applies_to} == set(Indication)
