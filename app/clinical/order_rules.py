"""Rules about an order and its time: the sentences of an infusion plan, the dosing weight, the time to start."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.clinical.content import FactId, RuleBase, Text, When


class PlanNote(RuleBase):
    """A sentence of the infusion plan, shown in the situation its id names: a basis, a caution, a refusal.

    ``when`` names the rules it rests on, where it rests on any. ``convention`` marks a limit or habit of this service that no
    source prints; what is cited then stands beside it.
    """

    kind: Literal["plan_note"]
    when: When | None = None
    convention: bool = False
    text: Text


class DosingWeight(RuleBase):
    """Which weight a place doses by. ``factor`` names the parameter of an adjusted weight; None: the issuer names none.

    ``only_for`` an indication; ``in_pregnancy`` lifts the rule that pregnant women are dosed by actual weight. With ``from_bmi``
    (kg/m2, included) or ``above_kg`` the rule holds only there, and actual weight below.
    """

    kind: Literal["dosing_weight"]
    issuer: str
    basis: Literal["ideal", "adjusted"]
    factor: str | None = None
    only_for: str | None = None
    in_pregnancy: bool = False
    from_bmi: int | Decimal | None = None
    above_kg: int | Decimal | None = None
    max_dose_g: int | Decimal | None = None
    text: Text


class TimeWindow(RuleBase):
    """A time limit for starting, counted from ``since``, a fact of elapsed time in hours or calendar days."""

    kind: Literal["time_window"]
    title: str
    when: When | None = None
    since: FactId
    closes_after_hours: int = Field(gt=0, le=8784)
    text: Text
