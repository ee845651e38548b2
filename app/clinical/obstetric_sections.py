"""What a sender may say about pregnancies: past, present, planned, and embryo transfers."""

from enum import StrEnum

from pydantic import Field

from app.clinical.fetal_sections import FetalFindings
from app.clinical.result_sections import Finding
from app.clinical.scalars import Count, Day, Exact, GestationalAge, PartialDate, Whole, Wire


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


class Postpartum(Wire):
    """After a birth. Sending this section says that she is postpartum."""

    days: Whole | None = Field(None, ge=0, le=365, description="Days since the birth.")
    delivered_at: GestationalAge | None = Field(None, description="Gestation at the birth.")
