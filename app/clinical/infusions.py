"""When immunoglobulin was given: the listed courses, and past pregnancies in which it was part of the treatment."""

from collections.abc import Mapping

from app.clinical.catalogue import Case
from app.clinical.obstetric_sections import Pregnancy, Treatment
from app.clinical.scalars import DAYS_IN_WEEK
from app.clinical.spans import span
from app.logic.values import Interval

LONGEST_PREGNANCY_DAYS = 46 * DAYS_IN_WEEK  # a history takes 45 completed weeks at most


def infusions(case: Case) -> Mapping[str, Interval]:
    """The days (ordinals) on which each may have been given, by its place in the request; none lies ahead."""
    today = case.as_of.toordinal()
    found = {f"/previous_ivig/{index}": span(item.on) for index, item in enumerate(case.history.previous_ivig or ())}
    for index, past in enumerate(case.history.pregnancies or ()):
        if Treatment.IVIG in (past.treatments or ()):
            found[f"/pregnancies/{index}/treatments"] = _in_pregnancy(past)
    return {place: Interval(when.low, min(today, int(when.high or today))) for place, when in found.items()}


def _in_pregnancy(past: Pregnancy) -> Interval:
    """From the start of a pregnancy to its end; the longest one where its length is not known."""
    ended = span(past.ended_on)
    if ended.low is None:
        return Interval()
    length = past.gestational_age.in_days.high if past.gestational_age else None
    return Interval(ended.low - (length or LONGEST_PREGNANCY_DAYS), ended.high)
