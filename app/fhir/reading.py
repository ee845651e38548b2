"""What reading gives: a history, where each entry of it came from, what was not understood, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.clinical.history import PatientHistory


@dataclass(frozen=True, slots=True)
class Origin:
    """The resource an entry was read from, and the date that the resource gives; ``instant`` orders results of one day."""

    reference: str
    date: str | None = None
    instant: datetime | None = field(default=None, compare=False, repr=False)


class Unread(NamedTuple):
    """What was not read: the reference of a resource or its place, and why."""

    reference: str
    reason: str


class Why(StrEnum):
    """Why something was not read, or what was concluded about it."""

    MALFORMED = "malformed"
    CODE = "code_not_known"
    TEXT_ONLY = "text_only"
    STATUS = "status_is_no_fact"
    NO_STATUS = "status_not_stated"
    INACTIVE = "not_active"
    UNIT = "unit"
    IMPLAUSIBLE = "implausible"
    VALUE = "value_not_understood"
    NO_VALUE = "no_value"
    NO_DATE = "not_dated"
    FUTURE = "after_the_date_of_assessment"
    STALE = "too_old_to_say_what_is_true_now"
    SUPERSEDED = "an_older_result_than_those_kept"
    REPEATED = "inferred_to_be_the_same_event"
    CONTRADICTED = "contradicted_by_other_entries"
    NOT_HERS = "about_somebody_else"
    NO_SUBJECT = "subject_not_stated"
    UNRESOLVED = "reference_not_resolved"
    TYPE = "type_not_read"
    NOT_A_RESOURCE = "not_a_resource"
    PRECISION = "date_not_exact_enough"
    INTOLERANCE = "an_intolerance_is_no_allergy"
    SEARCH = "search_not_recognised"
    PREGNANCY = "pregnancy_not_identified"
    ASIDE = "no_fact_of_its_own"
    OTHER_FHIR = "shaped_as_another_fhir_version"
    MODIFIED = "modifier_extension_not_known"
    OLDER_VERSION = "a_later_version_was_sent"
    NEGATED = "ruled_out_is_not_carried_over"


class Gap(StrEnum):
    """Four ways of not having data. Only ``empty`` says that somebody looked."""

    ABSENT = "absent"
    EMPTY = "empty"
    FAILED = "failed"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Reading:
    """A history with its provenance: by JSON pointer into the history. ``gaps`` is by section of the history."""

    history: PatientHistory
    provenance: Mapping[str, Origin]
    not_understood: tuple[Unread, ...]
    gaps: Mapping[str, str]
