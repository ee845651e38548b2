"""Investigations that looked for a cause: each is a code, normal or abnormal, once it was examined."""

from collections.abc import Iterable
from functools import partial

from app.clinical.catalogue import Case, Coding, Entry, declare_entry, fact
from app.clinical.history import Section
from app.clinical.result_sections import Finding, Investigation
from app.logic.values import Fact, Known, Reason, Unknown

RESULTS = (Finding.NORMAL.value, Finding.ABNORMAL.value)


def entries_of(case: Case, code: str) -> dict[str, Investigation]:
    """The entries of one investigation, by their place in the request."""
    return {f"/investigations/{index}": item for index, item in case.coded(Section.INVESTIGATIONS, code)}


def read_investigation(case: Case, code: str) -> Fact:
    """Normal or abnormal. Not examined, or not listed, is unknown; a normal and an abnormal entry conflict."""
    found = entries_of(case, code)
    if not found:
        return case.absent(Section.INVESTIGATIONS)
    said = {place: item.result.value for place, item in found.items() if item.result is not Finding.NOT_EXAMINED}
    if not said:
        return Unknown(Reason.NOT_RECORDED, tuple(found))
    results = set(said.values())
    return Known(results.pop(), tuple(said)) if len(results) == 1 else Unknown(Reason.CONFLICTING, tuple(said))


def declare_investigation(code: str, title: str, question: str, codes: Iterable[Coding] = ()) -> None:
    """Declare an investigation together with its fact ``investigation.x``, a code: normal or abnormal."""
    coded = tuple(codes)
    declare_entry(Entry(Section.INVESTIGATIONS, code, title, codes=coded))
    declare = fact(
        f"investigation.{code}",
        "code",
        question=question,
        values=RESULTS,
        read_from=(Section.INVESTIGATIONS.value,),
        codes=coded,
    )
    declare(partial(read_investigation, code=code))
