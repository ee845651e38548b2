"""The sections of a patient history: one class for each kind of entry an EHR can send."""

from enum import StrEnum

from pydantic import Field

from app.clinical.fetal_sections import FetalFindings
from app.clinical.scalars import Code, Count, Day, Exact, FreeText, GestationalAge, PartialDate, Whole, Wire


class PregnancyOutcome(StrEnum):
    """How a past pregnancy ended. ``loss_unspecified`` is a loss whose type is not known."""

    BIOCHEMICAL = "biochemical"
    NON_VISUALISED = "non_visualised"
    MISCARRIAGE = "miscarriage"
    FETAL_DEATH = "fetal_death"
    ECTOPIC = "ectopic"
    MOLAR = "molar"
    TERMINATION = "termination"
    LIVE_BIRTH = "live_birth"
    NEONATAL_DEATH = "neonatal_death"
    LOSS_UNSPECIFIED = "loss_unspecified"


class Confirmation(StrEnum):
    ULTRASOUND = "ultrasound"
    HISTOLOGY = "histology"
    HCG_ONLY = "hcg_only"
    SELF_REPORT = "self_report"


class Conception(StrEnum):
    NATURAL = "natural"
    OVULATION_INDUCTION = "ovulation_induction"
    IUI = "iui"
    IVF = "ivf"
    ICSI = "icsi"
    FROZEN_TRANSFER = "frozen_transfer"


class Finding(StrEnum):
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    NOT_EXAMINED = "not_examined"


class Complication(StrEnum):
    """What went wrong in a past pregnancy, with the severity that criteria ask for."""

    GESTATIONAL_HYPERTENSION = "gestational_hypertension"
    PREECLAMPSIA = "preeclampsia"
    PREECLAMPSIA_SEVERE_FEATURES = "preeclampsia_severe_features"
    ECLAMPSIA = "eclampsia"
    HELLP = "hellp"
    PLACENTAL_INSUFFICIENCY = "placental_insufficiency"
    PLACENTAL_INSUFFICIENCY_SEVERE_FEATURES = "placental_insufficiency_severe_features"
    FETAL_GROWTH_RESTRICTION = "fetal_growth_restriction"
    PLACENTAL_ABRUPTION = "placental_abruption"
    PRETERM_BIRTH = "preterm_birth"
    LOW_BIRTH_WEIGHT = "low_birth_weight"
    FNAIT = "fnait"
    FETAL_INTRACRANIAL_HAEMORRHAGE = "fetal_intracranial_haemorrhage"
    GALD = "gald"
    GALD_SUSPECTED = "gald_suspected"
    HDFN = "hdfn"
    CONGENITAL_HEART_BLOCK = "congenital_heart_block"


class Treatment(StrEnum):
    """What was given in a past pregnancy; ``none`` says that nothing was."""

    NONE = "none"
    ASPIRIN = "aspirin"
    HEPARIN_PROPHYLACTIC = "heparin_prophylactic"
    HEPARIN_THERAPEUTIC = "heparin_therapeutic"
    HYDROXYCHLOROQUINE = "hydroxychloroquine"
    CORTICOSTEROID = "corticosteroid"
    PROGESTERONE = "progesterone"
    IVIG = "ivig"


class Pregnancy(Wire):
    """One past pregnancy. List them in the order they happened; the order decides what is consecutive."""

    outcome: PregnancyOutcome = Field(description="How the pregnancy ended.", examples=["miscarriage"])
    gestational_age: GestationalAge | None = Field(None, description="Gestation at the end of the pregnancy.")
    ended_on: PartialDate | None = Field(None, description="When it ended, as exactly as known.")
    confirmed_by: Confirmation | None = Field(None, description="What the pregnancy was documented by.")
    conception: Conception | None = Field(None, description="How it was conceived.")
    karyotype: Finding | None = Field(None, description="Chromosomes of the pregnancy tissue.")
    fetal_morphology: Finding | None = Field(None, description="Form of the fetus on ultrasound or direct examination.")
    complications: tuple[Complication, ...] | None = Field(
        None, max_length=20, description="Complications; an empty list says that there were none, absence says nothing."
    )
    complications_complete: bool | None = Field(
        None,
        description="False: complications that are not named may have happened all the same. Absence takes the list as it stands.",
    )
    same_partner: bool | None = Field(None, description="Whether the partner is the present one.")
    treatments: tuple[Treatment, ...] | None = Field(
        None,
        max_length=8,
        description="Treatment given in that pregnancy; ['none'] says untreated, absence says nothing.",
    )
    treatment_started_at: GestationalAge | None = Field(None, description="Gestation at which that treatment began.")
    fetal_findings: FetalFindings | None = Field(
        None, description="Details of an affected fetus or newborn, beside the complications."
    )

    @property
    def rules_out(self) -> bool:
        """Whether a complication that is not named did not happen."""
        return self.complications is not None and self.complications_complete is not False


class LossSummary(Wire):
    """Counts of past pregnancies, where the list is not known or not complete."""

    losses: Count | None = Field(None, description="All losses, ectopic and molar pregnancies left out.", examples=[3])
    clinical_losses: Count | None = Field(None, description="Losses seen on ultrasound or histology.")
    biochemical_losses: Count | None = Field(None, description="Positive test only, never located.")
    consecutive_losses: Count | None = Field(None, description="Longest run of losses without a live birth between.")
    live_births: Count | None = Field(None, description="Live births before today.")


class PregnancyStatus(StrEnum):
    NOT_PREGNANT = "not_pregnant"
    TRYING = "trying"
    IN_TREATMENT_CYCLE = "in_treatment_cycle"
    PREGNANT = "pregnant"
    POSTPARTUM = "postpartum"


class Dating(StrEnum):
    LMP = "lmp"
    SCAN = "scan"
    TRANSFER = "transfer"


class CurrentPregnancy(Wire):
    """The pregnancy of today. Sending this section says that she is pregnant."""

    gestational_age: GestationalAge | None = Field(None, description="Gestation on the date of assessment.")
    dating: Dating | None = Field(None, description="What the gestation was worked out from.")
    conception: Conception | None = None
    plurality: Whole | None = Field(None, ge=1, le=8, description="Number of fetuses.")
    fetal_heartbeat: bool | None = Field(None, description="Whether a heartbeat was seen.")
    intrauterine: bool | None = Field(None, description="Whether a scan showed the pregnancy inside the uterus.")
    bleeding: bool | None = Field(None, description="Vaginal bleeding now.")


class Plans(Wire):
    """What the patient plans."""

    conception: Conception | None = Field(None, description="Planned way to conceive.")
    transfer_on: Day | None = Field(None, description="Planned embryo transfer.")
    neuraxial_block: bool | None = Field(None, description="Epidural or spinal planned within about two weeks.")
    birth_within_two_weeks: bool | None = Field(
        None, description="Birth planned or expected within about two weeks. Absence is unknown."
    )


class Stage(StrEnum):
    CLEAVAGE = "cleavage"
    BLASTOCYST = "blastocyst"


class Quality(StrEnum):
    GOOD = "good"
    OTHER = "other"


class Ploidy(StrEnum):
    EUPLOID = "euploid"
    NOT_EUPLOID = "not_euploid"
    UNTESTED = "untested"


class OocyteSource(StrEnum):
    OWN = "own"
    DONOR = "donor"


class Cycle(StrEnum):
    FRESH = "fresh"
    FROZEN = "frozen"


class TransferOutcome(StrEnum):
    NOT_PREGNANT = "not_pregnant"
    BIOCHEMICAL = "biochemical"
    CLINICAL_PREGNANCY = "clinical_pregnancy"
    LIVE_BIRTH = "live_birth"


class EmbryoTransfer(Wire):
    """One embryo transfer. List them in the order they happened."""

    on: PartialDate | None = Field(None, description="Date of the transfer.")
    embryos: Whole | None = Field(None, ge=1, le=10, description="Embryos transferred.")
    stage: Stage | None = None
    quality: Quality | None = Field(
        None, description="`good` when every embryo was of good quality by the clinic's grading."
    )
    ploidy: Ploidy | None = Field(None, description="Result of preimplantation testing for aneuploidy.")
    oocyte_source: OocyteSource | None = None
    cycle: Cycle | None = None
    outcome: TransferOutcome | None = Field(None, description="Result of this transfer.")
    predicted_chance: Exact | None = Field(
        None,
        ge=0,
        le=1,
        description="The clinic's own predicted chance of implantation for this transfer, 0 to 1. Never inferred from age.",
    )
    age_at_retrieval: Whole | None = Field(
        None, ge=15, le=60, description="Age of the egg's provider at retrieval, years."
    )
    immunomodulation: bool | None = Field(None, description="Whether immunomodulation was given with this transfer.")


class AplAssay(StrEnum):
    LUPUS_ANTICOAGULANT = "lupus_anticoagulant"
    ANTICARDIOLIPIN_IGG = "anticardiolipin_igg"
    ANTICARDIOLIPIN_IGM = "anticardiolipin_igm"
    ANTICARDIOLIPIN_IGA = "anticardiolipin_iga"
    ANTI_BETA2_GLYCOPROTEIN_I_IGG = "anti_beta2_glycoprotein_i_igg"
    ANTI_BETA2_GLYCOPROTEIN_I_IGM = "anti_beta2_glycoprotein_i_igm"
    ANTI_BETA2_GLYCOPROTEIN_I_IGA = "anti_beta2_glycoprotein_i_iga"
    ANTI_PHOSPHATIDYLSERINE_PROTHROMBIN = "anti_phosphatidylserine_prothrombin"


class AplUnit(StrEnum):
    """Arbitrary units; they never convert into each other."""

    GPL = "GPL"
    MPL = "MPL"
    U = "U"


class AplResult(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    INVALID = "invalid"


class AplMethod(StrEnum):
    ELISA = "elisa"
    OTHER = "other"


class AntiphospholipidTest(Wire):
    """One antiphospholipid antibody result."""

    assay: AplAssay = Field(description="Which antibody.", examples=["lupus_anticoagulant"])
    on: PartialDate | None = Field(None, description="Date of sampling.")
    value: Exact | None = Field(
        None, ge=0, le=100000, description="Titre in `unit`; leave out for lupus anticoagulant."
    )
    unit: AplUnit | None = Field(None, description="GPL, MPL or U (units of the kit).")
    result: AplResult | None = Field(None, description="The laboratory's own reading.")
    method: AplMethod | None = Field(None, description="`elisa` for a standardised ELISA.")
    above_99th_percentile: bool | None = Field(None, description="Above the laboratory's 99th percentile.")
    on_anticoagulant: bool | None = Field(
        None, description="Whether she took an anticoagulant when the sample was drawn."
    )


class ThrombosisType(StrEnum):
    VENOUS = "venous"
    ARTERIAL = "arterial"
    SMALL_VESSEL = "small_vessel"


class ThromboticEvent(Wire):
    """One thrombosis."""

    type: ThrombosisType
    site: Code | None = Field(None, description="Where, e.g. leg_vein, lung, brain.")
    on: PartialDate | None = None
    confirmed: bool | None = Field(
        None, description="Shown by imaging, Doppler or histology without vessel-wall inflammation."
    )
    superficial: bool | None = Field(None, description="A superficial vein only.")
    high_risk_profile: bool | None = Field(
        None,
        description="The clinician's judgement: high-risk VTE (venous) or cardiovascular (arterial) profile at the event.",
    )


class Comparator(StrEnum):
    LESS_THAN = "<"
    GREATER_THAN = ">"


class LabResult(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    NOT_DONE = "not_done"
    EQUIVOCAL = "equivocal"


class Laboratory(Wire):
    """One laboratory result: a number with its unit, or the laboratory's reading."""

    test: Code = Field(description="Test id, listed at GET /v1/facts.", examples=["platelets"])
    value: Exact | None = Field(None, ge=0, le=10**9, description="The number, in `unit`.")
    unit: str | None = Field(
        None, max_length=30, description="UCUM unit; only the units listed for the test are taken.", examples=["10*9/L"]
    )
    comparator: Comparator | None = Field(None, description="`<` or `>` where the laboratory gives a bound only.")
    result: LabResult | None = None
    upper_limit_of_normal: Exact | None = Field(
        None, gt=0, le=10**6, description="The laboratory's own upper limit, in `unit`."
    )
    on: PartialDate | None = None
    baseline: bool | None = Field(None, description="True for a value from before this illness or before 20 weeks.")


class BloodPressure(Wire):
    """One blood pressure reading."""

    systolic: Whole = Field(ge=40, le=320, description="mm Hg.")
    diastolic: Whole = Field(ge=20, le=220, description="mm Hg.")
    on: Day | None = Field(None, description="Day of the reading.")
    time: str | None = Field(
        None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Local time of day, HH:MM.", examples=["14:30"]
    )
    treated: bool | None = Field(None, description="Whether she took an antihypertensive at the time.")
    gestational_age: GestationalAge | None = Field(
        None, description="Gestation at the reading, where the date does not tell."
    )


class Presence(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"


class Condition(Wire):
    """A diagnosis, symptom or finding that is there, or known not to be."""

    code: Code = Field(description="Condition id, listed at GET /v1/facts.", examples=["systemic_lupus_erythematosus"])
    status: Presence = Field(description="`present` or `absent`; what is not known is not sent.")
    on: PartialDate | None = None
    details: FreeText | None = Field(None, description="Free text; not read by any rule, not stored, not logged.")


class MedicationStatus(StrEnum):
    ACTIVE = "active"
    STOPPED = "stopped"


class Medication(Wire):
    code: Code = Field(description="Medication id, listed at GET /v1/facts.", examples=["loop_diuretic"])
    status: MedicationStatus = Field(description="`active` or `stopped`.")
    dose: FreeText | None = Field(None, max_length=80, description="Free text; not read by any rule.")
    started_on: PartialDate | None = None


class Allergy(Wire):
    code: Code = Field(description="Allergy id, listed at GET /v1/facts.", examples=["aspirin"])
    status: Presence


class Investigation(Wire):
    """A search for a cause: what was looked at, and what it showed."""

    code: Code = Field(description="Investigation id, listed at GET /v1/facts.", examples=["uterine_anatomy"])
    result: Finding
    on: PartialDate | None = None


class Immunisation(Wire):
    vaccine: Code = Field(examples=["mmr"])
    on: PartialDate | None = Field(None, description="Date given or planned.")
    planned: bool | None = Field(None, description="True if it is planned, not given.")


class PlannedIvig(Wire):
    """The IVIG order, if there is one."""

    product: Code | None = Field(None, description="Product id.")
    dose_g_per_kg: Exact | None = Field(
        None, gt=0, le=4, description="Dose of one day, g per kg body weight.", examples=[0.4]
    )
    days: Whole | None = Field(None, ge=1, le=10, description="Days of one course.", examples=[5])
    start_gestation: GestationalAge | None = None
    interval_days: Whole | None = Field(None, ge=1, le=365, description="Days between courses.")
    rapid_infusion: bool | None = Field(None, description="Whether a rapid infusion is meant.")


class Reaction(StrEnum):
    NONE = "none"
    MILD = "mild"
    SEVERE_SYSTEMIC = "severe_systemic"
    ANAPHYLAXIS = "anaphylaxis"


class PreviousIvig(Wire):
    """One earlier immunoglobulin course."""

    on: PartialDate | None = None
    product: Code | None = None
    dose_g_per_kg: Exact | None = Field(None, gt=0, le=10)
    reaction: Reaction | None = Field(None, description="Worst reaction to it.")


class BloodGroup(StrEnum):
    A = "A"
    B = "B"
    AB = "AB"
    O = "O"  # noqa: E741 - the blood group's name


class RhD(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Patient(Wire):
    birth_date: Day | None = Field(None, description="Give this or age_years.")
    age_years: Whole | None = Field(
        None, ge=10, le=70, description="Completed years on the date of assessment.", examples=[34]
    )
    sex: Sex | None = None
    weight_kg: Exact | None = Field(None, ge=30, le=250, description="Current weight, kg.", examples=[62])
    prepregnancy_weight_kg: Exact | None = Field(
        None, ge=30, le=250, description="Weight before pregnancy, kg; used for BMI."
    )
    height_cm: Exact | None = Field(None, ge=120, le=220, description="Height, cm.", examples=[165])
    blood_group: BloodGroup | None = None
    rh_d: RhD | None = None
    smoker: bool | None = Field(None, description="Smokes now.")


class Postpartum(Wire):
    """After a birth. Sending this section says that she is postpartum."""

    days: Whole | None = Field(None, ge=0, le=365, description="Days since the birth.")
    delivered_at: GestationalAge | None = Field(None, description="Gestation at the birth.")
