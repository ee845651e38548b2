"""Sections of a history that time-critical indications need: exposures to infection, and acute neurological disease."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.clinical.scalars import PartialDate, Wire

ClockTime = Annotated[
    str,
    Field(
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Local time of day, HH:MM, in the time zone of the assessment.",
        examples=["14:30"],
    ),
]


class ExposureAgent(StrEnum):
    MEASLES = "measles"
    VARICELLA = "varicella"


class Exposure(Wire):
    """One contact with an infectious person. List each contact that is in question; hours are counted from the latest."""

    agent: ExposureAgent = Field(description="Infection of the contact person.", examples=["measles"])
    on: PartialDate | None = Field(None, description="Day of the contact; its last day where it went on for days.")
    time: ClockTime | None = Field(None, description="Time of the contact, HH:MM; only together with a full date.")
    specific_immunoglobulin_available: bool | None = Field(
        None,
        description="Varicella only: whether specific globulin (VZIG, VariZIG) can be had within 10 days of the contact.",
    )


class GuillainBarre(Wire):
    """Guillain-Barre syndrome. Sending this section says that it was diagnosed."""

    onset: PartialDate | None = Field(None, description="Day of the first weakness or other first sign.")
    walks: bool | None = Field(None, description="Whether she still walks; false when she is not ambulant.")


class MyastheniaState(StrEnum):
    """State of myasthenia gravis; ``worsening`` where its severity is not known."""

    CRISIS = "crisis"
    WORSENING_MODERATE_SEVERE = "worsening_moderate_severe"
    WORSENING_MILD = "worsening_mild"
    WORSENING = "worsening"
    STABLE = "stable"


class Myasthenia(Wire):
    """Myasthenia gravis. Sending this section says that it was diagnosed."""

    state: MyastheniaState | None = Field(None, description="State on the date of assessment, by the clinician.")


class Neurology(Wire):
    """Neurological disease for which immunoglobulin may be in question."""

    guillain_barre: GuillainBarre | None = None
    myasthenia: Myasthenia | None = None
