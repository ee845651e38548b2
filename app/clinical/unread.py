"""What was sent and not read: codes that the catalogue does not know."""

from collections.abc import Iterator

from app.clinical.assessment import NotUnderstood
from app.clinical.catalogue import CODED, understands
from app.clinical.history import PatientHistory


def not_understood(history: PatientHistory) -> Iterator[NotUnderstood]:
    """The entries of coded sections whose code no fact reads, by their place in the request."""
    for section, attribute in CODED.items():
        for index, item in enumerate(getattr(history, section.value) or ()):
            if not understands(section, getattr(item, attribute)):
                yield NotUnderstood(f"/{section.value}/{index}/{attribute}", "code_not_in_catalogue")
