"""Safety of IVIG: its vocabulary; importing this module declares all its facts (CLINICAL_DECISIONS 6.1-6.4, 6.9)."""

from app.clinical import body, courses, immunoglobulin_a, kidney_after, orders, vaccine_history
from app.clinical.catalogue import Coding
from app.clinical.history import Section
from app.clinical.presence import declare_presence

__all__ = ["body", "courses", "immunoglobulin_a", "kidney_after", "orders", "vaccine_history"]

SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"

Codes = tuple[tuple[str, str, str], ...]

_CLOTTING: tuple[tuple[str, str, str, Codes], ...] = (
    (
        "previous_thrombosis",
        "Earlier thrombosis",
        "Has she ever had a venous or arterial thrombosis?",
        (
            (SNOMED, "128053003", "Deep venous thrombosis (disorder)"),
            (SNOMED, "59282003", "Pulmonary embolism (disorder)"),
            (SNOMED, "111293003", "Venous thrombosis (disorder)"),
            (SNOMED, "161508001", "History of deep vein thrombosis (situation)"),
            (SNOMED, "161512007", "History of pulmonary embolus (situation)"),
            (
                ICD10CM,
                "I82.409",
                "Acute embolism and thrombosis of unspecified deep veins of unspecified lower extremity",
            ),
            (ICD10CM, "I26.99", "Other pulmonary embolism without acute cor pulmonale"),
            (ICD10CM, "Z86.718", "Personal history of other venous thrombosis and embolism"),
            (ICD10CM, "Z86.711", "Personal history of pulmonary embolism"),
        ),
    ),
    (
        "inherited_thrombophilia",
        "Inherited thrombophilia",
        "Does she have an inherited thrombophilia?",
        (
            (SNOMED, "439698008", "Hereditary thrombophilia (disorder)"),
            (ICD10CM, "D68.51", "Activated protein C resistance"),
            (ICD10CM, "D68.52", "Prothrombin gene mutation"),
        ),
    ),
    ("immobilisation", "Prolonged immobilisation", "Is she immobilised, or will she be for long?", ()),
    ("ovarian_stimulation", "Ovarian stimulation", "Is she in ovarian stimulation?", ()),
    (
        "ovarian_hyperstimulation_syndrome",
        "Ovarian hyperstimulation syndrome (OHSS)",
        "Does she have ovarian hyperstimulation syndrome (OHSS)?",
        (),
    ),
    ("central_venous_catheter", "Central venous catheter", "Does she have a central venous catheter?", ()),
    ("hyperviscosity", "Hyperviscosity", "Is hyperviscosity of the blood known?", ()),
    (
        "cardiovascular_disease",
        "Cardiovascular disease",
        "Does she have cardiovascular disease?",
        (
            (SNOMED, "22298006", "Myocardial infarction (disorder)"),
            (ICD10CM, "I21.9", "Acute myocardial infarction, unspecified"),
        ),
    ),
    ("cryoglobulinaemia", "Cryoglobulinaemia", "Does she have cryoglobulins?", ()),
    (
        "severe_hypertriglyceridaemia",
        "Fasting chylomicrons or very high triglycerides",
        "Does she have fasting chylomicrons or very high triglycerides?",
        (),
    ),
    (
        "paraproteinaemia",
        "Paraproteinaemia (monoclonal protein)",
        "Does she have a monoclonal protein?",
        ((ICD10CM, "D47.2", "Monoclonal gammopathy"),),
    ),
)

_KIDNEY_AND_FLUID: tuple[tuple[str, str, str, Codes], ...] = (
    (
        "renal_impairment",
        "Renal impairment of any degree",
        "Does she have renal impairment of any degree?",
        (
            (SNOMED, "236423003", "Renal impairment (disorder)"),
            (SNOMED, "14669001", "Acute renal failure syndrome (disorder)"),
            (ICD10CM, "N17.9", "Acute kidney failure, unspecified"),
        ),
    ),
    (
        "diabetes",
        "Diabetes mellitus, known before pregnancy",
        "Does she have diabetes that was known before pregnancy?",
        (
            (SNOMED, "73211009", "Diabetes mellitus (disorder)"),
            (ICD10CM, "E11.9", "Type 2 diabetes mellitus without complications"),
        ),
    ),
    ("gestational_diabetes", "Gestational diabetes", "Does she have gestational diabetes?", ()),
    ("glucose_monitoring", "Blood glucose monitoring", "Is her blood glucose monitored with a meter?", ()),
    (
        "volume_depletion",
        "Volume depletion",
        "Is she short of fluid?",
        ((SNOMED, "34095006", "Dehydration (disorder)"), (ICD10CM, "E86.0", "Dehydration")),
    ),
    ("fluid_overload", "Expanded fluid volume", "Does she have fluid overload?", ()),
    ("sepsis", "Sepsis", "Does she have sepsis?", ()),
    (
        "heart_failure",
        "Heart failure",
        "Does she have heart failure?",
        ((SNOMED, "84114007", "Heart failure (disorder)"), (ICD10CM, "I50.9", "Heart failure, unspecified")),
    ),
    ("severe_liver_disease", "Severe liver disease", "Does she have severe liver disease?", ()),
)

_IMMUNE_AND_OTHER: tuple[tuple[str, str, str, Codes], ...] = (
    (
        "immunoglobulin_anaphylaxis",
        "Anaphylaxis or severe systemic reaction to human immunoglobulin, any brand",
        "Has she ever had anaphylaxis or a severe systemic reaction to human immunoglobulin?",
        (),
    ),
    (
        "iga_deficiency",
        "IgA deficiency",
        "Has IgA deficiency been diagnosed?",
        (
            (SNOMED, "29260007", "Immunoglobulin A deficiency (disorder)"),
            (SNOMED, "190979003", "Selective immunoglobulin A deficiency (disorder)"),
            (ICD10CM, "D80.2", "Selective deficiency of immunoglobulin A [IgA]"),
        ),
    ),
    ("anti_iga_antibodies", "Antibodies against IgA", "Does she have antibodies against IgA?", ()),
    ("very_low_igg", "Very low IgG", "Is her IgG very low (severe antibody deficiency)?", ()),
    ("inflammation", "Inflammatory state", "Does she have an inflammatory state now?", ()),
    (
        "migraine",
        "Migraine",
        "Does she have migraine?",
        (
            (SNOMED, "37796009", "Migraine (disorder)"),
            (ICD10CM, "G43.909", "Migraine, unspecified, not intractable, without status migrainosus"),
        ),
    ),
    ("hyperprolinaemia", "Hyperprolinaemia type I or II", "Does she have hyperprolinaemia?", ()),
    (
        "hereditary_fructose_intolerance",
        "Hereditary fructose intolerance, known or suspected",
        "Is hereditary fructose intolerance known or suspected?",
        (),
    ),
)

_MEDICATIONS: tuple[tuple[str, str, str, Codes], ...] = (
    ("oestrogen", "Oestrogen", "Does she take an oestrogen?", ()),
    ("loop_diuretic", "Loop diuretic", "Does she take a loop diuretic?", ()),
    ("nephrotoxic", "Drug that can harm the kidney", "Does she take a drug that can harm the kidney?", ()),
    (
        "anticoagulant",
        "Anticoagulant",
        "Does she take an anticoagulant, and in which dose?",
        ((ICD10CM, "Z79.01", "Long term (current) use of anticoagulants"),),
    ),
)

_ALLERGIES: tuple[tuple[str, str, str, Codes], ...] = (
    ("corn", "Corn (maize)", "Is she allergic to corn (maize)?", ()),
    (
        "immunoglobulin",
        "Hypersensitivity to human immunoglobulin",
        "Has she ever had a hypersensitivity reaction to human immunoglobulin?",
        ((SNOMED, "294633002", "Human immunoglobulin allergy"),),
    ),
)

_VOCABULARY = (
    (Section.CONDITIONS, (*_CLOTTING, *_KIDNEY_AND_FLUID, *_IMMUNE_AND_OTHER)),
    (Section.MEDICATIONS, _MEDICATIONS),
    (Section.ALLERGIES, _ALLERGIES),
)

for _section, _entries in _VOCABULARY:
    for _code, _title, _question, _codes in _entries:
        declare_presence(_section, _code, _title, _question, (Coding(*item) for item in _codes))
