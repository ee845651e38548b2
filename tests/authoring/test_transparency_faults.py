from datetime import date

import pytest

from app.authoring.linter import check
from app.authoring.transparency_faults import SECTIONS

TODAY = date(2026, 11, 26)
ATTRIBUTE = "- {{id: a-{0}, section: source_attribute, number: {0}, title: One, text: Told., cite: [def-one]}}\n"
SECTION = "- {{id: s-{0}, section: {1}, title: One, text: Told., cite: [def-one]}}\n"
WHOLE = "transparency:\n" + "".join(ATTRIBUTE.format(number) for number in range(1, 14))
WHOLE += "".join(SECTION.format(number, section) for number, section in enumerate(SECTIONS))


def codes(knowledge, text: str) -> list[str]:
    folder = knowledge()
    (folder / "transparency.yaml").write_text(text, encoding="utf-8")
    return [item.code for item in check(folder, TODAY).errors]


def test_a_whole_document_has_no_faults(knowledge):
    assert codes(knowledge, WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (ATTRIBUTE.format(7), "", "transparency-incomplete"),
        ("number: 7", "number: 8", "transparency-incomplete"),
        ("number: 13", "number: 14", "transparency-incomplete"),
        (SECTION.format(4, "emergency"), "", "transparency-incomplete"),
        ("section: emergency,", "section: emergency, number: 7,", "transparency-number"),
        ("number: 7, ", "", "transparency-number"),
        ("id: a-7,", "id: a-7, facts: [no.fact],", "unknown-fact"),
        ("id: a-7,", "id: a-8,", "duplicate-id"),
        ("text: Told., cite: [def-one]", "text: Proven., cite: [def-one]", "banned-phrase"),
        ("cite: [def-one]", "cite: [def-two]", "unknown-statement"),
        ("section: emergency", "section: alarms", "bad-value"),
    ],
)
def test_a_fault_is_found(knowledge, old, new, code):
    assert old in WHOLE
    assert code in codes(knowledge, WHOLE.replace(old, new, 1))
