"""How long a live vaccine waits after immunoglobulin, and immunoglobulin after a live vaccine (CLINICAL_DECISIONS 6.5).

Calendar months are exact: the same day of the later month, or that month's last day where it has no such day
(30 June and 10 months: 30 April; 31 March and 11 months: 28 or 29 February).
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.clinical.references import Parameter
from app.clinical.scalars import MONTHS, partial_date_bounds
from app.errors import InputError, Problem
from app.logic.truth import Truth
from app.logic.values import Interval, Number, is_number

Parameters = Mapping[str, Parameter]

# Working limits that catch a wrong unit: a number up to 10 is a dose in g/kg, and no order reaches 40 g/kg.
LEAST_MG_KG = 10
MOST_MG_KG = 40_000
BESIDE = ("vaccine.label_months", "vaccine.label_measles_months", "vaccine.before_days", "vaccine.not_held_back_days")


@dataclass(frozen=True, slots=True)
class CitedText:
    """A sentence of the rule set, and the statements behind it."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VaccineInterval:
    """The wait before a measles- or varicella-containing vaccine, in calendar months from the last infusion.

    ``months`` is the longest that the dose allows, the longer of table and label; ``months_at_least`` is the shortest a
    half-known dose leaves open. The dates are None where the day of the infusion is not known. ``expert`` says whether
    the dose lies above what the table prints. ``label_measles_months`` stands beside: how long a measles response may
    be weakened by EU-style labels, until ``measles_check_until``.
    """

    months: int
    months_at_least: int
    label_months: int
    label_measles_months: int
    ends_on_earliest: date | None
    ends_on_latest: date | None
    measles_check_until: date | None
    expert: Truth
    because: tuple[CitedText, ...]
    evidence: tuple[str, ...]


def vaccine_interval(
    dose_mg_per_kg: Decimal | int | Interval, given_on: date | str | None, parameters: Parameters
) -> VaccineInterval:
    """The interval after ``dose_mg_per_kg`` (mg/kg, the whole course), last infused on ``given_on``.

    ``given_on`` may be a day, a partial date (YYYY, YYYY-MM) or None: then only months are answered. A dose may be an
    Interval; an open upper end counts as the highest dose. Valid for measles- and varicella-containing vaccines (MMR,
    MMRV, varicella; not zoster) [vax-8m, vax-10m, vax-11m, vax-eu]. Raises InputError for a dose of 10 mg/kg or less, or
    above 40,000 mg/kg (a wrong unit), and for a text that is no date.
    """
    span = dose_mg_per_kg if isinstance(dose_mg_per_kg, Interval) else _exactly(dose_mg_per_kg)
    if not all(_plausible(end) for end in (span.low, span.high) if end is not None):
        raise _refused("dose_mg_per_kg", "implausible_value", "Expected mg/kg body weight: above 10, at most 40000.")
    return interval_after(span, _bounds(given_on), parameters)


def _exactly(dose: Number) -> Interval:
    if not is_number(dose):
        raise _refused("dose_mg_per_kg", "wrong_type", "A number is expected.")
    return Interval(dose, dose)


def _plausible(dose: Number) -> bool:
    return is_number(dose) and LEAST_MG_KG < dose <= MOST_MG_KG


def _refused(field: str, code: str, detail: str) -> InputError:
    kind = "implausible-value" if code == "implausible_value" else "invalid-input"
    return InputError(kind, (Problem(f"/{field}", code, detail),))


def _bounds(given_on: date | str | None) -> tuple[date, date] | None:
    if given_on is None:
        return None
    try:
        return partial_date_bounds(str(given_on))
    except ValueError:
        raise _refused("given_on", "wrong_format", "Expected YYYY, YYYY-MM or YYYY-MM-DD.") from None


def interval_after(dose: Interval, given: tuple[date, date] | None, parameters: Parameters) -> VaccineInterval:
    """The interval after a dose in mg/kg that is known within bounds, last given between two days."""
    label, measles = _months(parameters["vaccine.label_months"]), _months(parameters["vaccine.label_measles_months"])
    rows = _rows(dose, parameters)
    least, most = (max(label, _months(row)) for row in (rows[0], rows[-1]))
    expert = ~at_most(dose, parameters["vaccine.expert_mg_kg"].value)
    asked = ("vaccine.expert_mg_kg",) if expert is not Truth.FALSE else ()
    because = cited((*rows, *(parameters[name] for name in (*asked, *BESIDE))))
    return VaccineInterval(
        months=most,
        months_at_least=least,
        label_months=label,
        label_measles_months=measles,
        ends_on_earliest=add_months(given[0], least) if given else None,
        ends_on_latest=add_months(given[1], most) if given else None,
        measles_check_until=add_months(given[1], measles) if given else None,
        expert=expert,
        because=because,
        evidence=tuple(dict.fromkeys(name for item in because for name in item.evidence)),
    )


def _rows(dose: Interval, parameters: Parameters) -> list[Parameter]:
    """The rows of the table that the dose can lie in, lowest first."""
    anchors = (parameters["vaccine.first_mg_kg"], parameters["vaccine.second_mg_kg"])
    first, second = (at_most(dose, anchor.value) for anchor in anchors)
    possible = {
        "vaccine.first_months": first is not Truth.FALSE,
        "vaccine.second_months": first is not Truth.TRUE and second is not Truth.FALSE,
        "vaccine.third_months": second is not Truth.TRUE,
    }
    return [parameters[name] for name, open_ in possible.items() if open_]


def at_most(value: Interval, limit: Number) -> Truth:
    """Whether value <= limit."""
    if value.high is not None and value.high <= limit:
        return Truth.TRUE
    return Truth.FALSE if value.low is not None and value.low > limit else Truth.UNKNOWN


def _months(parameter: Parameter) -> int:
    return int(parameter.value)


def cited(parameters: Iterable[Parameter]) -> tuple[CitedText, ...]:
    """What parameters say, as cited sentences."""
    return tuple(CitedText(item.text, item.cite) for item in parameters)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
