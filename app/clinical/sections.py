"""What a sender may say about the patient: herself, her diagnoses and medicines, and immunoglobulin planned or given."""

from enum import StrEnum

from pydantic import Field

from app.clinical.scalars import Code, Day, Exact, FreeText, GestationalAge, PartialDate, Whole, Wire


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
