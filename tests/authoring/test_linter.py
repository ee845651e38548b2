import ast
from datetime import date

import pytest

from app.authoring import logic_faults
from app.authoring.linter import check
from app.clinical.catalogue import specifications
from tests.folders import line_of

TODAY = date(2026, 11, 26)
NOTES, TABLE, CASES = "rules/rpl/notes.yaml", "rules/rpl/table.yaml", "cases/rpl.yaml"
RULE = """
- id: {id}
  kind: note
  text: A further note.
  cite: [def-one]
"""
RESTRICTION = """- id: restricted
  kind: product_restriction
  level: warn
  title: Restricted
  concerns: {products: [product-two]}
  text: Not given.
  cite: [def-one]
"""


def test_the_faultless_folder_has_no_faults(knowledge):
    assert {"losses.count_all", "patient.age_years"} <= specifications().keys()
    report = check(knowledge(), TODAY)
    assert report.loaded is not None
    assert (report.errors, report.warnings) == ((), ())


FAULTS = [
    (NOTES, "", RULE.format(id="new").replace("def-one", "def-two"), "unknown-statement", "def-two"),
    (
        NOTES,
        "",
        RULE.format(id="new").replace("kind: note", "kind: workup\n  on_file: [no.fact]"),
        "unknown-fact",
        "on_file",
    ),
    ("evidence/statements.yaml", "source: one", "source: two", "unknown-source", "source: two"),
    (NOTES, "losses.count_all", "losses.count_al", "L001", "count_al"),
    (NOTES, "{fact: losses.count_all, ge: 2}", "{rule: no-such-rule}", "L002", "no-such-rule"),
    (NOTES, "{fact: losses.count_all, ge: 2}", "{score: no-such-score, ge: 2}", "L003", "no-such-score"),
    (NOTES, "{fact: losses.count_all, ge: 2}", "{rule: two-losses}", "L008", "{rule: two-losses}"),
    (TABLE, "when: {rule: two-losses}", "when: {fact: losses.count_all}", "L005", "when: {fact"),
    (TABLE, "arises: {fact: losses.count_all, ge: 1}", "arises: {fact: no.fact}", "L001", "arises"),
    (
        "parameters/limits.yaml",
        "[]",
        "[{id: a.b, value: 1, unit: d, text: A limit., cite: [def-one]}]",
        "unused-parameter",
        "a.b",
    ),
    (TABLE, "none: [none]", "none: [none, US], us: [US]", "column-ambiguous", "us: [US]"),
    (TABLE, "none: [none]", "none: [US]", "column-missing", "columns"),
    (TABLE, 'all: ["*"]', "all: [US]", "column-missing", "columns"),
    (TABLE, '"*": {status', "eu: {status", "column-unknown", "eu: {status"),
    (TABLE, '"*": {status', "none: {status", "column-empty", "columns"),
    (TABLE, 'all: ["*"]', 'all: ["*", UK]', "unknown-jurisdiction", "UK"),
    (TABLE, "Not advised.", "x" * 161, "headline-too-long", "xxx"),
    (TABLE, "[recurrent_pregnancy_loss]", "[]", "table-without-indication", "rpl-table"),
    (NOTES, "Two losses are known.", "It is Proven that two were lost.", "banned-phrase", "Proven"),
    ("monograph.yaml", "a blood product", "a proven product", "banned-phrase", "proven"),
    ("products.yaml", "[def-one]", "[def-two]", "unknown-statement", "def-two"),
    ("products.yaml", "iga_note: labelled", "iga_note: is proven low", "banned-phrase", "is proven low"),
    (NOTES, "- id: two-losses", RESTRICTION + "- id: two-losses", "unknown-product", "concerns"),
    (CASES, "candidacy:", "products: {product-two: excluded}, candidacy:", "case-unknown-id", "product-two"),
    ("calculators.yaml", "text: A classification.", "text: A proven one.", "banned-phrase", "proven"),
    ("calculators.yaml", "text: Adults only., cite: [def-one]", "text: No., cite: [two]", "unknown-statement", "two]"),
    ("calculators.yaml", "criteria: [two-losses]", "criteria: [age, two-losses]", "unknown-rule", "criteria: [age"),
    ("calculators.yaml", "criteria: [two-losses]", "scores: [two-losses]", "unknown-rule", "scores"),
    ("calculators.yaml", "verdicts: [two-losses]", "verdicts: [no-rule]", "unknown-rule", "verdicts"),
    ("banned_phrases.yaml", "def-one", "def-two", "unknown-statement", "def-two"),
    (
        NOTES,
        "reviewed_on: 2026-11-25",
        "reviewed_on: 2028-11-25",
        "dates-out-of-order",
        "review_by",
    ),
    (CASES, "- {rule: age, expect: unknown, facts: {patient.age_years: {minimum: 30}}}\n", "", "missing-case", None),
    (CASES, "- {rule: rpl-table/two, expect: unknown}\n", "", "missing-case", None),
    (CASES, "rule: two-losses", "rule: two-loses", "case-unknown-rule", "two-loses"),
    (CASES, "losses.count_all: 2", "losses.count: 2", "case-unknown-fact", "losses.count: 2"),
    (CASES, "losses.count_all: 2", "losses.count_all: true", "case-wrong-type", "count_all: true"),
    (CASES, "losses.count_all: 2", "losses.count_all: two", "case-wrong-type", "count_all: two"),
    (CASES, "candidacy:", "notes: [no-note], candidacy:", "case-unknown-id", "no-note"),
    (
        CASES,
        "patient_cases:",
        "- {score: agapss, expect: {minimum: 0}}\npatient_cases:",
        "case-unknown-score",
        "agapss",
    ),
    (CASES, "age_years: 31", "age_yers: 31", "bad-history", "age_yers"),
    (CASES, "age_years: 31", "age_years: 310", "bad-history", "age_years: 310"),
    (CASES, "expect: unknown", "expect: perhaps", "bad-value", "perhaps"),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "at"), FAULTS)
def test_a_fault_is_found_at_its_line(knowledge, file, old, new, code, at):
    folder = knowledge(file, old, new)
    found = [(fault.code, fault.file, fault.line) for fault in check(folder, TODAY).errors]
    if at is None:
        assert code in {item[0] for item in found}
    else:
        assert (code, file, line_of(file, at, folder)) in found


def test_an_id_is_used_once(knowledge):
    faults = check(knowledge(NOTES, "", RULE.format(id="age")), TODAY).errors
    assert [(fault.code, fault.line) for fault in faults] == [("duplicate-id", 21)]


def test_a_statement_leads_to_something_that_can_be_found(knowledge):
    faults = check(knowledge("evidence/sources.yaml", ', url: "https://example.org"', ""), TODAY).errors
    assert [(fault.code, fault.file) for fault in faults] == [("unreachable-source", "evidence/statements.yaml")]


def test_parameters_are_those_that_derivations_read(knowledge, monkeypatch):
    code = 'LIMIT = "c.d"\ndef f(case): return case.number("a.b") + case.number(LIMIT)'
    monkeypatch.setattr(logic_faults, "_modules", lambda: iter([("some.py", ast.parse(code))]))
    one = "{{id: {}, value: 1, unit: d, text: A limit., cite: [def-one]}}"

    def faults(*names: str) -> list[str]:
        listed = "[" + ", ".join(one.format(name) for name in names) + "]"
        found = check(knowledge("parameters/limits.yaml", "[]", listed), TODAY).errors
        return [f"{fault.code} {fault.message.split('`')[1]}" for fault in found]

    assert faults("a.b", "c.d") == []
    assert faults("c.d") == ["missing-parameter a.b"]
    assert faults("a.b", "c.d", "e.f") == ["unused-parameter e.f"]


def test_a_table_for_each_indication(knowledge, tmp_path):
    folder = knowledge()
    second = (folder / TABLE).read_text().replace("rpl-table", "second-table")
    (folder / "rules/rpl/second.yaml").write_text(second)
    assert "table-twice" in {fault.code for fault in check(folder, TODAY).errors}


def test_one_question_id_asks_one_thing(knowledge):
    ask = """
- {{id: {id}, kind: ask, cite: [def-one], questions: [{{id: ask-losses, facts: [{fact}], question: How many?}}]}}"""
    same = ask.format(id="ask-a", fact="losses.count_all") + ask.format(id="ask-b", fact="losses.count_all")
    assert check(knowledge(NOTES, "", same), TODAY).errors == ()
    other = ask.format(id="ask-a", fact="losses.count_all") + ask.format(id="ask-b", fact="patient.age_years")
    assert [fault.code for fault in check(knowledge(NOTES, "", other), TODAY).errors] == ["ask-id-reused"]
    nothing = ask.format(id="ask-a", fact="no.such_fact")
    assert [fault.code for fault in check(knowledge(NOTES, "", nothing), TODAY).errors] == ["unknown-fact"]


def test_a_phrase_is_allowed_inside_a_longer_one(knowledge):
    assert check(knowledge(NOTES, "Two losses are known.", "A biopsy-proven cause is known."), TODAY).errors == ()


def test_parts_of_a_rule_have_their_own_ids(knowledge):
    risk = """
- id: some-risk
  kind: risk
  title: Some risk
  text: A risk.
  cite: [def-one]
  factors: [{id: heavy, text: Heavy., cite: [def-one]}]
  monitoring: [{id: heavy, text: Weigh her., cite: [def-one]}]
"""
    assert [fault.code for fault in check(knowledge(NOTES, "", risk), TODAY).errors] == ["duplicate-id"]


def test_an_item_of_a_score_is_named_once(knowledge):
    score = """
- id: some-score
  kind: score
  issuer: ACR
  title: A score
  text: A score.
  cite: [def-one]
  domains:
  - {id: d, title: D, items: [{id: i, title: I, points: 1, when: {fact: no.fact}, cite: [def-one]}]}
"""
    folder = knowledge(NOTES, "", score)
    found = [(fault.code, fault.line) for fault in check(folder, TODAY).errors]
    assert found == [("L001", line_of(NOTES, "no.fact", folder))]


def test_an_overdue_review_is_a_warning(knowledge):
    report = check(knowledge(), date(2027, 11, 26))
    assert report.errors == ()
    assert {fault.code for fault in report.warnings} == {"review-overdue"}
    assert len(report.warnings) == 3
    assert check(knowledge(), date(2027, 11, 25)).warnings == ()


def test_faults_of_rules_cases_and_phrases_come_at_once(knowledge, tmp_path):
    folder = knowledge(NOTES, "kind: note", "kind: nothing")
    (folder / CASES).write_text("rule_cases: [{rule: x}]\n")
    (folder / "banned_phrases.yaml").write_text("phrases: [{id: x}]\n")
    report = check(folder, TODAY)
    assert report.loaded is None
    assert {fault.file for fault in report.errors} == {NOTES, CASES, "banned_phrases.yaml"}


POSITION = """
- id: a-position
  kind: position
  issuer: ESHRE
  tier: A
  stance: {stance}
  strength: strong
  certainty: low
  text: A position.
  cite: [def-one]
"""


@pytest.mark.parametrize(
    ("stance", "cited", "found"),
    [
        ("recommends", "recommends-against", ["stance-disagrees"]),
        ("recommends-against", "may-consider", ["stance-disagrees"]),
        ("may-consider", "recommends", []),
        ("suggests-against", "recommends-against", []),
        ("no-recommendation", "recommends", []),
        ("recommends", "finding", []),
    ],
)
def test_a_position_points_where_its_statements_point(knowledge, stance, cited, found):
    folder = knowledge(NOTES, "", POSITION.format(stance=stance))
    path = folder / "evidence/statements.yaml"
    text = path.read_text().replace("intervention: definition", "intervention: IVIG")
    path.write_text(text.replace("stance: finding", f"stance: {cited}"))
    assert [fault.code for fault in check(folder, TODAY).errors] == found


def test_a_stance_on_something_else_is_no_support_and_no_contradiction(knowledge):
    folder = knowledge(NOTES, "", POSITION.format(stance="recommends-against"))
    path = folder / "evidence/statements.yaml"
    text = path.read_text().replace("intervention: definition", "intervention: HNIG into muscle")
    path.write_text(text.replace("stance: finding", "stance: recommends"))
    assert check(folder, TODAY).errors == ()


def test_a_statement_that_nothing_cites_is_a_warning(knowledge):
    folder = knowledge()
    path = folder / "evidence/statements.yaml"
    text = path.read_text()
    path.write_text(text + text.partition("statements:")[2].replace("def-one", "def-lonely"))
    report = check(folder, TODAY)
    assert report.errors == ()
    assert [(item.code, "def-lonely" in item.message) for item in report.warnings] == [("unused-statement", True)]


def test_a_fact_that_nothing_reads_is_a_warning(knowledge, monkeypatch):
    code = '@fact("losses.longest_run", "number")\ndef f(case): ...'
    monkeypatch.setattr(logic_faults, "_modules", lambda: iter([("some.py", ast.parse(code))]))
    dead = {item.message.split("`")[1] for item in check(knowledge(), TODAY).warnings if item.code == "dead-fact"}
    assert "losses.longest_run" in dead
    assert not {"losses.count_all", "patient.age_years"} & dead
    twice = code + '\nX = "losses.longest_run"'
    monkeypatch.setattr(logic_faults, "_modules", lambda: iter([("some.py", ast.parse(twice))]))
    assert "losses.longest_run" not in {item.message.split("`")[1] for item in check(knowledge(), TODAY).warnings}
