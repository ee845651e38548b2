"""From what the readers found to the history and its provenance."""

from collections.abc import Mapping
from typing import Any

from app.clinical.history import PatientHistory, Section
from app.clinical.sections import Patient
from app.fhir.draft import MOST_OF_A_SECTION, Draft
from app.fhir.reading import Gap, Origin, Reading, Unread, Why

_PATIENT = frozenset(Patient.model_fields)
_SHORT = {"pregnancies": 60, "embryo_transfers": 60, "thrombotic_events": 60, "investigations": 60, "immunisations": 60,
          "previous_ivig": 60}  # fmt: skip
_OLDEST_FIRST = frozenset({"pregnancies", "embryo_transfers"})


def finish(draft: Draft, gaps: Mapping[str, str], jurisdiction: str | None) -> Reading:
    """The history with where each entry stands in it. An answered search without entries is a section that was sent."""
    provenance: dict[str, Origin] = {}
    given: dict[str, Any] = {}
    for section in Section:
        entries = _kept(draft, section.value)
        if entries or _answered(section.value, gaps):
            given[section.value] = tuple(entry for entry, _ in entries)
        provenance |= {f"/{section.value}/{index}": source for index, (_, source) in enumerate(entries)}
    own = {name: value for name, (value, _) in draft.fields.items() if name in _PATIENT}
    single = {name: value for name, (value, _) in draft.fields.items() if name not in _PATIENT}
    for name, (_, source) in draft.fields.items():
        provenance[f"/patient/{name}" if name in _PATIENT else f"/{name}"] = source
    failed = tuple(item for item in Section if gaps.get(item.value) in {Gap.FAILED, Gap.PARTIAL})
    history = PatientHistory(
        as_of=draft.as_of,
        jurisdiction=jurisdiction,
        patient=Patient(**own),
        complete_sections=tuple(Section(name) for name in sorted(draft.vouched - {item.value for item in failed})),
        failed_sections=failed,
        **single,
        **given,
    )
    return Reading(history, provenance, tuple(dict.fromkeys(draft.unread)), dict(gaps))


_ANSWERED = frozenset({"conditions", "medications", "allergies", "laboratory", "immunisations"})
"""Sections that an answered search wholly stands for: what it does not hold is not recorded, rather than not sent."""


def _answered(section: str, gaps: Mapping[str, str]) -> bool:
    return section in _ANSWERED and gaps.get(section, Gap.EMPTY) in {Gap.EMPTY, Gap.PARTIAL}


def _kept(draft: Draft, section: str) -> list[tuple[Any, Origin]]:
    """As many entries as the section takes, the newest of them; in the order of the section."""
    entries = draft.entries.get(section, [])
    most = _SHORT.get(section, MOST_OF_A_SECTION)
    if len(entries) > most or section in _OLDEST_FIRST:
        entries = sorted(entries, key=lambda item: item[1].date or "")
        draft.unread += [Unread(source.reference, Why.SUPERSEDED) for _, source in entries[:-most]]
        entries = entries[-most:]
    return entries
