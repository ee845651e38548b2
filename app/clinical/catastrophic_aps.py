"""Catastrophic APS: what the clinician enters of it, and the count of organs (CLINICAL_DECISIONS 2b).

Unless something of it is entered, the question was not raised: ``caps.raised`` is then false, which says that it was not
assessed, not that it is absent.
"""

from app.clinical.aps_conditions import asserted
from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import count
from app.clinical.presence import declare_presence, read_presence
from app.clinical.timeline import truth_of
from app.logic.values import Fact, Known, Reason, Unknown

SUSPECTED = "catastrophic_aps_suspected"
ORGANS = (
    ("kidney", "kidney"),
    ("lung", "lung"),
    ("brain", "brain"),
    ("heart", "heart"),
    ("skin", "skin"),
    ("liver", "liver"),
    ("gut", "bowel, pancreas or spleen"),
    ("adrenal", "adrenal glands"),
    ("eye", "eye"),
    ("bone_marrow", "bone marrow"),
    ("limb", "limb, by peripheral thrombosis"),
)
ASK = (
    "Are there signs of acute thrombosis in several organs at once: which organs, over how many days, with tissue proof of "
    "small-vessel occlusion?"
)
_ITEMS = (
    (
        SUSPECTED,
        "Catastrophic antiphospholipid syndrome, strongly suspected and treated as such",
        "Is catastrophic antiphospholipid syndrome strongly suspected and treated as such?",
    ),
    ("caps_within_7_days", "Organ events together or within less than a week", ASK),
    (
        "caps_third_event_after_a_week",
        "Third organ event after more than a week but within a month, despite anticoagulation",
        "Did a third organ event follow after more than a week but within a month, despite anticoagulation?",
    ),
    ("caps_small_vessel_occlusion", "Small-vessel occlusion shown in tissue", ASK),
    *((f"caps_organ_{code}", f"Acute involvement by thrombosis: {name}", ASK) for code, name in ORGANS),
)
CODES = tuple(code for code, _, _ in _ITEMS)

for _code, _title, _question in _ITEMS:
    declare_presence(Section.CONDITIONS, _code, _title, _question)


@fact("caps.organs", "number", unit="1", question=ASK, read_from=("conditions",))
def organs(case: Case) -> Fact:
    """Organ systems with acute involvement: those entered, up to those not excluded [caps-criteria-items]."""
    read = [case.fact(f"condition.caps_organ_{code}") for code, _ in ORGANS]
    found = count(map(truth_of, read))
    sources = tuple(dict.fromkeys(place for item in read if isinstance(item, Known) for place in item.sources))
    if not sources and not found.exact:
        return next((item for item in read if isinstance(item, Unknown)), Unknown(Reason.NOT_SENT, ("/conditions",)))
    return Known(found.low if found.exact and found.low is not None else found, sources)


@fact("caps.treated_as_such", "boolean", question=_ITEMS[0][2], read_from=("conditions",))
def treated_as_such(case: Case) -> Fact:
    """A clinician's assertion, strongly suspected and treated as catastrophic APS: true when entered, false when not."""
    return asserted(case, SUSPECTED)


@fact("caps.raised", "boolean", question=ASK, read_from=("conditions",))
def raised(case: Case) -> Fact:
    """A clinician's assertion: whether any item of catastrophic APS was entered as present; not entered is false."""
    return asserted(case, *CODES)


@fact("caps.in_question", "boolean", question=ASK, read_from=("conditions",))
def in_question(case: Case) -> Fact:
    """Whether catastrophic APS is in question: true once an item is entered, false only where each is known to be absent."""
    return read_presence(case, Section.CONDITIONS, CODES)
