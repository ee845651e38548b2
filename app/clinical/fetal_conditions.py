"""The vocabulary of fetal and maternal disease around alloimmunity, anti-Ro, infection and low platelets."""

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.presence import declare_presence, read_presence
from app.clinical.timeline import truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

CARDIOMYOPATHY, BLOCK = "fetal_cardiomyopathy", "fetal_heart_block"

_CONDITIONS = (
    ("anti_ro_antibodies", "Anti-Ro (SS-A) antibodies", "Does she have anti-Ro (SS-A) antibodies?"),
    (
        BLOCK,
        "Congenital heart block of the fetus or newborn of this pregnancy",
        "Has congenital heart block been found in this fetus or newborn?",
    ),
    (
        CARDIOMYOPATHY,
        "Cardiomyopathy or endocardial disease of the fetus or newborn of this pregnancy",
        "Does echocardiography of this fetus or newborn show cardiomyopathy or endocardial disease?",
    ),
    (
        "cmv_primary_infection",
        "Primary cytomegalovirus infection in this pregnancy",
        "Has a primary cytomegalovirus infection been found in this pregnancy?",
    ),
    (
        "parvovirus_infection",
        "Recent parvovirus B19 infection",
        "Has a recent parvovirus B19 infection been found (IgG, IgM)?",
    ),
    ("fetal_anaemia", "Anaemia of the fetus of this pregnancy", "Is the fetus anaemic?"),
    ("fetal_hydrops", "Hydrops of the fetus of this pregnancy", "Does the fetus have hydrops?"),
    ("red_cell_aplasia", "Red-cell aplasia of the mother", "Does she herself have red-cell aplasia?"),
    (
        "minor_bleeding",
        "Minor bleeding, such as gums, nose or petechiae",
        "Is there minor bleeding (gums, nose, petechiae)?",
    ),
    (
        "drug_induced_thrombocytopenia",
        "Low platelets by a drug, present or suspected",
        "Can a drug explain the low platelets?",
    ),
    (
        "thrombocytopenia_other_causes_excluded",
        "Other causes of the low platelets were looked for and excluded",
        "Were preeclampsia and HELLP, thrombotic thrombocytopenic purpura, antiphospholipid syndrome and drugs excluded?",
    ),
    (
        "itp_treatment_needed",
        "The treating clinician holds that the low platelets need treatment now",
        "Between the limits: does the treating clinician hold that treatment is needed now?",
    ),
)

for _code, _title, _question in _CONDITIONS:
    declare_presence(Section.CONDITIONS, _code, _title, _question)


@fact(
    "anti_ro.cardiomyopathy",
    "boolean",
    question="Does echocardiography of this fetus or newborn show cardiomyopathy or endocardial disease?",
    read_from=("conditions",),
)
def cardiomyopathy(case: Case) -> Fact:
    """Fetal or neonatal cardiomyopathy as reported: a clinician's assertion.

    Where no disease of the fetal heart was reported at all, it counts as not raised, which is no finding of its absence:
    the answer then speaks of prevention only, and a note says so. Once a heart block is reported, silence is unknown.
    """
    found = case.fact(f"condition.{CARDIOMYOPATHY}")
    if isinstance(found, Known) or found.reason is Reason.CONFLICTING:
        return found
    block = case.fact(f"condition.{BLOCK}")
    if truth_of(block) is Truth.TRUE or (isinstance(block, Unknown) and block.reason is Reason.CONFLICTING):
        return found
    return Known(False, ("/conditions",))


@fact(
    "anti_ro.block_reported",
    "boolean",
    question="Has congenital heart block been found in this fetus or newborn?",
    read_from=("conditions",),
)
def block_reported(case: Case) -> Fact:
    """A heart block of this fetus or newborn: a clinician's assertion, not reported is not raised."""
    found = read_presence(case, Section.CONDITIONS, (BLOCK,))
    open_entry = isinstance(found, Unknown) and found.reason is not Reason.CONFLICTING
    return Known(False, ("/conditions",)) if open_entry else found
