"""The history in the making: entries with their origins, and what could not be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from app.fhir.bundle import Collected, Resource
from app.fhir.reading import Origin, Unread, Why
from app.fhir.terminology import Terminology
from app.fhir.walk import When

MOST_OF_A_SECTION = 200


@dataclass(slots=True)
class Draft:
    """Collects what the readers find. ``entries`` are by section, ``fields`` by path of a single value."""

    terms: Terminology
    collected: Collected
    as_of: date | None
    entries: dict[str, list[tuple[Any, Origin]]] = field(default_factory=dict)
    fields: dict[str, tuple[Any, Origin]] = field(default_factory=dict)
    vouched: set[str] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    found: dict[str, list[Any]] = field(default_factory=dict)
    pregnancy_began: date | None = None

    def add(self, section: str, make: Callable[[], Any], resource: Resource, at: When | None = None) -> bool:
        """Take up an entry of a list section; what the section cannot hold is listed."""
        try:
            entry = make()
        except ValidationError:
            return self.skip(resource, Why.VALUE)
        self.put(section, entry, resource, at)
        return True

    def put(self, section: str, entry: Any, resource: Resource, at: When | None = None) -> None:
        """Take up an entry that is made already."""
        self.entries.setdefault(section, []).append((entry, origin(resource, at)))

    def skip(self, resource: Resource, why: Why) -> bool:
        """List a resource as not read."""
        self.unread.append(Unread(resource.reference, why))
        return False

    def future(self, at: When | None) -> bool:
        """Whether a date certainly lies after the assessment."""
        return at is not None and self.as_of is not None and at.first > self.as_of


def origin(resource: Resource, at: When | None = None) -> Origin:
    """Where an entry comes from."""
    return Origin(resource.reference, at.on if at else None)
