"""G8: a threshold that no patient can reach, and a unit that nobody measures in, are refused with their place."""

from datetime import date

import pytest

from app.authoring.linter import check

NOTES = "rules/rpl/notes.yaml"
RANGES = "ranges:\n- {facts: [losses.count_all], minimum: 0, maximum: 120, step: 1}\n"
PARAMETER = 'parameters:\n- {{id: loss.limit, value: 2, unit: "{unit}", text: Two., cite: [def-one]}}\n'


def codes(folder) -> list[str]:
    return [
        item.code for item in check(folder, date(2026, 11, 25)).errors if item.code in {"outside-range", "unknown-unit"}
    ]


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ("ge: 120", False),
        ("ge: 121", True),
        ("ge: 0", False),
        ("gt: -1", True),
        ("between: [2, 120]", False),
        ("between: [2, 121]", True),
        ("between: [-1, 120]", True),
    ],
)
def test_a_threshold_lies_within_the_range_of_its_fact(knowledge, condition, refused):
    folder = knowledge(NOTES, "losses.count_all, ge: 2", f"losses.count_all, {condition}")
    (folder / "ranges.yaml").write_text(RANGES)
    assert codes(folder) == (["outside-range"] if refused else [])


def test_the_place_and_the_range_are_told(knowledge):
    folder = knowledge(NOTES, "{fact: losses.count_all, ge: 2}", "{not: {fact: losses.count_all, ge: 500}}")
    (folder / "ranges.yaml").write_text(RANGES)
    (found,) = [item for item in check(folder, date(2026, 11, 25)).errors if item.code == "outside-range"]
    assert found.file == NOTES
    assert "500" in (folder / NOTES).read_text().splitlines()[found.line - 1]
    assert "two-losses: `losses.count_all` is compared with 500, and lies between 0 and 120" in found.message


def test_a_fact_without_a_declared_range_is_not_judged(knowledge):
    assert codes(knowledge(NOTES, "losses.count_all, ge: 2", "losses.count_all, ge: 500")) == []


def test_ranges_that_cannot_be_read_are_told(knowledge):
    folder = knowledge()
    (folder / "ranges.yaml").write_text("ranges: [{facts: [losses.count_all], step: 0}]\n")
    assert "bad-range" in {item.code for item in check(folder, date(2026, 11, 25)).errors}


@pytest.mark.parametrize(("unit", "refused"), [("d", False), ("mg/dL", False), ("mg/dl", True), ("furlong", True)])
def test_a_parameter_has_a_unit_that_facts_have(knowledge, unit, refused):
    folder = knowledge()
    (folder / "parameters/limits.yaml").write_text(PARAMETER.format(unit=unit))
    assert codes(folder) == (["unknown-unit"] if refused else [])
