"""Earlier immunoglobulin courses: whether there was one, when the last was, and how it was borne."""

from collections.abc import Mapping

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import days_since
from app.clinical.obstetric_sections import Treatment
from app.clinical.scalars import partial_date_bounds
from app.clinical.sections import PreviousIvig, Reaction
from app.clinical.timeline import contradicts, truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Interval, Known, Reason, Unknown

SEVERE = frozenset({Reaction.ANAPHYLAXIS, Reaction.SEVERE_SYSTEMIC})
VOUCHED = ("/previous_ivig",)
ASK_COURSES = "Has she had immunoglobulin before: when last, which product, which dose?"
ASK_REACTION = "Did she ever react to human immunoglobulin, and how severely?"
READ = ("previous_ivig", "pregnancies")


def _listed(case: Case) -> Mapping[str, PreviousIvig]:
    return {f"/previous_ivig/{index}": item for index, item in enumerate(case.history.previous_ivig or ())}


def _in_pregnancies(case: Case) -> tuple[str, ...]:
    """Past pregnancies in which IVIG was given."""
    past = enumerate(case.history.pregnancies or ())
    return tuple(
        f"/pregnancies/{index}/treatments" for index, item in past if Treatment.IVIG in (item.treatments or ())
    )


@fact("ivig.first_course", "boolean", question=ASK_COURSES, read_from=READ)
def first_course(case: Case) -> Fact:
    """Whether she was never given immunoglobulin: certain only when the sender vouches for the list of courses."""
    in_pregnancy = _in_pregnancies(case)
    if case.history.previous_ivig:
        return Known(False, VOUCHED)
    if not case.complete(Section.PREVIOUS_IVIG):
        return Known(False, in_pregnancy) if in_pregnancy else case.absent(Section.PREVIOUS_IVIG)
    if in_pregnancy:
        return Unknown(Reason.CONFLICTING, (*VOUCHED, *in_pregnancy))
    return Known(True, VOUCHED)


@fact("ivig.days_since_last", "number", unit="d", question=ASK_COURSES, read_from=READ)
def days_since_last(case: Case) -> Fact:
    """Days since the last course. A listed course gives the most it can be; only a complete list, all dated, the least."""
    listed = _listed(case)
    if not listed:
        naive = case.fact("ivig.first_course")
        return Unknown(Reason.NOT_DETERMINABLE, naive.sources) if isinstance(naive, Known) else naive
    since = [days_since(item.on, case.as_of) for item in listed.values() if item.on]
    if not since:
        return Unknown(Reason.NOT_RECORDED, tuple(listed))
    certain = case.complete(Section.PREVIOUS_IVIG) and len(since) == len(listed)
    low = min(item.low or 0 for item in since) if certain else 0
    return Known(Interval(low, min(item.high or 0 for item in since)), tuple(listed))


@fact(
    "ivig.severe_reaction_before",
    "boolean",
    question=ASK_REACTION,
    read_from=(*READ, "conditions", "allergies"),
)
def severe_reaction_before(case: Case) -> Fact:
    """Anaphylaxis or a severe systemic reaction to human immunoglobulin of any brand [ci-anaphylaxis].

    True when a course or a condition records one. False when the condition is known to be absent, when there certainly
    was no course, or when each course of a complete list is recorded as harmless. A hypersensitivity whose severity is
    not recorded keeps it unknown, unless an entry says that no severe reaction happened.
    """
    severe = tuple(pointer for pointer, item in _listed(case).items() if item.reaction in SEVERE)
    if severe:
        return Known(True, severe)
    diagnosis, allergy = case.fact("condition.immunoglobulin_anaphylaxis"), case.fact("allergy.immunoglobulin")
    if truth_of(diagnosis) is Truth.TRUE or contradicts(diagnosis, Truth.TRUE) or _conflicts(diagnosis):
        return diagnosis
    if truth_of(allergy) is Truth.TRUE:
        return Unknown(Reason.NOT_RECORDED, allergy.sources)
    return diagnosis if isinstance(diagnosis, Known) else _from_courses(case)


def _conflicts(item: Fact) -> bool:
    return isinstance(item, Unknown) and item.reason is Reason.CONFLICTING


def _from_courses(case: Case) -> Fact:
    """What courses without a severe reaction say."""
    naive = case.fact("ivig.first_course")
    if truth_of(naive) is not Truth.FALSE:
        return Known(False, naive.sources) if isinstance(naive, Known) else naive
    listed = _listed(case)
    open_ones = tuple(pointer for pointer, item in listed.items() if item.reaction is None)
    if listed and not open_ones and case.complete(Section.PREVIOUS_IVIG):
        return Known(False, tuple(listed))
    return Unknown(Reason.NOT_RECORDED, open_ones or naive.sources)


@fact(
    "planned.switched_product",
    "boolean",
    question="Which product is planned, with which stabiliser, and which product was given last?",
    read_from=("planned_ivig", "previous_ivig"),
)
def switched_product(case: Case) -> Fact:
    """Whether the planned product differs from that of the last course; no switch where there was no course."""
    naive = case.fact("ivig.first_course")
    if truth_of(naive) is Truth.TRUE:
        return Known(False, naive.sources)
    planned = case.history.planned_ivig
    if planned is None or planned.product is None:
        return Unknown(Reason.NOT_SENT if planned is None else Reason.NOT_RECORDED, ("/planned_ivig/product",))
    if not case.complete(Section.PREVIOUS_IVIG):
        return case.absent(Section.PREVIOUS_IVIG)
    last = {pointer: item.product for pointer, item in _possibly_last(_listed(case)).items()}
    said = {None if product is None else product != planned.product for product in last.values()}
    if len(said) != 1 or None in said:
        return Unknown(Reason.NOT_RECORDED, tuple(last) or naive.sources)
    return Known(True in said, ("/planned_ivig/product", *last))


def _possibly_last(courses: Mapping[str, PreviousIvig]) -> Mapping[str, PreviousIvig]:
    """Courses after which no other certainly came; one without a date may be the last."""
    start = max((partial_date_bounds(item.on)[0] for item in courses.values() if item.on), default=None)
    return {
        pointer: item
        for pointer, item in courses.items()
        if start is None or not item.on or partial_date_bounds(item.on)[1] >= start
    }
