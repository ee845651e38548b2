"""What changes from one rule set to another: in words, on patients, and so in the number of the version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.authoring.bundle import COLLECTIONS, canonical
from app.authoring.cases import PatientCase
from app.clinical.ruleset import RuleSet
from app.services.behaviour import AGAINST, GIVING, Behaviour, Change, compare
from app.services.population import MUTANTS, SEED, population

Meaning = Literal["none", "patch", "minor", "major"]
ORDER: tuple[Meaning, ...] = ("none", "patch", "minor", "major")
KINDS: Mapping[str, Meaning] = {
    "reversed": "major",
    "withdrawn": "major",
    "decided": "minor",
    "shifted": "minor",
    "gained": "minor",
    "settled": "minor",
    "unsettled": "minor",
}
WORDS = frozenset(
    {
        "text", "title", "says", "note", "question", "cite", "traces", "reviewed_on", "review_by", "effective",
        "formula", "validity", "name", "seen_at", "seen_also", "url", "doi", "pmid", "funding", "grade_as_printed",
        "effect", "topic", "population", "intervention", "manufacturer", "iga_note", "convention", "consulted",
    }
)  # fmt: skip
"""Fields that are read by people only: a change of these alone changes no verdict."""
ONLY_READ = frozenset({"statements", "sources", "monograph", "transparency"})
"""Collections that no condition and no calculation reads."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry that was added, removed or changed, and the fields in which it was."""

    collection: str
    id: str
    what: Literal["added", "removed", "changed"]
    fields: tuple[str, ...]
    only_words: bool

    def __str__(self) -> str:
        named = f": {', '.join(self.fields)}" if self.fields else ""
        return f"{self.collection}/{self.id} {self.what}{named}{' (words only)' if self.only_words else ''}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything between two rule sets. ``because`` says in words why the version is what it is."""

    old: str
    new: str
    edits: tuple[Edit, ...]
    behaviour: Behaviour
    meaning: Meaning
    because: str


def difference(
    old: RuleSet, new: RuleSet, cases: Sequence[PatientCase], size: int = MUTANTS, seed: int = SEED
) -> Difference:
    """Compare two rule sets over ``cases`` and a population of ``size`` made from them; the same for the same seed.

    A population finds reversals, it cannot prove that there are none. So a change that is more than words is minor at least,
    and one that turns a cell of a table round is major, whether or not a patient was found for it.
    """
    edits = tuple(_edits(old.document, new.document))
    behaviour = compare(old, new, population(cases, old, new, size, seed) if edits else ())
    meaning, because = _meaning(edits, behaviour, _turned(old.document, new.document))
    return Difference(old.version, new.version, edits, behaviour, meaning, because)


def _edits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
    for collection in COLLECTIONS:
        before, after = (_by_id(document.get(collection, ())) for document in (old, new))
        for name in sorted(before.keys() - after.keys()):
            yield Edit(collection, name, "removed", (), collection in ONLY_READ)
        for name in sorted(after.keys() - before.keys()):
            yield Edit(collection, name, "added", (), collection in ONLY_READ)
        for name, entry in after.items():
            if name in before and canonical(entry) != canonical(before[name]):
                fields = tuple(_fields(before[name], entry))
                same = collection in ONLY_READ or _bare(before[name]) == _bare(entry)
                yield Edit(collection, name, "changed", fields, same)


def _by_id(entries: Any) -> dict[str, Any]:
    return {str(item.get("id") or item.get("code")): item for item in entries}


def _fields(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Where two entries differ, each with what it was and is where that is short."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield from _fields(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (first, second) in enumerate(zip(before, after, strict=True)):
            if first != second:
                name = second.get("id", index) if isinstance(second, dict) else index
                yield from _fields(first, second, f"{path}[{name}]")
    else:
        yield f"{path} {_short(before)} -> {_short(after)}"


SHORT = 80


def _short(value: Any) -> str:
    text = "none" if value is None else canonical(value).decode()
    return text if len(text) <= SHORT else f"{text[: SHORT - 3]}..."


def _bare(entry: Any) -> Any:
    """An entry without its words."""
    if isinstance(entry, dict):
        return {key: _bare(value) for key, value in entry.items() if key not in WORDS}
    if isinstance(entry, list):
        return [_bare(item) for item in entry]
    return entry


def _turned(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Cells of status tables that allowed IVIG and now speak against it, or the other way round."""
    before, after = _cells(old), _cells(new)
    return [
        name
        for name in before.keys() & after.keys()
        if (before[name] in GIVING and after[name] in AGAINST) or (before[name] in AGAINST and after[name] in GIVING)
    ]


def _cells(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{rule['id']}/{row['id']}/{column}": cell["status"]
        for rule in document["rules"]
        for row in rule.get("rows", ())
        for column, cell in row["cells"].items()
    }


def _meaning(edits: Sequence[Edit], behaviour: Behaviour, turned: Sequence[str]) -> tuple[Meaning, str]:
    if not edits:
        return "none", "the two are the same"
    if turned:
        return "major", f"the table cell {min(turned)} is turned round"
    found = [_weight(change) for change in behaviour.changes]
    if not all(edit.only_words for edit in edits):
        found.append(("minor", "conditions or values changed, and no patient was found whose answer reverses"))
    return max((*found, ("patch", "only words changed")), key=lambda item: ORDER.index(item[0]))


def _weight(change: Change) -> tuple[Meaning, str]:
    level: Meaning = "major" if change.kind == "lost" and change.safety else KINDS.get(change.kind, "minor")
    return level, f"{change.where}: {change.before} -> {change.after} ({change.kind})"


def proposed(latest: str, meaning: Meaning) -> str:
    """The number of the version after ``latest``, by what changes."""
    major, minor, patch = map(int, latest.split("."))
    match meaning:
        case "major":
            return f"{major + 1}.0.0"
        case "minor":
            return f"{major}.{minor + 1}.0"
        case "patch":
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return latest
