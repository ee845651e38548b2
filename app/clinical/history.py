"""PatientHistory: everything a sender may say about one patient. All of it is optional; what is absent is unknown."""

from enum import StrEnum

from pydantic import Field

from app.clinical.exposure_sections import ClockTime, Exposure, Neurology
from app.clinical.fetal_sections import CorticosteroidTrial, FetalAlloimmunity
from app.clinical.obstetric_sections import (
    CurrentPregnancy,
    EmbryoTransfer,
    LossSummary,
    Plans,
    Postpartum,
    Pregnancy,
    PregnancyStatus,
)
from app.clinical.result_sections import AntiphospholipidTest, BloodPressure, Investigation, Laboratory
from app.clinical.scalars import Day, Wire
from app.clinical.sections import (
    Allergy,
    Condition,
    Immunisation,
    Medication,
    Patient,
    PlannedIvig,
    PreviousIvig,
    ThromboticEvent,
)

JURISDICTION = r"^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$"
MEMBERS = 200


class Indication(StrEnum):
    RECURRENT_PREGNANCY_LOSS = "recurrent_pregnancy_loss"
    ANTIPHOSPHOLIPID_SYNDROME = "antiphospholipid_syndrome"
    RECURRENT_IMPLANTATION_FAILURE = "recurrent_implantation_failure"
    PREECLAMPSIA = "preeclampsia"
    FETAL_NEONATAL_ALLOIMMUNE_THROMBOCYTOPENIA = "fetal_neonatal_alloimmune_thrombocytopenia"
    GESTATIONAL_ALLOIMMUNE_LIVER_DISEASE = "gestational_alloimmune_liver_disease"
    IMMUNE_THROMBOCYTOPENIA = "immune_thrombocytopenia"
    HAEMOLYTIC_DISEASE_OF_FETUS_AND_NEWBORN = "haemolytic_disease_of_fetus_and_newborn"
    ANTI_RO_HEART_BLOCK = "anti_ro_heart_block"
    CYTOMEGALOVIRUS = "cytomegalovirus"
    PARVOVIRUS = "parvovirus"
    MEASLES_EXPOSURE = "measles_exposure"
    VARICELLA_EXPOSURE = "varicella_exposure"
    PRIMARY_IMMUNODEFICIENCY = "primary_immunodeficiency"
    GUILLAIN_BARRE_SYNDROME = "guillain_barre_syndrome"
    MYASTHENIA_GRAVIS = "myasthenia_gravis"
    POST_TRANSFUSION_PURPURA = "post_transfusion_purpura"
    CATASTROPHIC_ANTIPHOSPHOLIPID_SYNDROME = "catastrophic_antiphospholipid_syndrome"
    THROMBOTIC_THROMBOCYTOPENIC_PURPURA = "thrombotic_thrombocytopenic_purpura"
    STREPTOCOCCAL_SEPSIS = "streptococcal_sepsis"
    DERMATOMYOSITIS = "dermatomyositis"


class Section(StrEnum):
    """Sections whose completeness a sender can vouch for."""

    PREGNANCIES = "pregnancies"
    EMBRYO_TRANSFERS = "embryo_transfers"
    ANTIPHOSPHOLIPID_TESTS = "antiphospholipid_tests"
    THROMBOTIC_EVENTS = "thrombotic_events"
    LABORATORY = "laboratory"
    VITALS = "vitals"
    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    INVESTIGATIONS = "investigations"
    IMMUNISATIONS = "immunisations"
    PREVIOUS_IVIG = "previous_ivig"
    EXPOSURES = "exposures"


class PatientHistory(Wire):
    """One patient's history as an EHR sends it. A section that is absent says nothing; it never says "none"."""

    as_of: Day | None = Field(None, description="Date of assessment; today (UTC) if left out.", examples=["2026-11-25"])
    jurisdiction: str | None = Field(
        None,
        pattern=JURISDICTION,
        description="ISO 3166 country or subdivision, or EU.",
        examples=["GB-ENG", "US", "CA-ON", "EU"],
    )
    indications: tuple[Indication, ...] | None = Field(
        None,
        max_length=30,
        description="Only these indications. Left out: the four core ones, and each other one the history gives a reason for.",
    )
    complete_sections: tuple[Section, ...] = Field(
        (),
        max_length=20,
        description="Sections the sender vouches for as complete: what they do not list is then known to be absent.",
    )
    patient: Patient = Field(default_factory=Patient)
    pregnancy_status: PregnancyStatus | None = Field(
        None, description="Today's status; follows from current_pregnancy or postpartum."
    )
    current_pregnancy: CurrentPregnancy | None = None
    postpartum: Postpartum | None = None
    plans: Plans | None = None
    pregnancies: tuple[Pregnancy, ...] | None = Field(
        None, max_length=60, description="Past pregnancies, oldest first."
    )
    loss_summary: LossSummary | None = None
    embryo_transfers: tuple[EmbryoTransfer, ...] | None = Field(None, max_length=60, description="Oldest first.")
    antiphospholipid_tests: tuple[AntiphospholipidTest, ...] | None = Field(None, max_length=MEMBERS)
    thrombotic_events: tuple[ThromboticEvent, ...] | None = Field(None, max_length=60)
    laboratory: tuple[Laboratory, ...] | None = Field(None, max_length=MEMBERS)
    vitals: tuple[BloodPressure, ...] | None = Field(None, max_length=MEMBERS, description="Blood pressure readings.")
    conditions: tuple[Condition, ...] | None = Field(None, max_length=MEMBERS)
    medications: tuple[Medication, ...] | None = Field(None, max_length=MEMBERS)
    allergies: tuple[Allergy, ...] | None = Field(None, max_length=MEMBERS)
    investigations: tuple[Investigation, ...] | None = Field(None, max_length=60)
    immunisations: tuple[Immunisation, ...] | None = Field(None, max_length=60)
    planned_ivig: PlannedIvig | None = None
    previous_ivig: tuple[PreviousIvig, ...] | None = Field(None, max_length=60)
    fetal_alloimmunity: FetalAlloimmunity | None = Field(
        None, description="Maternal antibodies against fetal platelets or red cells, the father and the fetus."
    )
    corticosteroid_trial: CorticosteroidTrial | None = Field(
        None, description="Corticosteroid for immune thrombocytopenia: what was tried, and with what result."
    )
    as_of_time: ClockTime | None = Field(
        None, description="Local time of the assessment, HH:MM, together with as_of; makes elapsed hours exact."
    )
    exposures: tuple[Exposure, ...] | None = Field(
        None, max_length=20, description="Contacts with measles or varicella that are in question."
    )
    neurology: Neurology | None = None
    failed_sections: tuple[Section, ...] = Field(
        (),
        max_length=20,
        description="Sections the sender tried to read and could not, or not wholly: what they do not list is unknown because the fetch failed.",
    )
