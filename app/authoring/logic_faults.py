"""Faults of conditions, found by the compiler's own checks and placed in the files; and parameters nobody reads."""

import ast
from collections.abc import Iterator
from importlib.resources import files

import app.clinical.facts  # noqa: F401 - declares the whole catalogue
from app.authoring.loader import Loaded, Piece
from app.authoring.yaml_source import Path
from app.clinical.catalogue import specifications
from app.clinical.conditions_of import conditions_of, scores_of
from app.clinical.ruleset import signatures
from app.errors import Diagnostic
from app.logic.checks import Names, faults


def logic_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Every name, operator or literal that does not compile, every cycle, and every question about no fact."""
    rules = loaded.knowledge.rules
    places = {key: place for piece in loaded.of("rules") for key, place in condition_places(piece)}
    found: dict[tuple[str, str, int, int], Diagnostic] = {}
    for fault in faults(Names(conditions_of(rules), scores_of(rules), signatures())):
        piece, start = places[fault.owner]
        item = piece.fault(fault.code, f"{fault.owner}: {fault.message}", *start, *fault.path)
        # The condition of a score's item is checked by itself and as part of the score.
        found.setdefault((item.code, item.file, item.line, item.column), item)
    yield from found.values()
    yield from _questions(loaded)


def condition_places(piece: Piece) -> Iterator[tuple[str, tuple[Piece, Path]]]:
    """Where each condition of a rule is written, by the key that ``conditions_of`` gives it."""
    rule, data = piece.data["id"], piece.data
    # A score has no condition of its own; its faults come with a path from the rule.
    yield rule, (piece, ("when",) if "when" in data else ())
    yield f"{rule}/@arises", (piece, ("arises",))
    yield f"{rule}/@satisfied", (piece, ("satisfied_by",))
    for name in ("rows", "factors", "mitigation", "monitoring", "removed_by"):
        for index, part in enumerate(data.get(name, ())):
            yield f"{rule}/{part['id']}", (piece, (name, index, "when"))
    for d, domain in enumerate(data.get("domains", ())):
        for i, item in enumerate(domain["items"]):
            yield f"{rule}/{domain['id']}/{item['id']}", (piece, ("domains", d, "items", i, "when"))


def _questions(loaded: Loaded) -> Iterator[Diagnostic]:
    known = specifications()
    for piece in loaded.of("rules"):
        for q, question in enumerate(piece.data.get("questions", ())):
            for f, fact in enumerate(question["facts"]):
                if fact not in known:
                    message = f"{piece.data['id']}/{question['id']}: there is no fact `{fact}`"
                    yield piece.fault("unknown-fact", message, "questions", q, "facts", f)
        for index, fact in enumerate(piece.data.get("on_file", ())):
            if fact not in known:
                message = f"{piece.data['id']}: there is no fact `{fact}`"
                yield piece.fault("unknown-fact", message, "on_file", index)


def parameter_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Parameters that a derivation asks for and nobody wrote, and those written for nobody."""
    written = {piece.data["id"]: piece for piece in loaded.of("parameters")}
    asked, named = _asked_for(), _named()
    for name, place in asked.items():
        if name not in written:
            yield Diagnostic("missing-parameter", f"{place} asks for `{name}`", "parameters", 1, 1)
    for name, piece in written.items():
        if name not in named:
            yield piece.fault("unused-parameter", f"no derivation reads `{name}`", "id")


def _asked_for() -> dict[str, str]:
    """Parameters that the derivations name outright, ``case.number("...")``, with the module that does."""
    return {
        node.args[0].value: module
        for module, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "number"
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def _named() -> set[str]:
    """Every text that stands in a derivation's module: a parameter's name may pass through a helper."""
    return set(derivation_constants())


def derivation_constants() -> Iterator[str]:
    """Every text that stands in a derivation's module, as often as it stands there."""
    for _, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(files("app.clinical").iterdir(), key=lambda item: item.name):
        if file.name.endswith(".py"):
            yield file.name, ast.parse(file.read_text(encoding="utf-8"))
