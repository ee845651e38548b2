"""Generated code that reads one fact and settles all comparisons of it together."""

import ast
from collections.abc import Callable, Sequence
from decimal import Decimal

from app.logic.comparisons import as_interval, number_test, wrong_type
from app.logic.conditions import Between, Compare, Leaf, Literal_, Operator
from app.logic.syntax import assign, attribute, call, compare, constant, either, load, pick, same, unpack
from app.logic.truth import CODES, Truth
from app.logic.values import FactSignature, Known, Unknown

Tests = Sequence[tuple[str, Leaf]]
Keep = Callable[[object], ast.expr]

NO, MAYBE, YES = (CODES[truth] for truth in (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE))
COMPARISONS: dict[Operator, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "le": ast.LtE,
    "gt": ast.Gt,
    "ge": ast.GtE,
}


def half_known(fact: str, leaves: Sequence[Leaf], value: object) -> tuple[int, ...]:
    """Codes for a number that is not one plain number: an interval, or a kind of int that is rarely met."""
    interval = as_interval(fact, value)
    return tuple([CODES[number_test(leaf, interval)] for leaf in leaves])


NAMES: dict[str, object] = {
    "Known": Known,
    "Unknown": Unknown,
    "Decimal": Decimal,
    "bool": bool,
    "half_known": half_known,
    "int": int,
    "isinstance": isinstance,
    "str": str,
    "type": type,
    "wrong_type": wrong_type,
}


def read_fact(signature: FactSignature, tests: Tests, keep: Keep) -> list[ast.stmt]:
    """Assign each test's code to its name. ``keep`` makes an expression of a value that syntax cannot hold."""
    names = [name for name, _ in tests]
    settle = {"number": _number, "boolean": _boolean, "code": _code}[signature.type]
    kind = call("type", load("fact"))
    absent = either(same(load("fact"), constant(None)), same(kind, load("Unknown")))
    neither = ast.If(absent, [assign(names, constant(MAYBE))], [_refuse(signature.id, load("fact"))])
    known = [assign(("value",), attribute(load("fact"), "value")), *settle(signature.id, tests, keep)]
    return [
        assign(("fact",), call("get", constant(signature.id))),
        ast.If(same(kind, load("Known")), known, [neither]),
    ]


def _refuse(fact: str, value: ast.expr) -> ast.stmt:
    return ast.Raise(call("wrong_type", constant(fact), value))


def _number(fact: str, tests: Tests, keep: Keep) -> list[ast.stmt]:
    kind = call("type", load("value"))
    finite = ast.Call(attribute(load("value"), "is_finite"), [], [])
    plain = either(same(kind, load("int")), ast.BoolOp(ast.And(), [same(kind, load("Decimal")), finite]))
    slow = call("half_known", constant(fact), keep(tuple(leaf for _, leaf in tests)), load("value"))
    return [ast.If(plain, _each(tests, keep), [unpack([name for name, _ in tests], slow)])]


def _code(fact: str, tests: Tests, keep: Keep) -> list[ast.stmt]:
    text = call("isinstance", load("value"), load("str"))
    return [ast.If(text, _each(tests, keep), [_refuse(fact, load("value"))])]


def _boolean(fact: str, tests: Tests, _: Keep) -> list[ast.stmt]:
    true = same(load("value"), constant(value=True))
    false = same(load("value"), constant(value=False))
    otherwise = ast.If(false, _given(tests, value=False), [_refuse(fact, load("value"))])
    return [ast.If(true, _given(tests, value=True), [otherwise])]


def _given(tests: Tests, *, value: bool) -> list[ast.stmt]:
    codes = {name: YES if _holds(leaf, value=value) else NO for name, leaf in tests}
    return [assign((name,), constant(code)) for name, code in codes.items()]


def _holds(leaf: Leaf, *, value: bool) -> bool:
    return isinstance(leaf, Compare) and (leaf.value is value) is (leaf.op == "eq")


def _each(tests: Tests, keep: Keep) -> list[ast.stmt]:
    return [assign((name,), pick(_test(leaf, keep), constant(YES), constant(NO))) for name, leaf in tests]


def _test(leaf: Leaf, keep: Keep) -> ast.expr:
    value = load("value")
    match leaf:
        case Compare(_, op, literal):
            return compare(value, (COMPARISONS[op](), _literal(literal, keep)))
        case Between(_, low, high):
            return compare(_literal(low, keep), (ast.LtE(), value), (ast.LtE(), _literal(high, keep)))
        case _:
            return compare(value, (ast.In(), keep(frozenset(leaf.values))))


def _literal(value: Literal_, keep: Keep) -> ast.expr:
    return keep(value) if isinstance(value, Decimal) else constant(value)
