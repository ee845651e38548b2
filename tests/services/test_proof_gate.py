"""The gate asks for the proofs and for cases that exercise every condition; a small knowledge folder that has both."""

import subprocess
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.authoring import proof_model
from app.authoring import shown as program
from app.authoring.files import as_folder, checked_files, read_folder
from app.cli import cli
from app.clinical import baseline
from app.clinical.catalogue import Case
from app.errors import Diagnostic, RefusedError
from app.services import gate, proof_gate
from app.services.gate import Candidate, examine, faults_of, summary
from app.services.life import Changes, Lifecycle
from app.services.proof_gate import DELIVERED
from app.services.publish import publish
from app.store.bundle_keys import BundleKeys
from app.store.drafts import DraftStore
from app.store.rule_sets import RuleSetStore
from tests.folders import DEFAULTS, FILES

pytest.importorskip("z3", reason="the extra `prove` is not installed; requirements-dev.lock holds it")
TODAY = date(2026, 11, 25)
SAFETY, TABLE, CASES, RANGES = "rules/safety/reaction.yaml", "rules/rpl/table.yaml", "cases/rpl.yaml", "ranges.yaml"
WHOLE = {
    **FILES,
    RANGES: """ranges:
- {facts: [losses.count_all], minimum: 0, maximum: 120, step: 1}
- {facts: [patient.age_years], minimum: 10, maximum: 70, step: 0.5}
""",
    TABLE: FILES[TABLE]
    + """  - id: one
    when: {not: {rule: two-losses}}
    cells:
      "*": {status: criteria_not_met, text: Not advised., cite: [def-one], decides: [def-one]}
""",
    SAFETY: DEFAULTS
    + """- id: reaction
  kind: contraindication
  level: absolute
  title: A severe reaction before
  when: {fact: ivig.severe_reaction_before}
  text: Not after a severe reaction.
  cite: [def-one]
""",
    CASES: """rule_cases:
- {rule: two-losses, expect: true, facts: {losses.count_all: 2}}
- {rule: two-losses, expect: true, facts: {losses.count_all: 3}}
- {rule: two-losses, expect: false, facts: {losses.count_all: 1}}
- {rule: two-losses, expect: unknown}
- {rule: age, expect: true, facts: {patient.age_years: 41}}
- {rule: age, expect: false, facts: {patient.age_years: 40.5}}
- {rule: age, expect: false, facts: {patient.age_years: 40}}
- {rule: age, expect: unknown, facts: {patient.age_years: {minimum: 30}}}
- {rule: reaction, expect: true, facts: {ivig.severe_reaction_before: true}}
- {rule: reaction, expect: false, facts: {ivig.severe_reaction_before: false}}
- {rule: reaction, expect: unknown}
- {rule: rpl-table/@arises, expect: true, facts: {losses.count_all: 2}}
- {rule: rpl-table/@arises, expect: true, facts: {losses.count_all: 1}}
- {rule: rpl-table/@arises, expect: false, facts: {losses.count_all: 0}}
- {rule: rpl-table/@arises, expect: unknown}
- {rule: rpl-table/two, expect: true, facts: {losses.count_all: 2}}
- {rule: rpl-table/two, expect: false, facts: {losses.count_all: 1}}
- {rule: rpl-table/two, expect: unknown}
- {rule: rpl-table/one, expect: true, facts: {losses.count_all: 1}}
- {rule: rpl-table/one, expect: false, facts: {losses.count_all: 2}}
- {rule: rpl-table/one, expect: unknown}
""",
}
POSITION = """- id: {id}
  kind: position
  issuer: ESHRE
  tier: A
  when: {{rule: two-losses}}
  stance: {stance}
  strength: none
  certainty: low
  text: A sentence.
  cite: [def-one]
"""
SPOKEN = "".join(
    f"- {{rule: {name}, expect: {expect}, facts: {{{facts}}}}}\n"
    for name in ("for-it", "against-it")
    for expect, facts in (("true", "losses.count_all: 2"), ("false", "losses.count_all: 1"), ("unknown", ""))
)
CONTRADICTION = {
    TABLE: WHOLE[TABLE]
    + POSITION.format(id="for-it", stance="may-consider")
    + POSITION.format(id="against-it", stance="recommends-against"),
    CASES: WHOLE[CASES] + SPOKEN,
}


@pytest.fixture(autouse=True)
def no_derivations(monkeypatch):
    """As in tests/folders.py, but proved and covered as it is."""
    monkeypatch.setattr("app.authoring.logic_faults._modules", lambda: iter(()))
    monkeypatch.setattr(baseline, "specifications", dict)
    monkeypatch.setattr(Case, "number", lambda case, name: case.parameters.get(name, 1))


@pytest.fixture
def folder(tmp_path):
    """``folder({file: text})``: the whole folder with these files instead."""

    def make(changes: dict[str, str] | None = None) -> Path:
        for name, text in {**WHOLE, **(changes or {})}.items():
            path = tmp_path / "knowledge" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "knowledge"

    return make


def refusal(found: Path) -> tuple[str, tuple[Diagnostic, ...]]:
    """The check that refuses a folder, and its faults."""
    reports = examine(Candidate(found, TODAY))
    return reports[-1].name, faults_of(reports)


def without(name: str, line: str) -> dict[str, str]:
    assert line in WHOLE[name]
    return {name: WHOLE[name].replace(f"{line}\n", "", 1)}


def test_what_is_proved_and_covered_passes_and_leaves_its_figures(folder):
    reports = examine(Candidate(folder(), TODAY))
    assert faults_of(reports) == ()
    gates = {entry["name"]: entry for entry in summary(reports)["gates"]}
    assert list(gates)[-2:] == ["proofs", "coverage"]
    assert (gates["proofs"]["proofs"], gates["proofs"]["waived"]) == (8, [])
    assert {name: gates["coverage"][name] for name in ("mc-dc", "boundaries", "mutants", "open")} == {
        "mc-dc": "100.0",
        "boundaries": "100.0",
        "mutants": "100.0",
        "open": 0,
    }


@pytest.mark.parametrize(
    ("line", "rule", "patient"),
    [
        ("- {rule: two-losses, expect: true, facts: {losses.count_all: 3}}", "two-losses", "losses.count_all: 3"),
        ("- {rule: age, expect: false, facts: {patient.age_years: 40}}", "age", "patient.age_years: 40.0"),
        (
            "- {rule: rpl-table/@arises, expect: false, facts: {losses.count_all: 0}}",
            "rpl-table",
            "losses.count_all: 0",
        ),
    ],
)
def test_a_case_that_is_left_out_is_asked_for_by_rule_and_patient(folder, line, rule, patient):
    name, faults = refusal(folder(without(CASES, line)))
    assert name == "coverage"
    assert {fault.code for fault in faults} == {"not-covered"}
    assert all(fault.message.startswith(rule) and fault.file and fault.line for fault in faults)
    assert any(fault.message.endswith(f"patient: {patient}") for fault in faults)


def test_a_contradicting_position_is_refused_by_name_with_a_patient(folder):
    name, (fault,) = refusal(folder(CONTRADICTION))
    assert (name, fault.code) == ("proofs", "not-proved")
    assert fault.message.startswith(
        "for-it: one-voice: ESHRE says may-consider here and recommends-against in against-it"
    )
    assert fault.message.endswith("patient: losses.count_all: 2")
    assert (fault.file, fault.line > 1) == (TABLE, True)


def test_a_table_with_a_gap_is_refused_with_the_patient_it_leaves_out(folder):
    changes = {
        TABLE: FILES[TABLE],
        CASES: "".join(x for x in WHOLE[CASES].splitlines(True) if "rpl-table/one" not in x),
    }
    name, faults = refusal(folder(changes))
    assert (name, {fault.code for fault in faults}) == ("proofs", {"not-proved"})
    gaps = [fault.message for fault in faults if fault.message.startswith("rpl-table: no-gap: ")]
    assert gaps
    assert all(message.endswith("patient: losses.count_all: 1") for message in gaps)


def test_a_removed_contraindication_is_refused(folder):
    found = folder({CASES: "".join(x for x in WHOLE[CASES].splitlines(True) if "reaction" not in x)})
    (found / SAFETY).unlink()
    name, faults = refusal(found)
    assert name == "proofs"
    assert any(
        "rpl-table: contraindications-dominate: no absolute contraindication" in fault.message for fault in faults
    )


def test_a_number_without_a_range_is_refused(folder):
    name, faults = refusal(folder({RANGES: "ranges: []\n"}))
    assert (name, {fault.code for fault in faults}) == ("proofs", {"range-missing"})


def test_the_command_ends_with_one_below_a_hundred_percent(folder):
    def run(*words: str):
        return CliRunner().invoke(cli, ["rules", "coverage", *words])

    whole = run("--knowledge", str(folder()))
    assert (whole.exit_code, [line.split()[-1] for line in whole.stdout.splitlines()[1:]]) == (0, ["100.0"] * 3)
    lacking = without(CASES, "- {rule: two-losses, expect: true, facts: {losses.count_all: 3}}")
    found = run("--knowledge", str(folder(lacking)), "--gaps", "9")
    assert found.exit_code == 1
    assert "boundaries two-losses: losses.count_all = 3\n    patient: losses.count_all: 3" in found.stdout


def test_without_z3_the_way_to_install_it_is_told(folder, monkeypatch):
    monkeypatch.setattr(proof_model, "z3", None)
    for what in program.WHAT:
        found = program.shown(
            what, folder(without(CASES, "- {rule: rpl-table/two, expect: true, facts: {losses.count_all: 2}}"))
        )
        assert [fault.code for fault in found.faults] == ["prover-missing"]
        assert "pip install 'ivig-cds[prove]'" in found.faults[0].message


def test_without_z3_only_what_was_delivered_with_the_code_passes(folder, monkeypatch):
    missing = (Diagnostic("prover-missing", "install it"),)
    monkeypatch.setattr(proof_gate, "_run", lambda what, place: (missing, {}))
    assert proof_gate.shown("proofs", DELIVERED) == ((), {"shown": "before delivery"})
    assert proof_gate.shown("proofs", folder()) == (missing, {})


def test_proofs_that_do_not_come_to_an_end_prove_nothing(folder, monkeypatch):
    monkeypatch.setattr(proof_gate, "_PROGRAM", "raise SystemExit(3)")
    name, (fault,) = refusal(folder())
    assert (name, fault.code) == ("proofs", "not-proved")
    monkeypatch.setattr(proof_gate, "_PROGRAM", "print('all is well')")
    assert refusal(folder())[0] == "proofs"
    monkeypatch.setattr(proof_gate, "_PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr(proof_gate, "LONGEST_SECONDS", 0.1)
    assert refusal(folder())[0] == "proofs"


def test_the_process_is_told_no_secret(folder, monkeypatch):
    seen = {}

    def run(words, **options):
        seen.update(options["env"])
        raise subprocess.SubprocessError

    monkeypatch.setenv("IVIG_DATABASE_URL", "postgresql://ada:secret@db/ivig")
    monkeypatch.setattr(proof_gate.subprocess, "run", run)
    assert proof_gate.shown("proofs", folder())[0][0].code == "not-proved"
    assert seen
    assert not any(name.startswith("IVIG_") for name in seen)


def test_a_draft_is_refused_by_the_proofs_and_changes_nothing(database, folder, tmp_path):
    store = RuleSetStore(database)
    publish(store, folder(), by="ada")
    before = store.versions()
    life = Lifecycle(store, DraftStore(database), BundleKeys(tmp_path))
    draft = life.create(Changes(CONTRADICTION, "1.0.0", None), "ada")
    with pytest.raises(RefusedError) as caught:
        life.validate(draft["id"], "ada")
    (fault,) = caught.value.diagnostics
    assert (caught.value.type, fault.code) == ("release-rejected", "not-proved")
    assert store.versions() == before
    report = store.origin("1.0.0").report
    assert {entry["name"]: entry["passed"] for entry in report["gates"]}["proofs"] is True


def test_every_file_of_the_knowledge_can_be_carried_in_a_draft():
    files = read_folder(DELIVERED)
    assert {RANGES, "cards.yaml", "self_test.yaml"} <= set(files)
    assert checked_files(files) == files
    with as_folder(files) as copy:
        assert read_folder(copy) == files


def test_one_process_at_a_time(monkeypatch, folder):
    assert gate.shown is proof_gate.shown
    held = []

    def run(words, **options):
        held.append(proof_gate._ONE.locked())
        raise OSError

    monkeypatch.setattr(proof_gate.subprocess, "run", run)
    proof_gate.shown("coverage", folder())
    assert held == [True]
