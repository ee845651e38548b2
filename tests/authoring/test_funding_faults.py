from datetime import date

import pytest

from app.authoring.linter import check
from tests.folders import line_of

TODAY = date(2026, 11, 26)
NOTES = "rules/rpl/notes.yaml"
RULES = """
- {id: money, kind: funding, applies_to: [], jurisdictions: ["*"], status: not_available_here, text: Not held., cite: [def-one]}
- {id: no-place, kind: funding, applies_to: [], jurisdictions: [none], status: undetermined, text: Choose., cite: [def-one]}
- id: us-money
  kind: funding
  jurisdictions: [US]
  status: not_funded
  text: Not paid.
  cite: [def-one]
"""
ASKED = """  criteria: [two-losses]
  not_met: {text: Not met., cite: [def-one]}
"""


def found(knowledge, more: str, rules: str = RULES) -> list[tuple[str, int]]:
    report = check(knowledge(NOTES, "", rules + more), TODAY)
    return [(item.code, item.line) for item in report.errors]


def test_whole_funding_rules_have_no_faults(knowledge):
    assert found(knowledge, ASKED) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("  criteria: [age]\n  not_met: {text: Not met., cite: [def-one]}\n", "funding-criterion"),
        ("  criteria: [no-rule]\n  not_met: {text: Not met., cite: [def-one]}\n", "funding-criterion"),
        ("  not_included: [two-losses]\n", "funding-criterion"),
        ("  criteria: [two-losses]\n", "funding-not-met"),
        ("  not_met: {text: Not met., cite: [def-one]}\n", "funding-not-met"),
        ("  route: {text: Ask., cite: [def-two]}\n", "unknown-statement"),
        ("  route: {text: Ask., cite: [def-one]}\n", None),
        ("  route: {text: Proven., cite: [def-one]}\n", "banned-phrase"),
        ("  when: {fact: losses.count_al}\n", "L001"),
    ],
)
def test_a_fault_is_found(knowledge, more, code):
    codes = {item for item, _ in found(knowledge, more)}
    assert codes - {"missing-case"} == ({code} if code else set())


def test_a_place_is_not_left_out_of_a_funding_rule(knowledge):
    rules = RULES.replace("jurisdictions: [US]", 'jurisdictions: [US, "!US"]')
    assert [code for code, _ in found(knowledge, "", rules)] == ["funding-exclusion"]


def test_one_rule_speaks_for_an_indication_in_a_place(knowledge):
    twice = RULES[RULES.index("- id: us-money") :].replace("us-money", "us-again")
    assert [code for code, _ in found(knowledge, twice)] == ["funding-ambiguous"]
    assert found(knowledge, twice.replace("[US]", "[none]")) == []


@pytest.mark.parametrize("code", ['"*"', "none"])
def test_nobody_is_left_without_a_sentence(knowledge, code):
    rules = RULES.replace(f"[{code}]", "[US]", 1)
    folder = knowledge(NOTES, "", rules)
    silent = [item for item in check(folder, TODAY).errors if item.code == "funding-silent"]
    assert [(item.file, item.line) for item in silent] == [(NOTES, line_of(NOTES, "id: money", folder))]


def test_the_list_of_a_place_may_hold_what_another_names(knowledge):
    """A rule for one indication and the rule for all others of the same place do not compete."""
    assert found(knowledge, RULES.splitlines()[1].replace("money", "us-others").replace('"*"', "US") + "\n") == []
