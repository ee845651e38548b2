"""How many pregnancies were lost, as each issuer counts them: an interval from the certain to the possible ones.

A loss whose type is not known counts in the upper end only; ectopic and molar pregnancies and terminations never count
(CLINICAL_DECISIONS 1b). A list that is not vouched for as complete leaves the upper end open, unless ``loss_summary``
gives the count. The list and the summary must both be right: what they allow together is the answer.
"""

from collections.abc import Callable, Iterable, Mapping

from app.clinical.catalogue import Case, Coding, fact, per_case
from app.clinical.history import Section
from app.clinical.intervals import below, count, intersect
from app.clinical.obstetric_sections import Confirmation, LossSummary, Pregnancy, PregnancyOutcome
from app.clinical.scalars import count_interval
from app.logic.truth import Truth, all_of
from app.logic.values import Fact, Interval, Known, Number, Reason, Unknown

Kind = Callable[[Pregnancy], Truth]

READ = ("pregnancies", "loss_summary")
ASK_LOSSES = "How many pregnancies were lost, with date, gestation and type of each, and is the list complete?"
ANY = Interval(0, None)

_T, _U = Truth.TRUE, Truth.UNKNOWN
_LOSS = {
    PregnancyOutcome.BIOCHEMICAL: _T,
    PregnancyOutcome.NON_VISUALISED: _T,
    PregnancyOutcome.MISCARRIAGE: _T,
    PregnancyOutcome.FETAL_DEATH: _T,
    PregnancyOutcome.LOSS_UNSPECIFIED: _U,
}
_MISCARRIAGE = {**dict.fromkeys(_LOSS, _U), PregnancyOutcome.MISCARRIAGE: _T}
_LATER = {
    PregnancyOutcome.MISCARRIAGE: _T,
    PregnancyOutcome.FETAL_DEATH: _T,
    PregnancyOutcome.LOSS_UNSPECIFIED: _U,
}
_SEEN = frozenset({Confirmation.ULTRASOUND, Confirmation.HISTOLOGY})
_NEVER_SEEN = frozenset({PregnancyOutcome.BIOCHEMICAL, PregnancyOutcome.NON_VISUALISED})
_BIRTHS = frozenset({PregnancyOutcome.LIVE_BIRTH, PregnancyOutcome.NEONATAL_DEATH})


def is_loss(pregnancy: Pregnancy) -> Truth:
    """A loss of any kind, as ESHRE counts: non-visualised and biochemical ones included [def-eshre]."""
    return _LOSS.get(pregnancy.outcome, Truth.FALSE)


def is_miscarriage(pregnancy: Pregnancy) -> Truth:
    """A loss recorded as a miscarriage; whether an issuer would call other losses so is not known."""
    return _MISCARRIAGE.get(pregnancy.outcome, Truth.FALSE)


def is_birth(pregnancy: Pregnancy) -> Truth:
    """A child born alive, whether or not it survived."""
    return _T if pregnancy.outcome in _BIRTHS else Truth.FALSE


def is_clinical(pregnancy: Pregnancy) -> Truth:
    """A loss that was not biochemical [yamada-design]. What was never seen, or known by hCG only, may have been."""
    if pregnancy.outcome is PregnancyOutcome.BIOCHEMICAL:
        return Truth.FALSE
    unseen = pregnancy.outcome is PregnancyOutcome.NON_VISUALISED or pregnancy.confirmed_by is Confirmation.HCG_ONLY
    return all_of((is_loss(pregnancy), _U if unseen else _T))


def is_documented(pregnancy: Pregnancy) -> Truth:
    """A loss seen on ultrasound or in histology, as ASRM counts [def-asrm]; self-report alone does not count."""
    if pregnancy.outcome in _NEVER_SEEN:
        return Truth.FALSE
    if pregnancy.confirmed_by is not None:
        return all_of((is_loss(pregnancy), _T if pregnancy.confirmed_by in _SEEN else Truth.FALSE))
    return all_of((is_loss(pregnancy), _T if pregnancy.outcome is PregnancyOutcome.FETAL_DEATH else _U))


def ended_before(pregnancy: Pregnancy, days: Number) -> Truth:
    """Whether a pregnancy ended before so many days of gestation. One that was never seen ended early."""
    if pregnancy.gestational_age is not None:
        return below(pregnancy.gestational_age.in_days, days)
    return _T if pregnancy.outcome in _NEVER_SEEN else _U


@per_case
def listed(case: Case) -> Mapping[str, Pregnancy]:
    """Past pregnancies by their place in the request, oldest first."""
    return {f"/pregnancies/{index}": item for index, item in enumerate(case.history.pregnancies or ())}


def complete(case: Case) -> bool:
    """Whether every past pregnancy is listed. A list that was vouched for but not sent is empty, unless a summary stands for it."""
    sent = case.history.pregnancies is not None or case.history.loss_summary is None
    return sent and case.complete(Section.PREGNANCIES)


def given(case: Case, name: str) -> Interval:
    """A count of the summary; any number where it is not given."""
    summary = case.history.loss_summary or LossSummary()
    value = getattr(summary, name)
    return ANY if value is None else count_interval(value)


def narrow(*bounds: Interval) -> Interval | None:
    """What all of these allow together; None when they contradict each other."""
    found: Interval | None = ANY
    for item in bounds:
        found = None if found is None else intersect(found, item)
    return found


def settle(case: Case, bounds: Iterable[Interval], sources: Iterable[str]) -> Fact:
    """A count between these bounds: unknown when they contradict each other or say nothing."""
    found = narrow(*bounds)
    places = tuple(sources) or _sent(case)
    if found is None:
        return Unknown(Reason.CONFLICTING, places)
    if found == ANY:
        return case.absent(Section.PREGNANCIES)
    return Known(found.low if found.exact and found.low is not None else found, places)


def _sent(case: Case) -> tuple[str, ...]:
    return tuple(f"/{name}" for name in READ if getattr(case.history, name) is not None) or ("/complete_sections",)


@per_case
def sources_of(case: Case, kind: Kind, *stated: str) -> tuple[str, ...]:
    """Where a count was read: the pregnancies that count or may, and the fields of the summary that were sent."""
    places = [place for place, item in listed(case).items() if kind(item) is not Truth.FALSE]
    return (*places, *(f"/loss_summary/{name}" for name in stated if given(case, name) != ANY))


def unlisted(case: Case) -> Interval:
    """How many losses the list may lack."""
    if complete(case):
        return Interval(0, 0)
    most = total(case).high
    certain = sum(is_loss(item) is Truth.TRUE for item in listed(case).values())
    return Interval(0, None if most is None else max(0, most - certain))


def total(case: Case) -> Interval:
    """All losses as an interval; any number when they are not known."""
    found = case.fact("losses.count_all")
    if not isinstance(found, Known) or isinstance(found.value, bool | str):
        return ANY
    return found.value if isinstance(found.value, Interval) else Interval(found.value, found.value)


def plus(known: Interval, more: Interval) -> Interval:
    """A listed count to which unlisted members may come: only the upper end rises."""
    return Interval(known.low, None if known.high is None or more.high is None else known.high + more.high)


def conflict(case: Case) -> Unknown | None:
    """The contradiction between the list and the summary, if there is one: then no count of losses is known."""
    found = case.fact("losses.count_all")
    return found if isinstance(found, Unknown) and found.reason is Reason.CONFLICTING else None


def count_of(case: Case, kind: Kind, bounds: Iterable[Interval] = (), stated: Iterable[str] = ()) -> Fact:
    """How many losses are of a kind, within further ``bounds`` that come from the fields ``stated`` of the summary."""
    found = plus(count(kind(item) for item in listed(case).values()), unlisted(case))
    return conflict(case) or settle(
        case, (found, Interval(0, total(case).high), *bounds), sources_of(case, kind, "losses", *stated)
    )


@fact(
    "losses.count_all",
    "number",
    unit="1",
    question=ASK_LOSSES,
    read_from=READ,
    codes=(Coding("http://loinc.org", "11614-5", "[#] Abortions.spontaneous"),),
)
def count_all(case: Case) -> Fact:
    """All losses, biochemical and non-visualised ones included; no ectopic or molar pregnancy [def-eshre]."""
    found = count(is_loss(item) for item in listed(case).values())
    parts = [given(case, name).low or 0 for name in ("clinical_losses", "biochemical_losses")]
    run = given(case, "consecutive_losses").low
    bounds = (
        found if complete(case) else Interval(found.low, None),
        given(case, "losses"),
        Interval(sum(parts), None),
        Interval(run, None),
    )
    stated = ("losses", "clinical_losses", "biochemical_losses", "consecutive_losses")
    return settle(case, bounds, sources_of(case, is_loss, *stated))


@fact(
    "losses.any",
    "boolean",
    question="Was any pregnancy lost?",
    read_from=READ,
    codes=(Coding("http://snomed.info/sct", "161744009", "History of miscarriage (situation)"),),
)
def any_loss(case: Case) -> Fact:
    """Whether any pregnancy was lost, of whatever type; a loss of unknown type is enough."""
    places = tuple(place for place, item in listed(case).items() if is_loss(item) is not Truth.FALSE)
    if places:
        return Known(True, places)
    known = case.fact("losses.count_all")
    if not isinstance(known, Known):
        return known
    if total(case).low:
        return Known(True, known.sources)
    return Known(False, known.sources) if total(case).high == 0 else Unknown(Reason.NOT_DETERMINABLE, known.sources)


@fact(
    "losses.count_clinical",
    "number",
    unit="1",
    question="How many of the losses were clinical pregnancies, biochemical losses left out?",
    read_from=READ,
)
def count_clinical(case: Case) -> Fact:
    """Losses without the biochemical ones, the count of the trial of 2022 [yamada-design]."""
    everything, biochemical = given(case, "losses"), given(case, "biochemical_losses")
    least = 0 if biochemical.high is None else max(0, (everything.low or 0) - biochemical.high)
    bounds = (Interval(max(least, given(case, "clinical_losses").low or 0), None), _without_biochemical(case))
    return count_of(case, is_clinical, bounds, ("clinical_losses", "biochemical_losses"))


@fact(
    "losses.count_documented",
    "number",
    unit="1",
    question="How many of the losses were seen on ultrasound or in histology?",
    read_from=READ,
)
def count_documented(case: Case) -> Fact:
    """Losses seen on ultrasound or in histology [def-asrm]."""
    bounds = (given(case, "clinical_losses"), _without_biochemical(case))
    return count_of(case, is_documented, bounds, ("clinical_losses", "biochemical_losses"))


def _without_biochemical(case: Case) -> Interval:
    most = total(case).high
    return Interval(0, None if most is None else max(0, most - (given(case, "biochemical_losses").low or 0)))


@fact("losses.count_miscarriages", "number", unit="1", question=ASK_LOSSES, read_from=READ)
def count_miscarriages(case: Case) -> Fact:
    """Losses recorded as miscarriages; losses of other types count in the upper end only [def-uk-lay]."""
    return count_of(case, is_miscarriage)


@fact(
    "losses.count_first_trimester",
    "number",
    unit="1",
    question="How many miscarriages were in the first trimester? Give the gestation of each.",
    read_from=READ,
)
def count_first_trimester(case: Case) -> Fact:
    """Miscarriages before the end of the first trimester [def-rcog, house-first-trimester]."""
    limit = case.number("obstetric.first_trimester_days")
    return count_of(case, lambda item: all_of((is_miscarriage(item), ended_before(item, limit))))


@fact(
    "losses.count_later",
    "number",
    unit="1",
    question="How many losses came after the first trimester? Give the gestation of each.",
    read_from=READ,
)
def count_later(case: Case) -> Fact:
    """Losses after the first trimester [rcog-thrombophilia, house-first-trimester]."""
    limit = case.number("obstetric.first_trimester_days")
    return count_of(case, lambda item: all_of((_LATER.get(item.outcome, Truth.FALSE), ~ended_before(item, limit))))


@fact(
    "losses.live_births",
    "number",
    unit="1",
    question="How many live births has she had?",
    read_from=READ,
    codes=(Coding("http://loinc.org", "11636-8", "Births.live"),),
)
def live_births(case: Case) -> Fact:
    """Children born alive before today."""
    found = count(is_birth(item) for item in listed(case).values())
    bounds = (found if complete(case) else Interval(found.low, None), given(case, "live_births"))
    return settle(case, bounds, sources_of(case, is_birth, "live_births"))
