from datetime import date

import pytest

from app.authoring.linter import check

TODAY = date(2026, 11, 26)
LABEL = "Order creatinine"
WHOLE = """
cards:
- {kind: topic, id: work, title: One, summary: "Not on file: {first}", summary_more: "{first} ({more} more)", warns: [two-losses]}
- kind: suggestion
  id: order-one
  label: Order creatinine
  description: A draft
  facts: [lab.creatinine_umol_l]
  checks: [two-losses]
  topics: [work]
  coding: {system: "http://loinc.org", code: 2160-0, display: Creatinine}
"""


def codes(knowledge, text: str) -> list[str]:
    folder = knowledge()
    (folder / "cards.yaml").write_text(text, encoding="utf-8")
    return [item.code for item in check(folder, TODAY).errors]


def test_words_without_a_fault_have_none(knowledge):
    assert codes(knowledge, WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("warns: [two-losses]", "warns: [three-losses]", "card-unknown-rule"),
        ("warns: [two-losses]", "notes: [two-losses]", "card-unknown-rule"),
        ("checks: [two-losses]", "checks: [three-losses]", "card-unknown-rule"),
        ("topics: [work]", "topics: [play]", "card-unknown-topic"),
        ("lab.creatinine_umol_l", "lab.no_such_test", "unknown-fact"),
        ("  topics:", "  after: no.such_days\n  topics:", "missing-parameter"),
        (LABEL, f"{LABEL}{'x' * (61 - len(LABEL))}", "card-too-long"),
        ("Not on file: ", "x" * 61, "card-too-long"),
        ("A draft", "Proven", "banned-phrase"),
    ],
)
def test_a_fault_is_found(knowledge, old, new, code):
    assert old in WHOLE
    assert codes(knowledge, WHOLE.replace(old, new, 1)) == [code]


@pytest.mark.parametrize(("old", "new"), [(LABEL, f"{LABEL}{'x' * (60 - len(LABEL))}"), ("Not on file: ", "x" * 60)])
def test_what_just_fits_is_no_fault(knowledge, old, new):
    assert codes(knowledge, WHOLE.replace(old, new, 1)) == []
