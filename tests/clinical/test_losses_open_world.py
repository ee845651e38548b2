"""More knowledge may settle what an open list leaves open; it never contradicts what the open list said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.clinical.catalogue import specifications
from app.logic.values import Interval, Known, Unknown
from tests.clinical.obstetric_cases import COMPLETE, derive

FACTS = sorted(name for name in specifications() if name.startswith("losses."))
OPTIONAL = ("gestational_age", "confirmed_by", "conception", "karyotype", "treatments")
UNSEEN = ("biochemical", "non_visualised")
SEEN = ("miscarriage", "ectopic", "molar", "termination", "live_birth", "neonatal_death", "loss_unspecified")


def described(outcomes, weeks, confirmed_by):
    """Pregnancies whose fields fit their outcome; what contradicts itself is not tested here."""
    return st.fixed_dictionaries(
        {
            "outcome": st.sampled_from(outcomes),
            "gestational_age": st.sampled_from([{"weeks": week, "days": 0} for week in weeks]),
            "confirmed_by": st.sampled_from(confirmed_by),
            "conception": st.sampled_from(["natural", "ivf", "icsi", "frozen_transfer"]),
            "karyotype": st.sampled_from(["normal", "abnormal", "not_examined"]),
            "treatments": st.sampled_from([["none"], ["aspirin"], ["heparin_prophylactic"], ["corticosteroid"]]),
        }
    )


pregnancies = st.one_of(
    described(UNSEEN, (5, 6), ("hcg_only",)),
    described(SEEN, (6, 9, 10, 13, 14, 23, 24, 39), ("ultrasound", "histology", "self_report")),
    described(("fetal_death",), (10, 14, 24), ("ultrasound", "histology")),
)


@st.composite
def partly_known(draw) -> tuple[list[dict], list[dict]]:
    """All pregnancies, and those of them that an open list holds, with fields left out."""
    everything = draw(st.lists(pregnancies, min_size=1, max_size=6))
    kept = [item for item in everything if draw(st.booleans())]
    return everything, [
        {name: part for name, part in item.items() if name not in OPTIONAL or draw(st.booleans())} for item in kept
    ]


def bounds(value) -> Interval:
    return value if isinstance(value, Interval) else Interval(value, value)


def agrees(earlier, later) -> bool:
    if isinstance(earlier, Unknown):
        return True
    if isinstance(later, Unknown):
        return False
    assert isinstance(earlier, Known)
    if isinstance(earlier.value, bool):
        return earlier.value is later.value
    wide, narrow = bounds(earlier.value), bounds(later.value)
    return narrow.low >= wide.low and (wide.high is None or (narrow.high is not None and narrow.high <= wide.high))


@settings(max_examples=150, deadline=None)
@given(partly_known())
def test_an_open_list_is_never_contradicted_by_the_whole_one(histories):
    everything, known = histories
    for fact_id in FACTS:
        earlier = derive(fact_id, pregnancies=known)
        later = derive(fact_id, pregnancies=everything, **COMPLETE)
        # A loss of unknown type may stay open in the whole list too.
        open_too = isinstance(later, Unknown) and any(item["outcome"] == "loss_unspecified" for item in everything)
        assert open_too or agrees(earlier, later), (fact_id, earlier, later)
