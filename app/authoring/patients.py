"""A made-up patient in one line, as a case would write her."""

from collections.abc import Mapping

from app.logic.values import Fact, Interval, Known


def plain(facts: Mapping[str, Fact]) -> str:
    """A patient's facts; nothing is said of what is left out, which is unknown."""
    return ", ".join(f"{name}: {_plain(fact)}" for name, fact in sorted(facts.items())) or "nothing known"


def _plain(fact: Fact) -> str:
    value = fact.value if isinstance(fact, Known) else "unknown"
    if isinstance(value, Interval):
        return f"{{minimum: {value.low}, maximum: {value.high}}}"
    return str(value).lower() if isinstance(value, bool) else str(value)
