"""The knowledge that travels with the code: faultless, whole, and the same after a round trip."""

from datetime import date

from app.authoring.bundle import canonical, decode, digest_of, read
from app.authoring.files import checked_files, read_folder
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


def test_its_files_can_be_kept_drafted_upon_and_carried():
    """All of them: one that could not be written into a folder again would keep the whole from being exported or changed."""
    files = read_folder(BUNDLED)
    assert checked_files(files) == files
    assert set(files) == {path.relative_to(BUNDLED).as_posix() for path in BUNDLED.rglob("*.yaml")}
