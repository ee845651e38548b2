"""Which of many entries a section of the history keeps: it is bounded, and one answer to a question is enough."""

from collections.abc import Callable, Mapping
from typing import Any

from app.fhir.draft import Draft
from app.fhir.reading import Origin, Unread, Why

Entry = tuple[Any, Origin]
MOST = 200
_SHORT: Mapping[str, int] = {
    "pregnancies": 60,
    "embryo_transfers": 60,
    "thrombotic_events": 60,
    "investigations": 60,
    "immunisations": 60,
    "previous_ivig": 60,
}
_BY_NAME: Mapping[str, Callable[[Any], Any]] = {
    "laboratory": lambda entry: entry.test,
    "antiphospholipid_tests": lambda entry: entry.assay,
}
_ONCE: Mapping[str, Callable[[Any], Any]] = {
    "conditions": lambda entry: (entry.code, entry.status),
    "medications": lambda entry: (entry.code, entry.status),
    "allergies": lambda entry: (entry.code, entry.status),
    "investigations": lambda entry: (entry.code, entry.result),
    "previous_ivig": lambda entry: (entry.on, entry.product),
    "immunisations": lambda entry: (entry.vaccine, entry.on),
}


def kept(draft: Draft, section: str) -> list[Entry]:
    """The entries of a section, oldest first where dated; what is left out is listed."""
    entries = draft.entries.get(section, [])
    if section == "laboratory":
        entries = _last_of_each_day(draft, entries)
    entries = sorted(entries, key=lambda entry: entry[1].date or "")
    if section in _ONCE:
        entries = list({_ONCE[section](entry): (entry, source) for entry, source in entries}.values())
    most = _SHORT.get(section, MOST)
    if len(entries) <= most:
        return entries
    ranked = _ranked(entries, _BY_NAME.get(section))
    left = {id(item) for item in ranked[most:]}
    draft.unread += [Unread(item[1].reference, Why.SUPERSEDED) for item in ranked[most:]]
    return [item for item in entries if id(item) not in left]


def _ranked(entries: list[Entry], name: Callable[[Any], Any] | None) -> list[Entry]:
    """Newest first; where entries have names, the newest of each before the second newest of any."""
    newest = entries[::-1]
    if name is None:
        return newest
    seen: dict[Any, int] = {}
    ranks = []
    for entry, _ in newest:
        seen[name(entry)] = seen.get(name(entry), 0) + 1
        ranks.append(seen[name(entry)])
    return [item for _, item in sorted(zip(ranks, newest, strict=True), key=lambda ranked: ranked[0])]


def _last_of_each_day(draft: Draft, entries: list[Entry]) -> list[Entry]:
    """Of results of one test and day whose instants are all known, the last: the history knows days only."""
    days: dict[tuple[str, str | None], list[Entry]] = {}
    for item in entries:
        days.setdefault((item[0].test, item[0].on), []).append(item)
    found: list[Entry] = []
    for (_, on), same in days.items():
        instants = [source.instant for _, source in same]
        if on is None or len(same) == 1 or any(instant is None for instant in instants):
            found += same
            continue
        last = max(instant for instant in instants if instant is not None)
        found += [item for item in same if item[1].instant == last]
        draft.unread += [Unread(item[1].reference, Why.SUPERSEDED) for item in same if item[1].instant != last]
    return found
