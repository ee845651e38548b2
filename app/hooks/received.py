"""What a call brought with it, as the cards say it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Received:
    """Sections of the history by what became of their search; ``not_understood`` counts entries that were not used."""

    absent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    not_understood: int = 0

    @classmethod
    def of(cls, gaps: Mapping[str, str], not_understood: int) -> "Received":
        """From the reader's gaps: section of the history -> absent, failed, partial or empty."""

        def named(state: str) -> tuple[str, ...]:
            return tuple(section.replace("_", " ") for section, found in gaps.items() if found == state)

        return cls(named("absent"), named("failed"), named("partial"), named("empty"), not_understood)
