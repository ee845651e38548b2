"""The same conditions as SQL, whose NULL logic is Kleene's: a third implementation that shares no code with the others."""

import sqlite3
from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.logic.checks import Names, evaluation_order
from app.logic.conditions import All, AnyOf, AtLeast, Between, Compare, Condition, Not, OneOf, RuleRef, ScoreRef
from app.logic.scores import Domain, Score
from app.logic.truth import Truth
from app.logic.values import Fact, Known

OPERATORS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
TRUTHS = {1: Truth.TRUE, 0: Truth.FALSE, None: Truth.UNKNOWN}


def sqlite_evaluate(names: Names, patients: Iterable[Mapping[str, Fact]]) -> list[dict[str, Truth]]:
    """The truth of every rule for each patient; a fact that is unknown, or half known, is NULL.

    Each rule and score becomes columns of one more table, so that references are plain column names.
    """
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE t0 (id, {', '.join(names.facts)})")
    rows = [[number, *(_cell(patient.get(fact)) for fact in names.facts)] for number, patient in enumerate(patients)]
    database.executemany(f"INSERT INTO t0 VALUES (?{', ?' * len(names.facts)})", rows)
    order, _ = evaluation_order(names)
    for step, (kind, key) in enumerate(order):
        columns = f"{_sql(names.conditions[key])} AS {key}" if kind == "rule" else _ends(names.scores[key])
        database.execute(f"CREATE TABLE t{step + 1} AS SELECT *, {columns} FROM t{step}")
    answers = database.execute(f"SELECT {', '.join(names.conditions)} FROM t{len(order)} ORDER BY id").fetchall()
    database.close()
    return [{key: TRUTHS[cell] for key, cell in zip(names.conditions, answer, strict=True)} for answer in answers]


def _cell(fact: Fact | None) -> object:
    if not isinstance(fact, Known):
        return None
    return float(fact.value) if isinstance(fact.value, Decimal) else fact.value


def _sql(condition: Condition) -> str:
    match condition:
        case All(items):
            return "(" + " AND ".join(_sql(item) for item in items) + ")"
        case AnyOf(items):
            return "(" + " OR ".join(_sql(item) for item in items) + ")"
        case Not(item):
            return f"(NOT {_sql(item)})"
        case AtLeast(k, items):
            low = " + ".join(f"(CASE WHEN {_sql(item)} THEN 1 ELSE 0 END)" for item in items)
            high = " + ".join(f"(CASE WHEN NOT {_sql(item)} THEN 0 ELSE 1 END)" for item in items)
            return f"(CASE WHEN {low} >= {k} THEN 1 WHEN {high} < {k} THEN 0 END)"
        case Compare(fact, op, value):
            return f"({fact} {OPERATORS[op]} {_literal(value)})"
        case Between(fact, low, high):
            return f"({fact} BETWEEN {_literal(low)} AND {_literal(high)})"
        case OneOf(fact, values):
            return f"({fact} IN ({', '.join(map(_literal, values))}))"
        case RuleRef(rule):
            return rule
        case ScoreRef(score, op, value):
            return _threshold(score, op, value)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _ends(score: Score) -> str:
    low = " + ".join(_best(domain, "CASE WHEN {} THEN {} ELSE 0 END") for domain in score.domains)
    high = " + ".join(_best(domain, "CASE WHEN NOT {} THEN 0 ELSE {} END") for domain in score.domains)
    return f"{low} AS {score.id}_low, {high} AS {score.id}_high"


def _best(domain: Domain, points: str) -> str:
    return f"max(0, {', '.join(points.format(_sql(item.when), item.points) for item in domain.items)})"


def _threshold(score: str, op: str, value: object) -> str:
    """The comparison with every sum from the low to the high end, where these agree."""
    low, high = (f"({score}_{end} {OPERATORS[op]} {value})" for end in ("low", "high"))
    if op in {"eq", "ne"}:
        inside = f"({value} BETWEEN {score}_low AND {score}_high AND {score}_low < {score}_high)"
        return f"(CASE WHEN NOT {inside} THEN {low} END)"
    return f"(CASE WHEN {low} = {high} THEN {low} END)"
