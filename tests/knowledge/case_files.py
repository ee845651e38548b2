"""The cases beside the knowledge, as data."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.authoring.loader import BUNDLED
from app.authoring.yaml_source import Source
from app.logic.values import Fact, Interval, Known

FILES = sorted((BUNDLED / "cases").glob("*.yaml"))


def entries(key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entries of one kind over all files, each with a name for the test report."""
    for path in FILES:
        source = Source(path, BUNDLED)
        assert source.fault is None, source.fault
        for index, entry in enumerate(source.data.get(key, ())):
            name = entry.get("id") or f"{entry.get('rule') or entry.get('score')}-{entry.get('expect')}-{index}"
            yield f"{path.stem}:{name}", entry


def fact_of(value: Any) -> Fact:
    """A fact given directly in a case."""
    if isinstance(value, dict):
        return Known(Interval(value.get("minimum"), value.get("maximum")))
    return Known(value if isinstance(value, bool | str | int | Decimal) else str(value))
