"""From what the readers found to the history and its provenance."""

from collections.abc import Mapping
from typing import Any

from app.clinical.history import PatientHistory, Section
from app.clinical.sections import Patient
from app.fhir.draft import Draft
from app.fhir.kept import kept
from app.fhir.reading import Gap, Origin, Reading

_PATIENT = frozenset(Patient.model_fields)


def finish(draft: Draft, gaps: Mapping[str, str], jurisdiction: str | None) -> Reading:
    """The history with where each entry stands in it. An answered search without entries is a section that was sent."""
    provenance: dict[str, Origin] = {}
    given: dict[str, Any] = {}
    for section in Section:
        entries = kept(draft, section.value)
        if entries or _answered(section.value, gaps):
            given[section.value] = tuple(entry for entry, _ in entries)
        provenance |= {f"/{section.value}/{index}": source for index, (_, source) in enumerate(entries)}
    own = {name: value for name, (value, _) in draft.fields.items() if name in _PATIENT}
    single = {name: value for name, (value, _) in draft.fields.items() if name not in _PATIENT}
    for name, (_, source) in draft.fields.items():
        provenance[f"/patient/{name}" if name in _PATIENT else f"/{name}"] = source
    provenance |= {f"/{name}": source for name, source in draft.vouched.items()}
    failed = tuple(item for item in Section if gaps.get(item.value) in {Gap.FAILED, Gap.PARTIAL})
    history = PatientHistory(
        as_of=draft.as_of,
        jurisdiction=jurisdiction,
        patient=Patient(**own),
        complete_sections=tuple(
            Section(name) for name in sorted(draft.vouched.keys() - {item.value for item in failed})
        ),
        failed_sections=failed,
        **single,
        **given,
    )
    return Reading(history, provenance, tuple(dict.fromkeys(draft.unread)), dict(gaps))


_ANSWERED = frozenset({"conditions", "medications", "allergies", "laboratory", "immunisations"})
"""Sections that an answered search wholly stands for: what it does not hold is not recorded, rather than not sent."""


def _answered(section: str, gaps: Mapping[str, str]) -> bool:
    return section in _ANSWERED and gaps.get(section, Gap.EMPTY) in {Gap.EMPTY, Gap.PARTIAL}
