"""Hypertensive disease of pregnancy: its vocabulary; importing this module declares all its facts."""

from app.clinical import aspirin, blood_pressure, preeclampsia, urine_protein
from app.clinical.catalogue import Coding
from app.clinical.history import Section
from app.clinical.presence import declare_presence

__all__ = ["aspirin", "blood_pressure", "preeclampsia", "urine_protein"]

SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"

Codes = tuple[tuple[str, str, str], ...]

_DISEASE: tuple[tuple[str, str, str, Codes], ...] = (
    (
        "preeclampsia",
        "Preeclampsia",
        "Has preeclampsia been diagnosed in this pregnancy or after this birth?",
        (
            (SNOMED, "398254007", "Pre-eclampsia (disorder)"),
            (SNOMED, "41114007", "Mild pre-eclampsia (disorder)"),
            (ICD10CM, "O14.02", "Mild to moderate pre-eclampsia, second trimester"),
            (ICD10CM, "O14.93", "Unspecified pre-eclampsia, third trimester"),
        ),
    ),
    (
        "preeclampsia_severe_features",
        "Preeclampsia with severe features",
        "Has preeclampsia with severe features been diagnosed?",
        (
            (SNOMED, "46764007", "Severe pre-eclampsia (disorder)"),
            (ICD10CM, "O14.12", "Severe pre-eclampsia, second trimester"),
            (ICD10CM, "O14.13", "Severe pre-eclampsia, third trimester"),
        ),
    ),
    (
        "superimposed_preeclampsia",
        "Preeclampsia on top of chronic hypertension",
        "Has preeclampsia on top of chronic hypertension been diagnosed?",
        (
            (SNOMED, "67359005", "Pre-eclampsia added to pre-existing hypertension (disorder)"),
            (ICD10CM, "O11.9", "Pre-existing hypertension with pre-eclampsia, unspecified trimester"),
        ),
    ),
    (
        "eclampsia",
        "Eclampsia (seizure)",
        "Has she had a seizure (eclampsia)?",
        (
            (SNOMED, "15938005", "Eclampsia (disorder)"),
            (SNOMED, "198992004", "Eclampsia in pregnancy (disorder)"),
            (ICD10CM, "O15.00", "Eclampsia complicating pregnancy, unspecified trimester"),
        ),
    ),
    (
        "hellp",
        "HELLP syndrome",
        "Has HELLP syndrome been diagnosed or suspected?",
        (
            (SNOMED, "95605009", "Hemolysis-elevated liver enzymes-low platelet count syndrome (disorder)"),
            (ICD10CM, "O14.20", "HELLP syndrome (HELLP), unspecified trimester"),
        ),
    ),
    (
        "gestational_hypertension",
        "Gestational hypertension",
        "Has gestational hypertension been diagnosed?",
        (
            (SNOMED, "48194001", "Pregnancy-induced hypertension (disorder)"),
            (
                ICD10CM,
                "O13.9",
                "Gestational [pregnancy-induced] hypertension without significant proteinuria, unspecified trimester",
            ),
        ),
    ),
    (
        "chronic_hypertension",
        "Chronic hypertension",
        "Did she have hypertension before pregnancy or before 20 weeks?",
        ((ICD10CM, "I10", "Essential (primary) hypertension"),),
    ),
    (
        "hypertension",
        "Hypertension, beginning not stated",
        "Does she have hypertension, and did it begin before 20 weeks?",
        ((SNOMED, "38341003", "Hypertensive disorder, systemic arterial (disorder)"),),
    ),
    (
        "previous_preeclampsia",
        "Preeclampsia in an earlier pregnancy",
        "Did she have preeclampsia, eclampsia or HELLP syndrome in an earlier pregnancy?",
        (
            (SNOMED, "161807003", "History of severe pre-eclampsia (situation)"),
            (SNOMED, "161806007", "History of eclampsia (situation)"),
        ),
    ),
    (
        "previous_gestational_hypertension",
        "Gestational hypertension in an earlier pregnancy",
        "Did she have gestational hypertension in an earlier pregnancy?",
        (),
    ),
)

_FINDINGS: tuple[tuple[str, str, str, Codes], ...] = (
    ("proteinuria", "Proteinuria, amount not stated", "Does she have proteinuria, and how much?", ()),
    ("haemolysis", "Haemolysis", "Is there haemolysis?", ()),
    ("pulmonary_oedema", "Pulmonary oedema", "Is there pulmonary oedema?", ()),
    (
        "persistent_headache",
        "New headache that does not respond to treatment",
        "Is there a new, severe or persistent headache that does not respond to treatment and has no other explanation?",
        (),
    ),
    (
        "visual_disturbance",
        "Visual disturbance",
        "Are there new visual symptoms (flashes, scotomata, blurred vision)?",
        (),
    ),
    (
        "epigastric_pain",
        "Severe persistent right upper quadrant or epigastric pain",
        "Is there severe, persistent right upper quadrant or epigastric pain without another explanation?",
        (),
    ),
    ("clonus", "Clonus", "Is there clonus?", ()),
    ("altered_mental_state", "Altered mental state", "Is her mental state altered?", ()),
    ("blindness", "New blindness", "Has she lost her sight?", ()),
    (
        "stroke",
        "Stroke",
        "Has she had a stroke in this illness?",
        (
            (SNOMED, "230690007", "Cerebrovascular accident (disorder)"),
            (ICD10CM, "I63.9", "Cerebral infarction, unspecified"),
        ),
    ),
    (
        "disseminated_intravascular_coagulation",
        "Disseminated intravascular coagulation",
        "Is there disseminated intravascular coagulation?",
        (),
    ),
    (
        "fetal_growth_restriction",
        "Fetal growth restriction",
        "Is fetal growth restricted?",
        ((SNOMED, "22033007", "Fetal growth retardation (disorder)"),),
    ),
    (
        "abnormal_umbilical_doppler",
        "Abnormal umbilical artery Doppler",
        "Is the umbilical artery Doppler abnormal?",
        (),
    ),
    (
        "placental_abruption",
        "Placental abruption",
        "Is there placental abruption?",
        ((SNOMED, "415105001", "Placental abruption (disorder)"),),
    ),
    (
        "fetal_death",
        "Fetal death in this pregnancy",
        "Has the fetus died?",
        (
            (SNOMED, "276507005", "Fetal death (event)"),
            (SNOMED, "59291004", "Undelivered in utero fetal death (finding)"),
        ),
    ),
    (
        "no_improvement_after_birth",
        "No improvement in the days after the birth",
        "Have blood values failed to improve in the days after the birth?",
        (),
    ),
)

_BACKGROUND: tuple[tuple[str, str, str, Codes], ...] = (
    (
        "family_history_preeclampsia",
        "Mother or sister with preeclampsia",
        "Did her mother or a sister have preeclampsia?",
        (),
    ),
    ("low_calcium_intake", "Low dietary calcium", "Is her dietary calcium intake low?", ()),
    ("low_income", "Low income", "Does she live on a low income (a social marker of risk)?", ()),
    (
        "chronic_kidney_disease",
        "Chronic kidney disease",
        "Does she have chronic kidney disease?",
        (
            (SNOMED, "709044004", "Chronic kidney disease (disorder)"),
            (SNOMED, "433144002", "Chronic kidney disease stage 3 (disorder)"),
            (ICD10CM, "N18.31", "Chronic kidney disease, stage 3a"),
            (ICD10CM, "N18.32", "Chronic kidney disease, stage 3b"),
            (ICD10CM, "N18.4", "Chronic kidney disease, stage 4 (severe)"),
        ),
    ),
    ("asthma", "Asthma", "Does she have asthma?", ()),
    ("coronary_disease", "Coronary heart disease", "Does she have coronary heart disease?", ()),
    ("aortic_stenosis", "Aortic stenosis", "Does she have aortic stenosis?", ()),
    ("hepatic_coma", "Hepatic coma, or at risk of it", "Is there hepatic coma or a risk of it?", ()),
    (
        "immune_thrombocytopenia",
        "Immune thrombocytopenia (ITP)",
        "Does she have immune thrombocytopenia (ITP)?",
        (
            (SNOMED, "32273002", "Idiopathic thrombocytopenic purpura (disorder)"),
            (ICD10CM, "D69.3", "Immune thrombocytopenic purpura"),
        ),
    ),
)

for _code, _title, _question, _codes in (*_DISEASE, *_FINDINGS, *_BACKGROUND):
    declare_presence(Section.CONDITIONS, _code, _title, _question, (Coding(*item) for item in _codes))

declare_presence(Section.ALLERGIES, "magnesium", "Magnesium", "Is she hypersensitive to magnesium?")
