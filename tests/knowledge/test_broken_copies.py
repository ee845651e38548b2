"""Copies of the bundled knowledge, each broken as an author might: the gate refuses every one, by rule and by patient."""

import re
from datetime import date

import pytest

from app.authoring.files import as_folder, read_folder
from app.services.gate import GATES, Candidate, examine, faults_of
from app.services.publish import BUNDLED

pytest.importorskip("z3", reason="the extra `prove` is not installed; requirements-dev.lock holds it")
pytestmark = pytest.mark.prove
TODAY = date(2026, 11, 25)
REACTION = "contraindication-immunoglobulin-reaction"
ANTIBODIES = "contraindication-iga-antibodies\n"
POSITIONS, SAFETY = "rules/aps/positions.yaml", "rules/safety/contraindications.yaml"
TWIN = """
- id: aps-position-acr-twin
  kind: position
  issuer: ACR 2020
  tier: A
  jurisdictions: [US]
  when: {rule: aps-obstetric}
  stance: may-consider
  strength: conditional
  certainty: very-low
  text: IVIG might be considered in highly selected cases.
  cite: [eular-refractory-ivig]
"""
NOT_OBSTETRIC = (
    "aps.normal_fetal_deaths: 0, aps.preterm_placental_birth: false, aps.early_miscarriage_run: 0, "
    "aps.obstetric_diagnosed: false, aps.diagnosed: false"
)
TWIN_CASES = "rule_cases:\n" + "".join(
    f"- {{rule: aps-position-acr-twin, expect: {expect}, facts: {{{facts}}}}}\n"
    for expect, facts in (("true", "aps.obstetric_diagnosed: true"), ("false", NOT_OBSTETRIC), ("unknown", ""))
)


@pytest.fixture(scope="module")
def files():
    return read_folder(BUNDLED)


def refusal(files, name=None, old="", new="", more=None):
    """The check that refuses the knowledge with one thing changed, and what it says."""
    changed = {**files, **(more or {})}
    if name is not None:
        assert old in changed[name]
        changed[name] = changed[name].replace(old, new, 1)
    with as_folder(changed) as folder:
        reports = examine(Candidate(folder, TODAY), GATES)
    return reports[-1].name, [str(fault) for fault in faults_of(reports)]


BROKEN = {
    "swapped stance": (
        (POSITIONS, "stance: suggests-against", "stance: recommends"),
        "lint",
        "stance-disagrees: aps-position-acr: .*patient: aps.obstetric_diagnosed: true, aps.refractory: true",
    ),
    "dropped not": (
        ("rules/aps/alternatives.yaml", "{not: {fact: pregnancy.pregnant}}", "{fact: pregnancy.pregnant}"),
        "cases",
        "aps-vitamin-k-antagonist: true, expected false; patient: .*pregnancy.pregnant: true",
    ),
    "off-by-one week": (
        ("rules/rpl/candidacy.yaml", "gestation_days, gt: 48", "gestation_days, gt: 55"),
        "cases",
        "rpl-candidacy/window-closed: false, expected true; patient: pregnancy.gestation_days: 49, pregnancy.pregnant: true",
    ),
    "dead rule": (
        (
            "rules/rpl/definitions.yaml",
            "when: {fact: losses.count_all, ge: 2}",
            "when: {all: [{fact: losses.count_all, ge: 2}, {fact: losses.count_all, lt: 2}]}",
        ),
        "cases",
        "rpl-eshre-2022: false, expected true; patient: losses.count_all: 2",
    ),
    "contraindication made relative": (
        (SAFETY, "level: absolute", "level: relative"),
        "cases",
        "cases/safety.yaml:.*: safety-anaphylaxis-dominates: .*, expected contraindicated",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_copy_is_refused_by_rule_and_patient(files, name):
    edit, gate, message = BROKEN[name]
    refused_by, faults = refusal(files, *edit)
    assert refused_by == gate
    assert any(re.search(message, fault) for fault in faults), faults[:5]


def test_a_removed_contraindication_is_missed_by_name_with_its_patients(files):
    text = files[SAFETY]
    gone = text[text.index(f"- id: {REACTION}") : text.index(f"- id: {ANTIBODIES}")]
    gate, faults = refusal(files, SAFETY, gone, "")
    assert gate == "lint"
    assert any(f"safety-anaphylaxis-dominates: nothing is called `{REACTION}`" in fault for fault in faults)


def test_a_contradicting_position_is_refused_by_the_proofs(files):
    gate, faults = refusal(
        files,
        POSITIONS,
        "\n- id: aps-position-eular",
        f"{TWIN}\n- id: aps-position-eular",
        {"cases/twin.yaml": TWIN_CASES},
    )
    assert gate == "proofs"
    assert any(
        re.search("aps-position-acr: one-voice: .* in aps-position-acr-twin; patient: .*aps.refractory: true", fault)
        for fault in faults
    ), faults


def test_what_is_delivered_passes(files):
    """The control: none of the copies above is refused for another reason."""
    assert refusal(files)[1] == []
