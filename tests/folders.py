from collections.abc import Callable
from pathlib import Path

import pytest

from app.authoring import logic_faults
from app.clinical import baseline
from app.clinical.catalogue import Case
from app.services import gate

DEFAULTS = """
defaults:
  applies_to: [recurrent_pregnancy_loss]
  effective: 2026-11-25
  reviewed_on: 2026-11-25
  review_by: 2027-11-25
rules:
"""
FILES = {
    "rules/rpl/notes.yaml": DEFAULTS
    + """- id: two-losses
  kind: criterion
  issuer: ESHRE
  title: Two losses
  when: {fact: losses.count_all, ge: 2}
  text: Two losses are known.
  cite: [def-one]
- id: age
  kind: note
  when: {fact: patient.age_years, gt: 40.50}
  text: The age is above the limit.
  cite: [def-one]
""",
    "rules/rpl/table.yaml": DEFAULTS
    + """- id: rpl-table
  kind: candidacy
  cite: [def-one]
  arises: {fact: losses.count_all, ge: 1}
  does_not_arise: {status: criteria_not_met, text: No loss is known., cite: [def-one]}
  negative: {text: Nobody advises it., cite: [def-one]}
  undetermined: {text: More must be known., cite: [def-one]}
  columns: {none: [none], all: ["*"]}
  rows:
  - id: two
    when: {rule: two-losses}
    cells:
      "*": {status: not_recommended, text: Not advised., cite: [def-one], decides: [def-one]}
""",
    "parameters/limits.yaml": "parameters: []\n",
    "evidence/sources.yaml": """
sources:
- {id: one, kind: guideline, title: A guideline, issuer: ESHRE, year: 2022, url: "https://example.org", consulted: full-text}
""",
    "evidence/statements.yaml": """
statements:
- id: def-one
  source: one
  topic: rpl
  population: women
  intervention: definition
  stance: finding
  strength: none
  certainty: not-graded
  says: Two or more losses.
  confidence: verified
""",
    "jurisdictions.yaml": "jurisdictions:\n- {code: US, name: United States, reach: [US]}\n",
    "monograph.yaml": "monograph:\n- {id: what, topic: what, text: IVIG is a blood product., cite: [def-one]}\n",
    "products.yaml": """
products:
- id: product-one
  name: One
  manufacturer: Somebody
  regions: [US]
  route: IV
  concentration_percent: [5, 10]
  stabiliser: glycine
  contains_maltose: false
  contains_corn_maltose: false
  contains_sucrose: false
  contains_glucose: false
  contains_sorbitol: null
  contains_proline: false
  contains_glycine: true
  iga_max_ug_per_ml: 2.50
  iga_note: labelled
  sodium: null
  osmolality: null
  ph: null
  initial_rate: [{mg_kg_min: 0.5, ml_kg_h: 0.3}]
  max_infusion_rate: [{mg_kg_min: 8, ml_kg_h: 4.8}]
  at_risk_rate_limit: null
  at_risk_max_mg_kg_min: null
  rate_plan_possible: true
  labelled_indications: [{text: Something}]
  confidence: verified
  cite: [def-one]
""",
    "calculators.yaml": """
calculators:
- id: losses
  title: Two losses
  formula: A count of losses.
  validity: Where losses are counted.
  text: A classification.
  cite: [def-one]
  limits:
  - {field: /age_years, unit: a, minimum: 18, text: Adults only., cite: [def-one]}
  criteria: [two-losses]
  verdicts: [two-losses]
""",
    "banned_phrases.yaml": """
phrases:
- {id: proven, phrase: proven, unless: [biopsy-proven], reason: Nothing is., cite: [def-one]}
""",
    "cases/rpl.yaml": """
rule_cases:
- {rule: two-losses, expect: true, facts: {losses.count_all: 2}}
- {rule: two-losses, expect: false, facts: {losses.count_all: 1}}
- {rule: two-losses, expect: unknown}
- {rule: age, expect: true, facts: {patient.age_years: 41}}
- {rule: age, expect: false, facts: {patient.age_years: 40.5}}
- {rule: age, expect: unknown, facts: {patient.age_years: {minimum: 30}}}
- {rule: rpl-table/two, expect: true, facts: {losses.count_all: 2}}
- {rule: rpl-table/two, expect: false, facts: {losses.count_all: 1}}
- {rule: rpl-table/two, expect: unknown}
patient_cases:
- id: an-age
  source: nobody
  history: {patient: {age_years: 31}}
  expect: {candidacy: {recurrent_pregnancy_loss: {none: undetermined, US: undetermined}}}
""",
}

Edit = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_derivations(monkeypatch):
    """The parameters of the real derivations have no place in the folders made here.

    Nor are these folders proved or covered: tests/services/test_proof_gate.py has one that is.
    """
    monkeypatch.setattr(gate, "shown", lambda what, folder: ((), {}))
    monkeypatch.setattr(logic_faults, "_modules", lambda: iter(()))
    monkeypatch.setattr(baseline, "specifications", dict)
    monkeypatch.setattr(Case, "number", lambda case, name: case.parameters.get(name, 1))


@pytest.fixture
def knowledge(tmp_path) -> Edit:
    """A small faultless knowledge folder; ``knowledge("file", "old", "new")`` makes it with one thing changed."""

    def make(name: str | None = None, old: str = "", new: str = "") -> Path:
        for file, content in FILES.items():
            path = tmp_path / "knowledge" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            assert file != name or old in content
            changed = content.replace(old, new, 1) if old else content + new
            path.write_text(changed if file == name else content, encoding="utf-8")
        return tmp_path / "knowledge"

    return make


def line_of(name: str, text: str, folder: Path) -> int:
    """The line of a file that holds a text."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
