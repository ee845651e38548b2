"""Short names for the few pieces of Python syntax that generated code is made of."""

import ast
from collections.abc import Iterable, Sequence

from app.logic.conditions import Literal_


def load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def constant(value: Literal_ | tuple[int, ...] | None) -> ast.expr:
    return ast.Constant(value)  # type: ignore[arg-type]  # typeshed leaves out tuples, which the compiler accepts


def assign(names: Iterable[str], value: ast.expr) -> ast.stmt:
    """``a = b = value``."""
    return ast.Assign([ast.Name(name, ast.Store()) for name in names], value)


def unpack(names: Iterable[str], value: ast.expr) -> ast.stmt:
    """``a, b = value``."""
    return ast.Assign([ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())], value)


def compare(left: ast.expr, *rest: tuple[ast.cmpop, ast.expr]) -> ast.expr:
    return ast.Compare(left, [op for op, _ in rest], [right for _, right in rest])


def same(left: ast.expr, right: ast.expr) -> ast.expr:
    return compare(left, (ast.Is(), right))


def pick(test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    """``yes if test else no``."""
    return ast.IfExp(test, yes, no)


def either(*tests: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.Or(), list(tests))


def call(name: str, *args: ast.expr) -> ast.expr:
    return ast.Call(load(name), list(args), [])


def attribute(owner: ast.expr, name: str) -> ast.expr:
    return ast.Attribute(owner, name, ast.Load())


def item(table: tuple[int, ...], index: ast.expr) -> ast.expr:
    """``table[index]``."""
    return ast.Subscript(constant(table), index, ast.Load())


def fold(op: ast.operator, terms: Sequence[ast.expr]) -> ast.expr:
    """``a op b op c``, nested by halves so that a long list cannot exhaust the compiler's stack."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return ast.BinOp(fold(op, terms[:half]), op, fold(op, terms[half:]))
