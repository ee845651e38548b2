"""Conditions, scores and the fact catalogue in; a checked program out."""

from collections.abc import Mapping

from app.errors import ContentError
from app.logic.checks import Names, evaluation_order, faults
from app.logic.codegen import generate
from app.logic.conditions import Condition
from app.logic.evaluator import Program
from app.logic.graph import build
from app.logic.scores import Score
from app.logic.values import FactSignature

__all__ = ["FactSignature", "compile_program"]


def compile_program(
    conditions: Mapping[str, Condition], scores: Mapping[str, Score], facts: Mapping[str, FactSignature]
) -> Program:
    """Resolve every name once and generate the evaluator. Raises ContentError with every fault ``checks`` finds."""
    names = Names(dict(conditions), dict(scores), dict(facts))
    found = faults(names)
    if found:
        raise ContentError(tuple(fault.diagnostic() for fault in found))
    graph = build(names, evaluation_order(names)[0])
    return Program(names, graph, generate(graph, names.facts))
