"""What would settle the open verdicts, as it is sent."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.clinical.history import Indication
from app.clinical.parts import CodingShape, Evidence, JsonNumber, RuleSetName, Tri
from app.clinical.stances import Status


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers that no rule tells apart; an end that is null is open."""

    minimum: Annotated[JsonNumber | None, Field(description="Lower end; null where there is none.")]
    minimum_included: Annotated[bool, Field(description="Whether the lower end belongs to the range.")]
    maximum: Annotated[JsonNumber | None, Field(description="Upper end; null where there is none.")]
    maximum_included: Annotated[bool, Field(description="Whether the upper end belongs to the range.")]


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """One possible answer, and the verdict it leads to; exactly one of `yes`, `code` and `range` is not null."""

    yes: Annotated[bool | None, Field(description="A yes-or-no answer.")]
    code: Annotated[str | None, Field(description="A code; `another-code` stands for all that no rule names.")]
    range: Annotated[NumberRange | None, Field(description="A range of numbers, in the unit of the question.")]
    settled: Annotated[
        bool,
        Field(
            description="Whether this answer settles the verdict. Only an absolute contraindication still unknown could then "
            "override it; those are always among the safety questions."
        ),
    ]
    status: Annotated[Status, Field(description="The status with this answer.")]
    possible: Annotated[tuple[Status, ...], Field(description="The statuses that remain possible with this answer.")]
    decided_by: Annotated[
        tuple[str, ...], Field(description="The rules, or rows of the status table, that decide then.")
    ]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SettlingFact:
    """One missing fact that settles a verdict by itself, with what each answer makes of it."""

    fact: Annotated[str, Field(description="Fact id; see /v1/facts.", examples=["pregnancy.gestation_days"])]
    question_id: Annotated[str, Field(description="The question of `missing` in an assessment that asks for it.")]
    question: Annotated[str, Field(description="What to ask a clinician.")]
    unit: Annotated[str | None, Field(description="UCUM unit of a number.")]
    codes: Annotated[tuple[CodingShape, ...], Field(description="Codes under which an EHR may hold it.")]
    settles: Annotated[
        Literal["any_answer", "some_answers"],
        Field(description="`any_answer`: the verdict is settled whatever the answer; `some_answers`: by some only."),
    ]
    answers: Annotated[
        tuple[AnswerOutcome, ...],
        Field(description="Every answer that rules can tell apart; numbers from low to high, equal outcomes joined."),
    ]


@dataclass(frozen=True, slots=True)
class OpenVerdict:
    """A verdict that waits for facts."""

    indication: Annotated[Indication, Field(description="The indication it is about.")]
    arises: Annotated[Tri, Field(description="Whether the question arises for this patient.")]
    status: Annotated[Status, Field(description="`undetermined`; or `conflicting`, which choosing a place settles.")]
    possible: Annotated[tuple[Status, ...], Field(description="The statuses it can still become.")]
    open_facts: Annotated[
        tuple[str, ...], Field(description="All missing facts that bear on it, whether or not they settle it alone.")
    ]
    settled_by: Annotated[
        tuple[SettlingFact, ...],
        Field(description="Missing facts of which an answer settles it alone; those that do so with any answer first."),
    ]


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """One question of the smallest set."""

    fact: Annotated[str, Field(description="Fact id; see /v1/facts.", examples=["losses.count_all"])]
    question_id: Annotated[str, Field(description="The question of `missing` in an assessment that asks for it.")]
    question: Annotated[str, Field(description="What to ask a clinician.")]
    unit: Annotated[str | None, Field(description="UCUM unit of a number.")]


@dataclass(frozen=True, slots=True)
class SmallestSet:
    """Questions that settle every `undetermined` verdict together, whatever is answered."""

    questions: Annotated[tuple[SetQuestion, ...], Field(description="The questions, each once.")]
    method: Annotated[
        Literal["exact", "greedy"],
        Field(
            description="`exact`: no smaller set settles all; `greedy`: too many facts are open to look at every set, so a "
            "smaller one may exist. Either set settles all, whatever is answered."
        ),
    ]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would settle the verdicts that are still open. Facts are answered one by one, as if independent of each other."""

    as_of: Annotated[date, Field(description="Date for which it holds.")]
    jurisdiction: Annotated[str | None, Field(description="The place chosen, if any.")]
    rule_set: Annotated[RuleSetName, Field(description="Which knowledge answered.")]
    engine_version: Annotated[str, Field(description="Version of the service.")]
    open: Annotated[tuple[OpenVerdict, ...], Field(description="Every open verdict; empty when all are settled.")]
    smallest_set: SmallestSet
