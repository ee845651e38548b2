"""The small types that a patient history is made of: exact numbers, half-known dates and gestations, counts."""

import calendar
import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError

from app.logic.values import Interval

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
DAYS_IN_WEEK = 7
MONTHS = 12
SMALLEST = Decimal("1e-9")
"""No quantity here is measured below this, and dividing by less gives figures that cannot be rounded."""


class Wire(BaseModel):
    """What every shape on the wire has: known fields only, nothing coerced, nothing echoed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, allow_inf_nan=False, str_max_length=500
    )


def _integral(value: Any) -> Any:
    # JSON Schema calls 30.0 an integer; strict pydantic does not.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("a number is expected")  # noqa: TRY004 - pydantic reports a ValueError, not a TypeError
    number = Decimal(str(value)) if isinstance(value, int | float) else value
    if isinstance(number, Decimal) and 0 < abs(number) < SMALLEST:
        raise PydanticKnownError("greater_than_equal", {"ge": float(SMALLEST)})
    return number


def _real_date(value: date) -> date:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError("the year is out of range")
    return value


def _printable(value: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} for character in value):
        raise ValueError("control and formatting characters are not taken")
    return value


Whole = Annotated[int, BeforeValidator(_integral)]


class _AsNumber:
    """A Decimal in the documentation: a JSON number with its bounds, where pydantic would offer text as well."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema)
        number: JsonSchemaValue = next((part for part in found.pop("anyOf", ()) if part.get("type") == "number"), {})
        return {**number, **found}


Exact = Annotated[Decimal, BeforeValidator(_number), _AsNumber()]
Day = Annotated[date, AfterValidator(_real_date)]
FreeText = Annotated[str, AfterValidator(_printable)]
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9_.\-]*$")]

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@lru_cache(maxsize=4096)
def partial_date_bounds(text: str) -> tuple[date, date]:
    """The first and last day that a year, a month or a day names. Raises ValueError for anything else."""
    found = _PARTIAL.fullmatch(text)
    if found is None:
        raise ValueError("expected YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError("the year is out of range")
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= MONTHS or (day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]):
        raise ValueError("not a day of the calendar")
    if day is None:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def _checked_partial(text: str) -> str:
    partial_date_bounds(text)
    return text


PartialDate = Annotated[
    str,
    AfterValidator(_checked_partial),
    Field(
        description="A year, a month or a day, as exactly as it is known.", examples=["2025", "2025-03", "2025-03-14"]
    ),
]


class GestationalAge(Wire):
    """Completed weeks and days. Only a week known: the interval of its seven days. ``weeks_max`` where only a range is known."""

    weeks: Whole = Field(ge=0, le=45, description="Completed weeks.", examples=[8])
    days: Whole | None = Field(
        None, ge=0, le=6, description="Days beyond the completed weeks; leave out if unknown.", examples=[3]
    )
    weeks_max: Whole | None = Field(
        None, ge=0, le=45, description="Latest possible completed week, where only a range of weeks is known."
    )

    @model_validator(mode="after")
    def _one_form(self) -> "GestationalAge":
        if self.weeks_max is not None and (self.days is not None or self.weeks_max < self.weeks):
            raise ValueError("weeks_max goes with weeks alone and is not below it")
        return self

    @property
    def in_days(self) -> Interval:
        """Days since the first day of the last menstrual period (10w0d = 70)."""
        return _in_days(self.weeks, self.days, self.weeks if self.weeks_max is None else self.weeks_max)


@lru_cache(maxsize=4096)
def _in_days(weeks: int, days: int | None, last_week: int) -> Interval:
    first = weeks * DAYS_IN_WEEK
    if days is not None:
        return Interval(first + days, first + days)
    return Interval(first, last_week * DAYS_IN_WEEK + DAYS_IN_WEEK - 1)


class CountRange(Wire):
    """A count known only within bounds."""

    minimum: Whole = Field(ge=0, le=60, description="Certainly at least this many.")
    maximum: Whole | None = Field(
        None, ge=0, le=60, description="Certainly not more than this many; leave out if unknown."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "CountRange":
        if self.maximum is not None and self.maximum < self.minimum:
            raise ValueError("maximum is below minimum")
        return self


Count = Annotated[Whole, Field(ge=0, le=60)] | CountRange


def count_interval(count: int | CountRange) -> Interval:
    """The closed interval a count stands for."""
    return Interval(count, count) if isinstance(count, int) else Interval(count.minimum, count.maximum)
