"""What is wrong with knowledge that loads: all faults at once, each with a code and a place."""

import inspect
import re
from collections.abc import Iterator, Mapping

from app.authoring.loader import Loaded
from app.clinical import facts
from app.clinical.catalogue import specifications
from app.clinical.conditions_of import conditions_of, scores_of
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.clinical.knowledge import AskList, Candidacy
from app.clinical.ruleset import signatures
from app.errors import ContentError, Diagnostic
from app.logic.compiler import compile_program

PARAMETER = re.compile(r"""\.number\(\s*["']([a-z0-9_.]+)["']""")


def lint(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Every fault, in the order of the files."""
    found = [*_citations(loaded), *_asks(loaded), *_tables(loaded), *_parameters(loaded), *_compiler(loaded)]
    return tuple(sorted(found, key=lambda item: (item.file, item.line, item.column, item.code)))


def _at(loaded: Loaded, part: str, name: str, code: str, message: str) -> Diagnostic:
    place = loaded.places[part, name]
    return Diagnostic(code, f"{name}: {message}", place.file, place.line, place.column)


def _citations(loaded: Loaded) -> Iterator[Diagnostic]:
    statements = {item.id for item in loaded.knowledge.statements}
    sources = {item.id for item in loaded.knowledge.sources}
    for part in ("rules", "parameters", "monograph"):
        for entry in loaded.document[part]:
            for cited in sorted(set(cited_in(entry)) - statements):
                yield _at(loaded, part, entry["id"], "A101", f"cites {cited}, which is no statement")
    for item in loaded.knowledge.statements:
        if item.source not in sources:
            yield _at(loaded, "statements", item.id, "A102", f"names {item.source}, which is no source")


def cited_in(entry: object) -> Iterator[str]:
    """Every statement id that a rule, parameter or sentence cites or decides by."""
    if isinstance(entry, Mapping):
        for key, value in entry.items():
            if key in {"cite", "decides"}:
                yield from value
            else:
                yield from cited_in(value)
    elif isinstance(entry, list):
        for item in entry:
            yield from cited_in(item)


def _asks(loaded: Loaded) -> Iterator[Diagnostic]:
    for rule in loaded.knowledge.rules:
        if isinstance(rule, AskList):
            for name in sorted({name for item in rule.questions for name in item.facts} - specifications().keys()):
                yield _at(loaded, "rules", rule.id, "A103", f"asks for {name}, which is no fact")


def _tables(loaded: Loaded) -> Iterator[Diagnostic]:
    for rule in loaded.knowledge.rules:
        if not isinstance(rule, Candidacy):
            continue
        codes = [code for column in rule.columns.values() for code in column]
        if len(codes) != len(set(codes)):
            yield _at(loaded, "rules", rule.id, "A104", "a jurisdiction stands in two columns")
        if not {ANYWHERE, NONE_CHOSEN} <= set(codes):
            yield _at(loaded, "rules", rule.id, "A105", 'one column must list "none" and one must list "*"')
        unknown = {name for row in rule.rows for name in row.cells} - rule.columns.keys() - {ANYWHERE}
        for name in sorted(unknown):
            yield _at(loaded, "rules", rule.id, "A106", f"a row has a cell for {name}, which is no column")


def _parameters(loaded: Loaded) -> Iterator[Diagnostic]:
    declared = {item.id for item in loaded.knowledge.parameters}
    used = {name for module in facts.MODULES for name in PARAMETER.findall(inspect.getsource(module))}
    for name in sorted(used - declared):
        yield Diagnostic("A107", f"a derivation needs the parameter {name}, which is not declared")


def _compiler(loaded: Loaded) -> tuple[Diagnostic, ...]:
    rules = loaded.knowledge.rules
    try:
        compile_program(conditions_of(rules), scores_of(rules), signatures())
    except ContentError as error:
        return error.diagnostics
    return ()
