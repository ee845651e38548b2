"""What is said about how a request was read: what was not understood, what is missing, what a form replaced."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.fhir.names import Json
from app.fhir.origin import FHIR_REFERENCE, refer
from app.fhir.outcome import expression, issue
from app.fhir.reading import Origin, Unread, Why
from app.fhir.response import Answers

_NOT_READ = "This was sent and not read, or not as it stands."
_WORDS: Mapping[str, str] = {
    Why.PREGNANCY: "A complication of an earlier pregnancy; the chart does not say of which. "
    "In which pregnancy was it, at which gestation, and how did that pregnancy end?",
    Why.ASIDE: "Facts are read from the Conditions, Observations and Procedures of an encounter or episode of care, not from itself.",
    Why.OTHER_FHIR: "It has elements that FHIR R4 does not have; what they say, or negate, is not known here.",
    Why.MODIFIED: "It holds a modifier extension, which may turn its meaning round and is not known here.",
    Why.SEARCH: "A search found nothing, and its key does not say what was searched for.",
}
"""What is said where more can be said than that it was not read."""


def unread(items: Iterable[Unread], root: str, bundle: str, extra: Sequence[str]) -> Iterator[Json]:
    """The remarks on what was not read: one for each reason, with every place; and one more for each thing without a place.

    ``bundle`` and ``extra`` are the pointers of what was sent.
    """
    places: dict[str, list[str]] = {}
    for item in dict.fromkeys(items):
        where = place_of(item.reference, root, bundle, extra)
        if where:
            places.setdefault(item.reason, []).append(where)
        else:
            yield _not_read(item.reason)
    for reason, found in places.items():
        yield _not_read(reason) | {"expression": list(dict.fromkeys(found))}


def _not_read(reason: str) -> Json:
    return issue("warning", "not-supported", reason, _WORDS.get(reason, _NOT_READ))


def place_of(reference: str, root: str, bundle: str = "", extra: Sequence[str] = ()) -> str | None:
    """A reference or a place of the reader as FHIRPath; None for an id that is no FHIR id, which is not repeated."""
    named = FHIR_REFERENCE.fullmatch(reference)
    if named:
        inside = "Bundle.entry.resource" if root == "Bundle" else "Parameters.parameter.resource"
        return f"{inside}.descendants().where(resourceType = '{named[1]}' and id = '{named[2]}')"
    found = re.fullmatch(r"/extra/(\d+)((?:/entry/\d+)*)", reference, re.ASCII)
    if found:
        number = int(found[1])
        return expression(f"{extra[number]}{found[2]}", root) if number < len(extra) else None
    return expression(f"{bundle}{reference}", root) if re.fullmatch(r"(/entry/\d+)+", reference, re.ASCII) else None


_GAPS = {
    "absent": ("information", "Nothing was sent for this section: it is not known."),
    "empty": ("information", "The search was answered and found nothing: not recorded, which is not the same as none."),
    "failed": ("warning", "The search failed: this section is not known."),
    "partial": ("warning", "Only part of this section arrived: what is not in it is not known."),
}


def gap_of(section: str, gap: str) -> Json:
    """The remark on a section that did not arrive, or not wholly."""
    severity, text = _GAPS[gap]
    return issue(severity, "incomplete", f"{gap}_{section}", f"{section.replace('_', ' ').capitalize()}: {text}")


def form_remarks(answers: Answers, replaces: Iterable[str], root: str) -> Iterator[Json]:
    """The remarks on one form."""
    for pointer, reason in answers.not_understood:
        yield issue("warning", "not-supported", reason, "This answer was sent and not read.", pointer, root)
    for pointer in replaces:
        yield issue(
            "warning",
            "conflict",
            "replaces_chart",
            "This answer was used in place of what the chart says.",
            pointer,
            root,
        )


def used(provenance: Mapping[str, Origin]) -> list[Json]:
    """From which resource each part of the history was read."""
    return [
        {"name": pointer.lstrip("/").replace("/", "."), "valueReference": refer(origin)}
        for pointer, origin in provenance.items()
        if FHIR_REFERENCE.fullmatch(origin.reference)
    ]
