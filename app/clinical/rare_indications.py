"""Diagnoses of other indications (CLINICAL_DECISIONS 5.9, 5.12, 5.13): established, or only suspected.

Established antibody deficiency: "suspected" alone says that it is not established. The other diagnoses stay unknown beside
a suspicion, because their tables treat a suspicion on its own.
"""

from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.presence import declare_presence
from app.clinical.timeline import truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

ASK_ESTABLISHED = "Is a primary antibody deficiency established?"
ESTABLISHED, SUSPECTED = "primary_antibody_deficiency", "primary_antibody_deficiency_suspected"

_CONDITIONS = (
    (ESTABLISHED, "Primary antibody deficiency, established", ASK_ESTABLISHED),
    (
        SUSPECTED,
        "Primary antibody deficiency, suspected and not established",
        "Is a primary antibody deficiency suspected?",
    ),
    (
        "immunoglobulin_replacement_needed",
        "Immunoglobulin replacement needed, by the immunologist",
        "Does the antibody deficiency need immunoglobulin replacement?",
    ),
    (
        "post_transfusion_purpura",
        "Post-transfusion purpura, diagnosed",
        "Has post-transfusion purpura been diagnosed?",
    ),
    (
        "post_transfusion_purpura_suspected",
        "Post-transfusion purpura, suspected",
        "Is post-transfusion purpura suspected?",
    ),
    (
        "thrombotic_thrombocytopenic_purpura",
        "Thrombotic thrombocytopenic purpura (TTP), diagnosed or suspected",
        "Is thrombotic thrombocytopenic purpura (TTP) diagnosed or suspected?",
    ),
    (
        "group_a_streptococcal_sepsis",
        "Group A streptococcal sepsis",
        "Does she have sepsis by group A streptococci?",
    ),
    (
        "severe_invasive_streptococcal_disease",
        "Severe invasive streptococcal disease",
        "Is the streptococcal disease severe and invasive?",
    ),
    (
        "streptococcal_treatment_failing",
        "Other treatment of streptococcal disease is failing",
        "Is the other treatment (antibiotics, source control, support) failing?",
    ),
    ("dermatomyositis", "Dermatomyositis", "Does she have dermatomyositis?"),
)

for _code, _title, _question in _CONDITIONS:
    declare_presence(Section.CONDITIONS, _code, _title, _question)

declare_presence(
    Section.MEDICATIONS,
    "immunoglobulin_replacement",
    "Immunoglobulin replacement for antibody deficiency",
    "Is she on immunoglobulin replacement?",
)


@fact("pid.established", "boolean", question=ASK_ESTABLISHED, read_from=("conditions",))
def established(case: Case) -> Fact:
    """Whether a primary antibody deficiency is established; not, where it is only suspected."""
    found, suspected = case.fact(f"condition.{ESTABLISHED}"), case.fact(f"condition.{SUSPECTED}")
    conflicting = isinstance(found, Unknown) and found.reason is Reason.CONFLICTING
    if isinstance(found, Unknown) and not conflicting and truth_of(suspected) is Truth.TRUE:
        return Known(False, suspected.sources)
    return found
