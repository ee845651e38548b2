"""The status table of an indication, and what is known about paying for it."""

from typing import Literal

from pydantic import Field

from app.clinical.content import Cited, Content, Id, RuleBase, Text, When
from app.clinical.stances import FundingStatus, Status


class Cell(Cited):
    """What one row of a candidacy table concludes in one column; ``decides`` are the statements that decide it."""

    status: Status
    decides: tuple[Id, ...] = ()


class Row(Content):
    id: Id
    when: When
    cells: dict[str, Cell]


class Candidacy(RuleBase):
    """A status table, read from the top. Column names map to jurisdictions; "*" as a jurisdiction takes all that are not named.

    ``arises`` FALSE -> ``does_not_arise``; UNKNOWN -> undetermined. A row whose condition is UNKNOWN stays possible:
    the status is what all possible rows agree on, otherwise undetermined. A cell under "*" serves all columns not named in the row.
    """

    kind: Literal["candidacy"]
    unprompted: bool = Field(
        default=True,
        description="False: shown only where it certainly arises, or where the sender asks for the indication.",
    )
    arises: When
    does_not_arise: Cell
    negative: Cited
    undetermined: Cited
    columns: dict[str, tuple[str, ...]]
    no_national_position: Cited | None = None
    rows: tuple[Row, ...] = Field(min_length=1)


class Funding(RuleBase):
    """What is known about paying for IVIG in one place. Empty ``applies_to`` serves every indication not named there.

    A rule without a ``route`` takes that of the rule for all other indications of its place.
    ``criteria`` are ids of criterion rules, all required: one that is FALSE makes it criteria_not_met, said by ``not_met``.
    ``not_included`` are ids of notes on criteria of the issuer that this service does not hold: unknown whatever is sent.
    ``decides`` are the statements that decide the status; ``cite`` where it is left out.
    """

    kind: Literal["funding"]
    status: FundingStatus
    when: When | None = None
    text: Text
    route: Cited | None = None
    decides: tuple[Id, ...] = ()
    criteria: tuple[Id, ...] = ()
    not_included: tuple[Id, ...] = ()
    not_met: Cited | None = None
