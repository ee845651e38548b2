from decimal import Decimal

import pytest

from app.authoring.bundle import canonical, decode, read
from app.authoring.loader import load
from app.errors import ContentError
from app.logic.conditions import Compare
from tests.folders import line_of

NOTES = "rules/rpl/notes.yaml"


def test_defaults_are_merged_and_conditions_parsed(knowledge):
    loaded = load(knowledge())
    by_id = {rule.id: rule for rule in loaded.knowledge.rules}
    assert list(by_id) == ["two-losses", "age", "rpl-table"]
    assert by_id["two-losses"].applies_to[0].value == "recurrent_pregnancy_loss"
    assert by_id["age"].when == Compare("patient.age_years", "gt", Decimal("40.5"))
    assert loaded.document["rules"][1]["when"] == {"fact": "patient.age_years", "gt": Decimal("40.5")}


def test_the_document_decodes_to_the_same_knowledge(knowledge):
    loaded = load(knowledge())
    assert decode(read(canonical(loaded.document))) == loaded.knowledge


def test_two_folders_with_the_same_content_give_the_same_document(knowledge, tmp_path):
    first = canonical(load(knowledge()).document)
    path = tmp_path / "knowledge" / NOTES
    path.write_text("# a comment\n" + path.read_text().replace("40.50", "40.5"))
    assert canonical(load(tmp_path / "knowledge").document) == first


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("issuer: ESHRE", "isuer: ESHRE", "unknown-field", "isuer"),
        ("  title: Two losses\n", "", "missing-field", "id: two-losses"),
        ("ge: 2", "ge: 2, le: 4", "bad-condition", "le: 4"),
        ("{fact: losses.count_all, ge: 2}", "{any: [{all: []}]}", "bad-condition", "all: []"),
        ("{fact: patient.age_years, gt: 40.50}", "{not: {fct: x}}", "bad-condition", "fct"),
        ("kind: note", "kind: remark", "bad-value", "id: age"),
        ("cite: [def-one]", "cite: []", "uncited", "cite: []"),
        ("  cite: [def-one]\n", "", "uncited", "id: two-losses"),
        ("Two losses are known.", "x" * 701, "text-too-long", "xxx"),
        ("effective: 2026-11-25", "effective: 2026-02-30", "bad-value", "effective"),
        ("applies_to: [recurrent_pregnancy_loss]", "applies_to: [rpl]", "bad-value", "applies_to"),
        ("id: two-losses", "id: Two_Losses", "bad-value", "Two_Losses"),
    ],
)
def test_a_fault_of_shape_is_found_at_its_line(knowledge, old, new, code, at):
    folder = knowledge(NOTES, old, new)
    with pytest.raises(ContentError) as caught:
        load(folder)
    found = {(fault.code, fault.file, fault.line) for fault in caught.value.diagnostics}
    assert (code, NOTES, line_of(NOTES, at, folder)) in found


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("contains_sorbitol: null\n", "\n", "missing-field", "id: product-one"),
        ("confidence: verified", "confidence: uncertain", "uncertain-statement", "confidence"),
        ("max_infusion_rate: [{mg_kg_min: 8, ml_kg_h: 4.8}]", "max_infusion_rate: []", "bad-value", "id: product-one"),
        ("iga_max_ug_per_ml: 2.50", "iga_max_ug_per_ml: 0", "bad-value", "iga_max_ug_per_ml"),
        ("regions: [US]", "regions: [UK-ENG]", "bad-value", "regions"),
        ("cite: [def-one]", "cite: []", "uncited", "cite: []"),
    ],
)
def test_a_fault_in_a_product_is_found_at_its_line(knowledge, old, new, code, at):
    folder = knowledge("products.yaml", old, new)
    with pytest.raises(ContentError) as caught:
        load(folder)
    found = {(fault.code, fault.file, fault.line) for fault in caught.value.diagnostics}
    assert (code, "products.yaml", line_of("products.yaml", at, folder)) in found


RESTRICTION = """- id: restricted
  kind: product_restriction
  level: exclude
  title: Restricted
  when: {fact: losses.count_all, ge: 2}
  concerns: {contains: proline}
  text: Not given.
  if_patient_unknown: Not known whether there were losses.
  if_composition_unknown: Not known whether it holds proline.
  cite: [def-one]
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  if_patient_unknown: Not known whether there were losses.\n", "", "if_patient_unknown"),
        ("  if_composition_unknown: Not known whether it holds proline.\n", "", "if_composition_unknown"),
        ("{contains: proline}", "{contains: proline, composition_unknown: true}", "names an excipient"),
        ("{contains: proline}", "{}", "names an excipient"),
        ("{contains: proline}", "{contains: prolin}", "Input should be"),
    ],
)
def test_a_restriction_that_leaves_something_unsaid_is_refused(knowledge, old, new, says):
    assert old in RESTRICTION
    folder = knowledge(NOTES, "- id: age", RESTRICTION.replace(old, new) + "- id: age")
    with pytest.raises(ContentError) as caught:
        load(folder)
    assert says in caught.value.diagnostics[0].message
    load(knowledge(NOTES, "- id: age", RESTRICTION + "- id: age"))


def test_one_bad_condition_is_one_fault(knowledge):
    with pytest.raises(ContentError) as caught:
        load(knowledge(NOTES, "gt: 40.50", "gt: [1]"))
    assert [fault.code for fault in caught.value.diagnostics] == ["bad-condition"]


def test_all_faults_of_all_files_come_at_once(knowledge, tmp_path):
    knowledge(NOTES, "kind: note", "kind: nothing")
    (tmp_path / "knowledge/monograph.yaml").write_text("monograph:\n- {id: what}\n")
    (tmp_path / "knowledge/evidence/sources.yaml").write_text("sources: [\n")
    (tmp_path / "knowledge/parameters/limits.yaml").write_text("rules: []\nparameters: 3\n")
    with pytest.raises(ContentError) as caught:
        load(tmp_path / "knowledge")
    assert {fault.file for fault in caught.value.diagnostics} == {
        NOTES,
        "monograph.yaml",
        "evidence/sources.yaml",
        "parameters/limits.yaml",
    }


def test_uncertain_statements_cannot_be_carried(knowledge):
    with pytest.raises(ContentError, match="confidence"):
        load(knowledge("evidence/statements.yaml", "confidence: verified", "confidence: uncertain"))


def test_an_empty_folder_is_no_rule_set(tmp_path):
    with pytest.raises(ContentError, match="no-rules"):
        load(tmp_path)
