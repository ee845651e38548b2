"""What every part of an infusion plan says: its sentences, and the reasons for refusing one."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.clinical.parts import Evidence

Words = Annotated[str, Field(description="The sentence, for a clinician.")]


Convention = Annotated[bool, Field(description="True for a limit or habit of this service that no source prints.")]


NoteId = Annotated[str, Field(description="Rule id, served at /v1/rules/{id}.", examples=["plan-bounds"])]


@dataclass(frozen=True, slots=True)
class PlanSentence:
    """A cited sentence of the plan."""

    id: NoteId
    text: Words
    convention: Convention
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why nothing was computed."""

    id: Annotated[str, Field(description="Rule id of the reason.", examples=["refuse-rate-unknown"])]
    fields: Annotated[
        tuple[str, ...],
        Field(description="JSON pointers to what stands in the way; empty for the patient.", examples=[["/product"]]),
    ]
    text: Words
    convention: Convention
    evidence: Evidence
