"""What publication asks of a knowledge folder beside the lint and its cases: every proof, and cases that exercise every condition.

Run as a program of its own, ``shown proofs FOLDER``: Z3 then neither stays in the memory of a service, nor keeps its answers
waiting, nor takes it down (docs/decisions/0024).
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import app.clinical.facts  # noqa: F401 - declares the catalogue that every rule set is compiled against
from app.authoring.bundle import digest
from app.authoring.cases import load_cases
from app.authoring.exercised import Exercise
from app.authoring.loader import Loaded, load
from app.authoring.patients import plain
from app.authoring.proof_model import ProverMissingError
from app.authoring.prove import prove
from app.authoring.ranges import load_ranges
from app.clinical.ruleset import RuleSet
from app.errors import AppError, ContentError, Diagnostic
from app.logic.values import Fact

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """The faults, each with the rule and a made-up patient where there is one, and figures worth keeping."""

    faults: tuple[Diagnostic, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def proofs(folder: Path) -> Shown:
    """Every proof of docs/proofs.md. A waived patient is no fault; the waivers stand among the figures."""
    loaded, ranges = load(folder), load_ranges(folder)
    done = list(prove(_rules(loaded), ranges))
    faults = tuple(
        _fault(loaded, "not-proved", failure.rule, f"{proof.id}: {failure.message}", failure.patient)
        for proof in done
        for failure in proof.failures
    )
    waived = [f"{waiver.proof} of {waiver.rule}" for waiver in ranges.waived]
    return Shown(faults, {"proofs": len(done), "checked": sum(proof.checked for proof in done), "waived": waived})


def coverage(folder: Path) -> Shown:
    """Every comparison, boundary and mutant shown by a reviewed case, or proved to make no difference."""
    loaded = load(folder)
    exercise = Exercise(_rules(loaded), load_cases(folder), load_ranges(folder).by_fact)
    measures = tuple(exercise.measures())
    gaps = [gap for measure in measures for gap in measure.gaps]
    faults = tuple(
        _fault(loaded, "not-covered", gap.key, f"no case shows {gap.measure} {gap.what}", gap.patient) for gap in gaps
    )
    # As text: what is kept beside a version holds no binary fractions.
    figures = {measure.name: f"{measure.percent:.1f}" for measure in measures}
    return Shown(faults, {**figures, "open": len(gaps)})


WHAT: Mapping[str, Callable[[Path], Shown]] = {"proofs": proofs, "coverage": coverage}


def shown(what: str, folder: Path) -> Shown:
    """What was asked for; whatever stands in its way is a fault too."""
    try:
        found = WHAT[what](folder)
    except ProverMissingError as error:
        return Shown((Diagnostic("prover-missing", str(error)),))
    except ContentError as error:
        return Shown(error.diagnostics)
    except AppError as error:
        return Shown((Diagnostic("not-proved", str(error)),))
    return found


def _rules(loaded: Loaded) -> RuleSet:
    return RuleSet(loaded.knowledge, loaded.document, "candidate", digest(loaded.document))


def _fault(loaded: Loaded, code: str, key: str, message: str, patient: Mapping[str, Fact] | None) -> Diagnostic:
    """A fault of a condition, told by its key, at the rule that holds it."""
    whole = f"{key}: {message}" if patient is None else f"{key}: {message}; patient: {plain(patient)}"
    rule = key.partition("/")[0]
    piece = next((item for item in loaded.of("rules") if item.model.id == rule), None)
    return Diagnostic(code, whole) if piece is None else piece.fault(code, whole, "id")


def main() -> None:
    """``shown WHAT FOLDER``: faults and figures as one line of JSON on the standard output."""
    found = shown(sys.argv[1], Path(sys.argv[2]))
    faults = [astuple(fault) for fault in found.faults[:MOST_SHOWN]]
    sys.stdout.write(json.dumps({"faults": faults, "facts": found.facts}))
