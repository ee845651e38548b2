"""Conditions as data: a small closed set of nodes, without Python callables so that they stay translatable."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from app.logic.values import Number

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge"]
Literal_ = bool | str | Number
Path = tuple[str | int, ...]

OPERATORS: tuple[Operator, ...] = get_args(Operator)
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class All:
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    item: "Condition"


@dataclass(frozen=True, slots=True)
class AtLeast:
    k: int
    items: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    fact: str
    op: Operator
    value: Literal_


@dataclass(frozen=True, slots=True)
class Between:
    """``low <= fact <= high``."""

    fact: str
    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class OneOf:
    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleRef:
    rule: str


@dataclass(frozen=True, slots=True)
class ScoreRef:
    score: str
    op: Operator
    value: Number


Leaf = Compare | Between | OneOf
Condition = All | AnyOf | Not | AtLeast | Leaf | RuleRef | ScoreRef


class ConditionError(ValueError):
    """A condition that cannot be read; ``path`` leads from the condition's root to the fault."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path


def children(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside this one; a reference has none."""
    match condition:
        case All(items) | AnyOf(items) | AtLeast(_, items):
            return items
        case Not(item):
            return (item,)
        case _:
            return ()


def located(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """Every node, outermost first, with the path that ``parse`` would have read it from."""
    yield path, condition
    match condition:
        case Not(item):
            yield from located(item, (*path, "not"))
        case All() | AnyOf() | AtLeast():
            key = {All: "all", AnyOf: "any", AtLeast: "of"}[type(condition)]
            for index, item in enumerate(condition.items):
                yield from located(item, (*path, key, index))


def walk(condition: Condition) -> Iterator[Condition]:
    """Every node, outermost first, in the order written; references are not followed."""
    return (node for _, node in located(condition))


def facts_of(condition: Condition) -> tuple[str, ...]:
    """The facts read by the condition itself, each once, in the order written."""
    return tuple(dict.fromkeys(node.fact for node in walk(condition) if isinstance(node, Leaf)))


def rules_of(condition: Condition) -> tuple[str, ...]:
    """The rules referred to, each once, in the order written."""
    return tuple(dict.fromkeys(node.rule for node in walk(condition) if isinstance(node, RuleRef)))


def scores_of(condition: Condition) -> tuple[str, ...]:
    """The scores referred to, each once, in the order written."""
    return tuple(dict.fromkeys(node.score for node in walk(condition) if isinstance(node, ScoreRef)))


def parse(data: object) -> Condition:
    """Read a condition from the mapping a rule file holds; a fault raises ConditionError with its path."""
    return _condition(data, ())


def _condition(data: object, path: Path) -> Condition:
    if not isinstance(data, Mapping):
        raise ConditionError("a condition is a mapping such as {fact: ...} or {all: [...]}", path)
    if sum(isinstance(step, str) for step in path) >= MAX_DEPTH:
        raise ConditionError(f"conditions are nested more than {MAX_DEPTH} deep", path)
    for head, read in _READERS.items():
        if head in data:
            return read(data, path)
    raise ConditionError(f"a condition starts with one of: {', '.join(_READERS)}", path)


def _all(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("all",), path)
    return All(_items(data["all"], (*path, "all")))


def _any(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("any",), path)
    return AnyOf(_items(data["any"], (*path, "any")))


def _not(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("not",), path)
    return Not(_condition(data["not"], (*path, "not")))


def _at_least(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("at_least", "of"), path)
    if "of" not in data:
        raise ConditionError("at_least needs `of`, the list of conditions to count", path)
    items = _items(data["of"], (*path, "of"))
    k = data["at_least"]
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= len(items):
        raise ConditionError(f"at_least takes a whole number from 1 to {len(items)} here", (*path, "at_least"))
    return AtLeast(int(k), items)


def _fact(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("fact", *OPERATORS, "between", "in"), path)
    fact = _name(data["fact"], (*path, "fact"))
    tests = [str(key) for key in data if key != "fact"]
    if not tests:
        return Compare(fact, "eq", value=True)
    if len(tests) > 1:
        raise ConditionError("a fact takes one comparison; join two with all, or use between", (*path, tests[1]))
    test, place = tests[0], (*path, tests[0])
    if test == "between":
        low, high = _bounds(data[test], place)
        return Between(fact, low, high)
    if test == "in":
        return OneOf(fact, _values(data[test], place))
    return Compare(fact, _operator(test), _literal(data[test], place))


def _rule(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("rule",), path)
    return RuleRef(_name(data["rule"], (*path, "rule")))


def _score(data: Mapping[object, object], path: Path) -> Condition:
    _only(data, ("score", *OPERATORS), path)
    score = _name(data["score"], (*path, "score"))
    tests = [str(key) for key in data if key != "score"]
    if len(tests) != 1:
        raise ConditionError(f"a score takes exactly one of: {', '.join(OPERATORS)}", path)
    return ScoreRef(score, _operator(tests[0]), _number(data[tests[0]], (*path, tests[0])))


_READERS: dict[str, Callable[[Mapping[object, object], Path], Condition]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "at_least": _at_least,
    "fact": _fact,
    "rule": _rule,
    "score": _score,
}


def _only(data: Mapping[object, object], allowed: tuple[str, ...], path: Path) -> None:
    for key in data:
        if key not in allowed:
            raise ConditionError(f"`{key}` cannot stand beside `{allowed[0]}`", (*path, str(key)))


def _operator(text: str) -> Operator:
    return next(op for op in OPERATORS if op == text)


def _sequence(data: object, path: Path) -> list[object]:
    if not isinstance(data, list | tuple) or not data:
        raise ConditionError("a list with at least one entry belongs here", path)
    return list(data)


def _items(data: object, path: Path) -> tuple[Condition, ...]:
    return tuple(_condition(item, (*path, index)) for index, item in enumerate(_sequence(data, path)))


def _values(data: object, path: Path) -> tuple[str, ...]:
    return tuple(_name(item, (*path, index)) for index, item in enumerate(_sequence(data, path)))


def _bounds(data: object, path: Path) -> tuple[Number, Number]:
    if not isinstance(data, list | tuple) or len(data) != 2:  # noqa: PLR2004 - a range has two ends
        raise ConditionError("between takes two numbers: [low, high]", path)
    return _number(data[0], (*path, 0)), _number(data[1], (*path, 1))


def _name(data: object, path: Path) -> str:
    if not isinstance(data, str) or not data:
        raise ConditionError("a name or code belongs here, as text", path)
    return str(data)


def _number(data: object, path: Path) -> Number:
    if isinstance(data, int) and not isinstance(data, bool):
        return int(data)
    if isinstance(data, float | Decimal):
        number = Decimal(str(data))
        if number.is_finite():
            return number
    raise ConditionError("a number belongs here", path)


def _literal(data: object, path: Path) -> Literal_:
    if isinstance(data, bool):
        return data
    if isinstance(data, str):
        return _name(data, path)
    return _number(data, path)
