"""Recurrent pregnancy loss: its vocabulary; importing this module declares all its facts."""

from app.clinical import loss_runs, loss_tissue, losses, pregnancy, workup
from app.clinical.catalogue import Coding
from app.clinical.history import Section
from app.clinical.presence import declare_presence

__all__ = ["loss_runs", "loss_tissue", "losses", "pregnancy", "workup"]

SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"

_CONDITIONS = (
    ("breast_or_genital_cancer", "Breast or genital tract cancer", "Does she have breast or genital tract cancer?"),
    ("porphyria", "Porphyria", "Does she have porphyria?"),
    (
        "thrombophlebitis",
        "Thrombophlebitis or thromboembolic disorder",
        "Does she have thrombophlebitis or a thromboembolic disorder?",
    ),
    (
        "contraindication_to_immunomodulation",
        "Contraindication to LMWH, corticosteroid and hydroxychloroquine",
        "Is there a contraindication to immunomodulation (LMWH, corticosteroid, hydroxychloroquine)?",
    ),
)
_ALLERGIES = (
    ("soya", "Soya", "Is she allergic to soya?"),
    ("peanut", "Peanut", "Is she allergic to peanut?"),
    ("progesterone", "Progesterone", "Is she hypersensitive to progesterone?"),
)

for _code, _title, _question in _CONDITIONS:
    declare_presence(Section.CONDITIONS, _code, _title, _question)
for _code, _title, _question in _ALLERGIES:
    declare_presence(Section.ALLERGIES, _code, _title, _question)

declare_presence(
    Section.CONDITIONS,
    "missed_miscarriage",
    "Missed miscarriage",
    "Is this a missed miscarriage?",
    (Coding(SNOMED, "16607004", "Missed abortion (disorder)"), Coding(ICD10CM, "O02.1", "Missed abortion")),
)
declare_presence(
    Section.CONDITIONS,
    "donor_oocytes",
    "Donor oocytes used or planned",
    "Are donor oocytes used or planned?",
    (Coding(SNOMED, "425866000", "In vitro fertilization using donor eggs (procedure)"),),
)
