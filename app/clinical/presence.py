"""Facts that are simply present or absent: conditions, medications and allergies by code."""

from collections.abc import Iterable, Sequence

from app.clinical.catalogue import Case, Coding, Entry, World, declare_entry, fact
from app.clinical.history import Section
from app.logic.values import Fact, Known, Reason, Unknown

_PREFIX = {Section.CONDITIONS: "condition", Section.MEDICATIONS: "medication", Section.ALLERGIES: "allergy"}
_YES = frozenset({"present", "active"})


def read_presence(case: Case, section: Section, codes: Sequence[str]) -> Fact:
    """Whether any of ``codes`` is present in the section; absent only when each of them is known to be absent.

    One entry that says yes and one that says no about one code conflict: that code is then unknown, never the milder of the two.
    """
    read = [read_code(case, section, code) for code in codes]
    sources = tuple(dict.fromkeys(place for item in read for place in item.sources))
    if any(isinstance(item, Known) and item.value is True for item in read):
        return Known(True, sources)
    return next((item for item in read if isinstance(item, Unknown)), Known(False, sources))


def read_code(case: Case, section: Section, code: str) -> Fact:
    """Whether one code is present in the section."""
    found = {f"/{section.value}/{index}": item.status.value in _YES for index, item in case.coded(section, code)}
    if not found:
        return Known(False, (f"/{section.value}",)) if case.complete(section) else case.absent(section)
    if len(set(found.values())) > 1:
        return Unknown(Reason.CONFLICTING, tuple(found))
    return Known(any(found.values()), tuple(found))


def declare_presence(section: Section, code: str, title: str, question: str, codes: Iterable[Coding] = ()) -> None:
    """Declare a code of a list section together with its fact, ``condition.x``, ``medication.x`` or ``allergy.x``."""
    coded = tuple(codes)
    declare_entry(Entry(section, code, title, codes=coded))
    declare = fact(
        f"{_PREFIX[section]}.{code}",
        "boolean",
        question=question,
        world=World.CLOSED,
        read_from=(section.value,),
        codes=coded,
    )
    declare(lambda case: read_code(case, section, code))
