"""The vocabulary of antiphospholipid syndrome: diagnoses, manifestations, and what stands against its treatments."""

from app.clinical.catalogue import Case, Coding, fact
from app.clinical.history import Section
from app.clinical.presence import declare_presence, read_presence
from app.logic.values import Fact, Known, Reason, Unknown

SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
DIAGNOSES = ("antiphospholipid_syndrome", "obstetric_antiphospholipid_syndrome", "thrombotic_antiphospholipid_syndrome")

_CODED = (
    (
        DIAGNOSES[0],
        "Antiphospholipid syndrome, diagnosed by a clinician",
        "Has a clinician diagnosed antiphospholipid syndrome?",
        (
            Coding(SNOMED, "26843008", "Antiphospholipid syndrome (disorder)"),
            Coding(ICD10CM, "D68.61", "Antiphospholipid syndrome"),
        ),
    ),
    (
        "systemic_lupus_erythematosus",
        "Systemic lupus erythematosus",
        "Does she have systemic lupus erythematosus?",
        (
            Coding(SNOMED, "55464009", "Systemic lupus erythematosus (disorder)"),
            Coding(ICD10CM, "M32.9", "Systemic lupus erythematosus, unspecified"),
        ),
    ),
)
_CONDITIONS = (
    (
        DIAGNOSES[1],
        "Obstetric antiphospholipid syndrome, diagnosed by a clinician",
        "Has a clinician diagnosed obstetric antiphospholipid syndrome?",
    ),
    (
        DIAGNOSES[2],
        "Thrombotic antiphospholipid syndrome, diagnosed by a clinician",
        "Has a clinician diagnosed thrombotic antiphospholipid syndrome?",
    ),
    ("hyperlipidaemia", "Hyperlipidaemia", "Does she have hyperlipidaemia?"),
    ("livedo_racemosa", "Livedo racemosa on examination", "Is there livedo racemosa on examination?"),
    (
        "livedoid_vasculopathy",
        "Livedoid vasculopathy lesions on examination",
        "Are there lesions of livedoid vasculopathy on examination?",
    ),
    (
        "livedoid_vasculopathy_on_pathology",
        "Livedoid vasculopathy shown by pathology",
        "Did pathology show livedoid vasculopathy?",
    ),
    (
        "apl_nephropathy",
        "Antiphospholipid nephropathy by examination or laboratory",
        "Do examination or laboratory suggest antiphospholipid nephropathy?",
    ),
    (
        "apl_nephropathy_on_pathology",
        "Antiphospholipid nephropathy shown by pathology",
        "Did pathology show antiphospholipid nephropathy?",
    ),
    (
        "pulmonary_haemorrhage",
        "Pulmonary haemorrhage by symptoms and imaging",
        "Do symptoms and imaging show pulmonary haemorrhage?",
    ),
    (
        "pulmonary_haemorrhage_on_lavage_or_pathology",
        "Pulmonary haemorrhage shown by bronchoalveolar lavage or pathology",
        "Did lavage or pathology show pulmonary haemorrhage?",
    ),
    (
        "apl_myocardial_disease",
        "Antiphospholipid myocardial disease by imaging or pathology",
        "Do imaging or pathology show antiphospholipid myocardial disease?",
    ),
    ("adrenal_haemorrhage", "Adrenal haemorrhage or microthrombosis", "Was there adrenal haemorrhage?"),
    (
        "apl_valve_disease",
        "Heart valve disease related to antiphospholipid antibodies, type not stated",
        "Is there heart valve disease related to antiphospholipid antibodies?",
    ),
    ("valve_thickening", "Heart valve thickening", "Does echocardiography show valve thickening?"),
    ("valve_vegetation", "Heart valve vegetation", "Does echocardiography show a valve vegetation?"),
    (
        "heparin_induced_thrombocytopenia",
        "Heparin-induced thrombocytopenia, now or ever",
        "Has she ever had heparin-induced thrombocytopenia?",
    ),
    ("active_major_bleeding", "Active major bleeding", "Is there active major bleeding?"),
    (
        "aspirin_triggered_asthma",
        "Asthma triggered by aspirin or other NSAIDs",
        "Has aspirin or another NSAID triggered asthma?",
    ),
    (
        "peptic_ulcer",
        "Peptic ulcer, active or past",
        "Has she, or had she, a peptic ulcer or gastrointestinal bleeding?",
    ),
    ("cerebral_haemorrhage", "Cerebral haemorrhage, now or ever", "Has she ever had a cerebral haemorrhage?"),
    (
        "bleeding_disorder",
        "Bleeding disorder, thrombocytopenia included",
        "Does she have a bleeding or coagulation disorder, or thrombocytopenia?",
    ),
    ("gout", "Gout", "Does she have gout?"),
    ("severe_renal_failure", "Severe renal failure", "Does she have severe renal failure?"),
    ("qt_prolongation", "QT prolongation", "Is the QT interval prolonged?"),
    ("retinopathy", "Retinopathy", "Does she have retinopathy?"),
    ("g6pd_deficiency", "G6PD deficiency", "Does she have G6PD deficiency?"),
)
_MEDICATIONS = (
    ("methotrexate_over_15_mg", "Methotrexate over 15 mg a week", "Does she take more than 15 mg methotrexate a week?"),
    ("qt_prolonging", "QT-prolonging medicine", "Does she take a medicine that prolongs the QT interval?"),
    ("glucose_lowering", "Glucose-lowering medicine", "Does she take a medicine that lowers blood glucose?"),
)
_ALLERGIES = (
    ("heparin", "Heparin", "Is she allergic to heparin or a low-molecular-weight heparin?"),
    ("pork", "Pork", "Is she allergic to pork products?"),
    ("aspirin", "Aspirin, salicylates or NSAIDs", "Is she hypersensitive to aspirin, salicylates or NSAIDs?"),
    ("hydroxychloroquine", "Hydroxychloroquine", "Is she hypersensitive to hydroxychloroquine?"),
)

for _code, _title, _question, _codes in _CODED:
    declare_presence(Section.CONDITIONS, _code, _title, _question, _codes)
for _section, _entries in (
    (Section.CONDITIONS, _CONDITIONS),
    (Section.MEDICATIONS, _MEDICATIONS),
    (Section.ALLERGIES, _ALLERGIES),
):
    for _code, _title, _question in _entries:
        declare_presence(_section, _code, _title, _question)


def asserted(case: Case, *codes: str) -> Fact:
    """Whether the clinician entered one of these conditions; not entered is false, contradicting entries are unknown."""
    found = read_presence(case, Section.CONDITIONS, codes)
    if isinstance(found, Unknown) and found.reason is not Reason.CONFLICTING:
        return Known(False, ("/conditions",))
    return found


def _assertion(fact_id: str, question: str, *codes: str) -> None:
    declare = fact(fact_id, "boolean", question=question, read_from=("conditions",))
    declare(lambda case: asserted(case, *codes))


# Clinicians' assertions: true when entered, false when not. They open a second way beside the published criteria; not
# taking it decides nothing, for the criteria then do. ``condition.*`` keeps the diagnosis itself open.
_assertion("aps.diagnosed", "Has a clinician diagnosed antiphospholipid syndrome?", *DIAGNOSES)
_assertion("aps.obstetric_diagnosed", "Has a clinician diagnosed obstetric antiphospholipid syndrome?", DIAGNOSES[1])
_assertion("aps.thrombotic_diagnosed", "Has a clinician diagnosed thrombotic antiphospholipid syndrome?", DIAGNOSES[2])


@fact(
    "plans.neuraxial_block",
    "boolean",
    question="Is an epidural or spinal planned within about two weeks?",
    read_from=("plans",),
)
def neuraxial_block(case: Case) -> Fact:
    """Whether a neuraxial block is planned: it decides when heparin must pause [lmwh-contraindications]."""
    plans = case.history.plans
    if plans is None or plans.neuraxial_block is None:
        return Unknown(Reason.NOT_SENT if plans is None else Reason.NOT_RECORDED, ("/plans/neuraxial_block",))
    return Known(plans.neuraxial_block, ("/plans/neuraxial_block",))
