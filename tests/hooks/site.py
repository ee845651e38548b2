"""What a site adds to the terminology in its own rule set, for diseases that no published code of ours names.

No code for them is in the terminology (`docs/codes.md`): a chart that carries one is read only where the site mapped its own.
"""

from app.clinical.terms import Term
from app.fhir.terminology import Terminology

SYSTEM = "urn:example:site"
NOW = (
    "anti_ro_antibodies", "fetal_heart_block", "cmv_primary_infection", "parvovirus_infection", "fetal_anaemia",
    "fetal_hydrops", "red_cell_aplasia", "primary_antibody_deficiency", "immunoglobulin_replacement_needed",
    "guillain_barre_syndrome", "myasthenia_gravis", "post_transfusion_purpura", "post_transfusion_purpura_suspected",
    "catastrophic_aps_suspected", "caps_organ_kidney", "caps_organ_lung", "thrombotic_thrombocytopenic_purpura",
    "group_a_streptococcal_sepsis", "severe_invasive_streptococcal_disease", "streptococcal_treatment_failing",
    "dermatomyositis",
)  # fmt: skip
OF_A_PAST_PREGNANCY = ("fnait", "gald", "gald_suspected", "hdfn", "congenital_heart_block")


def mapped(terms: Terminology) -> Terminology:
    """The terminology with the site's codes; each is the name of what it means."""
    now = [_term(name, now_only=False) for name in NOW]
    return terms.extended([*now, *(_term(name, now_only=True) for name in OF_A_PAST_PREGNANCY)])


def _term(name: str, *, now_only: bool) -> Term:
    return Term(
        concept=name, target=f"conditions/{name}", system=SYSTEM, code=name, display=name, confidence="verified",
        now_only=now_only,
    )  # fmt: skip
