"""Losses in the order they happened: runs without anything else between, and losses after a live birth.

Any pregnancy between that was not a loss ends a run; one that may have been a loss may or may not. Unless the list is
vouched for as complete, an unlisted birth may lie between two listed losses: the list then shows no certain run beyond
one loss, and only ``loss_summary.consecutive_losses`` does.
"""

from collections.abc import Iterable, Iterator

from app.clinical.catalogue import Case, fact
from app.clinical.intervals import at_least, below, count, longest_run
from app.clinical.losses import (
    ANY,
    READ,
    Kind,
    complete,
    conflict,
    ended_before,
    given,
    is_birth,
    is_loss,
    listed,
    plus,
    settle,
    sources_of,
    total,
    unlisted,
)
from app.clinical.obstetric_sections import Conception, Pregnancy
from app.clinical.timeline import interval_of
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

ASK_ORDER = (
    "How many losses followed each other without a birth between? Give every pregnancy in order, with gestation."
)
ASSISTED = frozenset({Conception.IVF, Conception.ICSI, Conception.FROZEN_TRANSFER})


def _run(case: Case, kind: Kind, bounds: Iterable[Interval]) -> Fact:
    found = longest_run(kind(item) for item in listed(case).values())
    if not complete(case):
        found = Interval(min(1, found.low or 0), None)
    sources = sources_of(case, kind, "losses", "consecutive_losses")
    return conflict(case) or settle(case, (found, Interval(0, total(case).high), *bounds), sources)


@fact("losses.longest_run", "number", unit="1", question=ASK_ORDER, read_from=READ)
def run(case: Case) -> Fact:
    """Longest run of consecutive losses of any kind."""
    return _run(case, is_loss, (given(case, "consecutive_losses"),))


@fact("losses.longest_run_before_limit", "number", unit="1", question=ASK_ORDER, read_from=READ)
def run_before_limit(case: Case) -> Fact:
    """Longest run of consecutive losses before the gestation up to which Ontario counts [ca-on-rpl]."""
    limit = case.number("obstetric.ontario_loss_limit_days")
    return _run(case, lambda item: all_of((is_loss(item), ended_before(item, limit))), (_at_most_stated(case),))


@fact("losses.ontario_exact_run", "boolean", question=ASK_ORDER, read_from=READ)
def ontario_exact_run(case: Case) -> Fact:
    """Whether the longest run is exactly the one that Ontario pairs with a contraindication to immunomodulation [ca-on-rpl].

    The list prints its gestation limit for the longer run only: where counting with and without the limit disagree, it is
    not determinable.
    """
    wanted = case.number("obstetric.ontario_exact_run")
    readings = [case.fact("losses.longest_run"), case.fact("losses.longest_run_before_limit")]
    sources = tuple(dict.fromkeys(place for item in readings for place in item.sources))
    found = {_exactly(interval_of(item), wanted) for item in readings}
    if len(found) > 1 or Truth.UNKNOWN in found:
        unread = (item for item in readings if isinstance(item, Unknown))
        return next(unread, Unknown(Reason.NOT_DETERMINABLE, sources))
    return Known(found == {Truth.TRUE}, sources)


def _exactly(value: Interval, wanted: Number) -> Truth:
    return all_of((at_least(value, wanted), below(value, wanted + 1)))


@fact(
    "losses.longest_run_after_art",
    "number",
    unit="1",
    question="How many losses in a row, up to week 10, followed assisted conception (IVF, ICSI or a frozen transfer)?",
    read_from=READ,
)
def run_after_art(case: Case) -> Fact:
    """Longest run of losses to week 10 after assisted conception; week 10 itself is left open [norgaard-trial]."""
    certain = case.number("obstetric.aalborg_week_start_days")
    possible = case.number("obstetric.aalborg_week_end_days")

    def kind(item: Pregnancy) -> Truth:
        assisted = Truth.UNKNOWN if item.conception is None else of(item.conception in ASSISTED)
        early = ended_before(item, certain)
        if early is Truth.FALSE:
            early = all_of((ended_before(item, possible), Truth.UNKNOWN))
        return all_of((is_loss(item), assisted, early))

    return _run(case, kind, (_at_most_stated(case),))


def _at_most_stated(case: Case) -> Interval:
    return Interval(0, given(case, "consecutive_losses").high)


@fact(
    "losses.count_after_live_birth",
    "number",
    unit="1",
    question="How many of the losses came after a live birth?",
    read_from=READ,
)
def count_after_live_birth(case: Case) -> Fact:
    """Losses after a first live birth: secondary losses [def-primary-secondary]."""
    later = zip(listed(case).items(), _after_birth(listed(case).values()), strict=True)
    members = {place: all_of((is_loss(item), after)) for (place, item), after in later}
    born = given(case, "live_births").high
    places = [place for place, truth in members.items() if truth is not Truth.FALSE]
    bounds = (
        plus(count(members.values()), unlisted(case)),
        Interval(0, total(case).high),
        Interval(0, 0) if born == 0 else ANY,
    )
    stated = [f"/loss_summary/{name}" for name in ("losses", "live_births") if given(case, name) != ANY]
    return conflict(case) or settle(case, bounds, places + stated)


def _after_birth(pregnancies: Iterable[Pregnancy]) -> Iterator[Truth]:
    earlier = Truth.FALSE
    for item in pregnancies:
        yield earlier
        earlier = any_of((earlier, is_birth(item)))
