"""What one comparison says of one fact, in plain form: the reference, and the path for half-known numbers."""

from app.logic.conditions import Between, Compare, Leaf, OneOf, Operator
from app.logic.truth import Truth, of
from app.logic.values import Fact, FactSignature, Interval, Number, Unknown, is_number

_OPPOSITE: dict[Operator, Operator] = {"ne": "eq", "ge": "lt", "gt": "le"}


def span(op: Operator, value: Interval, threshold: Number) -> Truth:
    """TRUE or FALSE if every number of the interval agrees, else UNKNOWN."""
    if op in _OPPOSITE:
        return ~span(_OPPOSITE[op], value, threshold)
    low, high = value.low, value.high
    if op == "lt":
        always, never = high is not None and high < threshold, low is not None and low >= threshold
    else:
        always, never = high is not None and high <= threshold, low is not None and low > threshold
    if op == "eq":
        always, never = low == high == threshold, never or (high is not None and high < threshold)
    return Truth.TRUE if always else Truth.FALSE if never else Truth.UNKNOWN


def leaf_truth(leaf: Leaf, fact: Fact, signature: FactSignature) -> Truth:
    """The truth of a comparison. A known value that is not of the fact's type raises TypeError."""
    if isinstance(fact, Unknown):
        return Truth.UNKNOWN
    if signature.type == "number":
        return number_test(leaf, as_interval(leaf.fact, fact.value))
    wanted = bool if signature.type == "boolean" else str
    if not isinstance(fact.value, wanted):
        raise wrong_type(leaf.fact, fact.value)
    if isinstance(leaf, OneOf):
        return of(fact.value in leaf.values)
    if not isinstance(leaf, Compare):
        raise wrong_type(leaf.fact, fact.value)
    return of((fact.value == leaf.value) is (leaf.op == "eq"))


def number_test(leaf: Leaf, value: Interval) -> Truth:
    """The truth of a comparison of an interval with its thresholds."""
    if isinstance(leaf, Between):
        return span("ge", value, leaf.low) & span("le", value, leaf.high)
    if isinstance(leaf, Compare) and is_number(leaf.value):
        return span(leaf.op, value, leaf.value)
    raise wrong_type(leaf.fact, value)


def as_interval(fact: str, value: object) -> Interval:
    """A number as the interval that holds only it."""
    if is_number(value):
        return Interval(value, value)
    if isinstance(value, Interval) and all(end is None or is_number(end) for end in (value.low, value.high)):
        return value
    raise wrong_type(fact, value)


def wrong_type(fact: str, value: object) -> TypeError:
    """A derivation broke its own declaration; the value itself stays out of the message."""
    return TypeError(f"fact {fact} holds a {type(value).__name__} that does not fit its declared type")
