"""All that can be wrong with a knowledge folder beyond its shape, at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TypeVar

from app.authoring.card_faults import card_faults
from app.authoring.cases import Cases, load_cases
from app.authoring.coverage import case_faults, coverage_faults
from app.authoring.funding_faults import funding_faults
from app.authoring.limits import limit_faults, unit_faults
from app.authoring.loader import Loaded, Piece, load
from app.authoring.logic_faults import logic_faults, parameter_faults
from app.authoring.ranges import Ranges, load_ranges
from app.authoring.references import reference_faults
from app.authoring.support_faults import dead_facts, stance_faults, unused_statements
from app.authoring.tables import date_faults, overdue, table_faults
from app.authoring.transparency_faults import transparency_faults
from app.authoring.windows import window_faults
from app.authoring.words import load_banned, word_faults
from app.errors import ContentError, Diagnostic

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; only ``errors`` stand in the way of publication. ``loaded`` is None when the files cannot be read."""

    loaded: Loaded | None
    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...] = ()


def check(directory: FilePath, today: date) -> Report:
    """Load a knowledge folder with its cases and banned phrases, and lint it. Raises nothing for faults of content."""
    faults: list[Diagnostic] = []
    loaded = _read(load, directory, faults)
    cases = _read(load_cases, directory, faults)
    banned = _read(load_banned, directory, faults)
    ranges = _read(load_ranges, directory, faults)
    if loaded is None or cases is None or banned is None or ranges is None:
        return Report(loaded, tuple(sorted(faults, key=_place)))
    return lint(loaded, cases, banned, today, ranges.by_fact)


def _read(reader: Callable[[FilePath], T], directory: FilePath, faults: list[Diagnostic]) -> T | None:
    try:
        return reader(directory)
    except ContentError as error:
        faults.extend(error.diagnostics)
        return None


def lint(
    loaded: Loaded, cases: Cases, banned: tuple[Piece, ...], today: date, ranges: Ranges = MappingProxyType({})
) -> Report:
    """Every fault of a knowledge folder whose files could be read, in the order of files and lines."""
    errors = (
        *reference_faults(loaded, banned),
        *table_faults(loaded),
        *funding_faults(loaded),
        *transparency_faults(loaded),
        *card_faults(loaded),
        *date_faults(loaded),
        *logic_faults(loaded),
        *parameter_faults(loaded),
        *limit_faults(loaded, ranges),
        *unit_faults(loaded),
        *word_faults(loaded, (piece.model for piece in banned)),
        *case_faults(loaded, cases),
        *coverage_faults(loaded, cases),
        *window_faults(loaded),
        *stance_faults(loaded, cases),
    )
    warnings = (*overdue(loaded, today), *unused_statements(loaded, banned), *dead_facts(loaded, cases))
    return Report(loaded, tuple(sorted(errors, key=_place)), tuple(sorted(warnings, key=_place)))


def _place(item: Diagnostic) -> tuple[str, int, int, str, str]:
    return item.file, item.line, item.column, item.code, item.message
