"""The lowest platelet count that ACR/EULAR asks for (CLINICAL_DECISIONS 2b, D6), 10*9/L.

All documented counts are read, baseline values too; the lowest of them decides, for a count not documented cannot.
"""

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.laboratory import Sample, read_number, samples
from app.clinical.laboratory_tests import TESTS
from app.clinical.spans import span, within
from app.clinical.timeline import interval_of
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known, Reason, Unknown

PLATELETS = TESTS["platelets"]


def counts(case: Case) -> dict[str, tuple[Interval, Interval]]:
    """Counts that can be read, by place: the number, and the span of days it was drawn in."""
    found = (*samples(case, PLATELETS.code), *samples(case, PLATELETS.code, baseline=True))
    read = {item: read_number(case, (item,), PLATELETS.scales[0], PLATELETS) for item in found}
    return {
        item.pointer: (interval_of(value), _drawn(item)) for item, value in read.items() if isinstance(value, Known)
    }


def _drawn(item: Sample) -> Interval:
    return span(item.entry.on)


def in_range(case: Case, value: Interval) -> Truth:
    """Whether a count lies in the range that scores [acreular-d6-platelets]."""
    return within(value, case.number("apl.platelets_least"), case.number("apl.platelets_most"))


@fact(
    "aps.low_platelets",
    "boolean",
    question="What was the lowest platelet count ever documented?",
    read_from=("laboratory",),
    codes=PLATELETS.codes,
)
def low_platelets(case: Case) -> Fact:
    """Whether the lowest documented platelet count lies in the range that scores; below it or above it, it does not."""
    found = counts(case)
    if not found:
        return case.absent(Section.LABORATORY)
    values = [value for value, _ in found.values()]
    lows, highs = [item.low for item in values], [item.high for item in values if item.high is not None]
    lowest = Interval(None if None in lows else min(low for low in lows if low is not None), min(highs, default=None))
    truth = in_range(case, lowest)
    if truth is Truth.UNKNOWN:
        return Unknown(Reason.NOT_DETERMINABLE, tuple(found))
    return Known(truth is Truth.TRUE, tuple(found))
