"""The proof that an unknown safety fact always surfaces among the questions."""

from collections.abc import Iterator
from typing import Any

from app.authoring import proof_model
from app.authoring.proof_model import Patient, facts_behind
from app.authoring.proofs import Failure, Proof, Subject
from app.clinical.lens import Lens
from app.clinical.questions import Need, ask
from app.clinical.rules import Contraindication, Risk
from app.logic.graph import Graph

Formula = Any


def safety_surfaces(subject: Subject) -> Proof:
    """Where a contraindication or risk factor is UNKNOWN, in any place that it holds in, one of its facts is asked for."""
    failures: list[Failure] = list(_not_watched(subject))
    keys = dict.fromkeys(key for lens in subject.lenses for key in lens.safety)
    patient, prover = subject.partial
    for key in keys:
        unknown = proof_model.z3.And(patient.rule(key).possible, proof_model.z3.Not(patient.rule(key).certain))
        listed = leads_to(subject.rules.program.graph, patient, key)
        model = prover.find(unknown, proof_model.z3.Not(proof_model.z3.Or(*listed.values())))
        if model is not None:
            shown = subject.shown(patient, model, key)
            failures.append(Failure(key, "is unknown, and no fact is asked for", shown))
        failures += _asked(subject, key, prover.find(unknown))
    return Proof("safety-surfaces", "an unknown safety fact is always asked for", len(keys), tuple(failures))


def _not_watched(subject: Subject) -> Iterator[Failure]:
    """Contraindications that hold in a place, and risk factors, whose unknown facts are not looked at there."""
    for lens in subject.lenses:
        watched = set(lens.safety)
        for key in must_watch(subject, lens):
            if key not in watched:
                place = lens.jurisdiction or "no place chosen"
                yield Failure(key, f"its unknown facts are not asked for ({place})", {})


def must_watch(subject: Subject, lens: Lens) -> Iterator[str]:
    """The conditions of safety, read from the rules themselves."""
    for rule in subject.rules.knowledge.rules:
        if isinstance(rule, Contraindication) and lens.speaks(rule):
            yield rule.id
        if isinstance(rule, Risk):
            yield from (f"{rule.id}/{factor.id}" for factor in rule.factors if factor.when is not None)


def leads_to(graph: Graph, patient: Patient, key: str) -> dict[str, Formula]:
    """For each fact where it is listed as missing for this condition: reached from it through UNKNOWN nodes only."""
    z3 = proof_model.z3
    reached: dict[int, list[Formula]] = {graph.rules[key]: [z3.BoolVal(val=True)]}
    found: dict[str, list[Formula]] = {}
    for index in range(graph.rules[key], -1, -1):
        if index not in reached:
            continue
        node = graph.nodes[index]
        own = patient.nodes[index]
        here = z3.And(z3.Or(*reached[index]), own.possible, z3.Not(own.certain))
        if node.fact:
            found.setdefault(node.fact, []).append(here)
        for arg in node.args:
            reached.setdefault(arg, []).append(here)
    return {fact: z3.Or(*places) for fact, places in found.items()}


def _asked(subject: Subject, key: str, model: object | None) -> Iterator[Failure]:
    """The service itself asks for a fact of a patient for whom the condition is unknown."""
    if model is None:
        return
    patient, _ = subject.partial
    facts = subject.shown(patient, model, key)
    results = subject.rules.program.evaluate(facts)
    lens = next(item for item in subject.lenses if key in item.safety)
    wanted = results.missing(key)
    asked = {fact for item in ask([Need(None, (), wanted)], lens, facts) for fact in item.facts}
    if not asked & set(facts_behind(subject.rules.program, [key])):
        yield Failure(key, "is unknown, and the service asks nothing", facts)
