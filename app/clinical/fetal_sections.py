"""What a sender may say about alloimmunity between mother and fetus, and about a course of corticosteroid.

Absence of a section, or of a field in it, says nothing: it is unknown, never "none" and never "normal".
"""

from enum import StrEnum

from pydantic import Field, model_validator

from app.clinical.scalars import Exact, GestationalAge, Whole, Wire


class Detected(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"


class PlateletAntigen(StrEnum):
    """The human platelet antigen (HPA) that the antibody is against."""

    HPA_1A = "hpa_1a"
    HPA_1B = "hpa_1b"
    HPA_2A = "hpa_2a"
    HPA_2B = "hpa_2b"
    HPA_3A = "hpa_3a"
    HPA_3B = "hpa_3b"
    HPA_4A = "hpa_4a"
    HPA_4B = "hpa_4b"
    HPA_5A = "hpa_5a"
    HPA_5B = "hpa_5b"
    HPA_15A = "hpa_15a"
    HPA_15B = "hpa_15b"
    OTHER = "other"


class RedCellAntibody(StrEnum):
    ANTI_D = "anti_d"
    ANTI_K = "anti_k"
    OTHER = "other"


class Father(StrEnum):
    """What is known of the father of this pregnancy; leave the field out where it is not known."""

    HOMOZYGOUS = "homozygous"
    HETEROZYGOUS = "heterozygous"
    ANTIGEN_NEGATIVE = "antigen_negative"
    UNAVAILABLE = "unavailable"


class FetalAntigen(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


class Alloimmunity(Wire):
    """A maternal antibody, and whether the fetus of today carries what it is against."""

    antibody: Detected | None = Field(
        None,
        description="Whether the antibody was found in the mother; leave out if not tested, absence is unknown.",
        examples=["present"],
    )
    father: Father | None = Field(
        None,
        description="The father of this pregnancy, for the antigen the antibody is against. Absence is unknown.",
        examples=["homozygous"],
    )
    fetal_antigen: FetalAntigen | None = Field(
        None,
        description="Result of fetal typing for that antigen, in this pregnancy. Absence is unknown: not typed.",
    )

    @model_validator(mode="after")
    def _antibody_found(self) -> "Alloimmunity":
        if self.antibody is Detected.ABSENT and self.details_of_antibody:
            raise ValueError("specificity and titre go with an antibody that is present")
        return self

    @property
    def details_of_antibody(self) -> bool:
        """Whether anything is said that only an antibody that was found can have."""
        return False


class PlateletAlloimmunity(Alloimmunity):
    """Maternal antibody against a human platelet antigen (HPA)."""

    specificity: tuple[PlateletAntigen, ...] | None = Field(
        None,
        max_length=6,
        description="Which antigens the antibody is against. Absence is unknown.",
        examples=["hpa_1a"],
    )

    @property
    def details_of_antibody(self) -> bool:
        return bool(self.specificity)


class RedCellAlloimmunity(Alloimmunity):
    """Maternal antibody against a red-cell antigen."""

    specificity: tuple[RedCellAntibody, ...] | None = Field(
        None, max_length=3, description="Which red-cell antibodies. Absence is unknown.", examples=["anti_d"]
    )
    titre: Whole | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Latest titre as its reciprocal: 32 stands for 1:32. Absence is unknown.",
        examples=[32],
    )
    mca_psv_mom: Exact | None = Field(
        None,
        gt=0,
        le=5,
        description="Latest peak systolic velocity of the fetal middle cerebral artery (Doppler), multiples of the median.",
        examples=[1.2],
    )

    @property
    def details_of_antibody(self) -> bool:
        return bool(self.specificity) or self.titre is not None


class FetalAlloimmunity(Wire):
    """Maternal antibodies against platelets or red cells of the fetus. What is left out is unknown."""

    platelet: PlateletAlloimmunity | None = Field(None, description="Antibodies against platelet antigens (HPA).")
    red_cell: RedCellAlloimmunity | None = Field(None, description="Antibodies against red-cell antigens.")


class IntracranialHaemorrhage(StrEnum):
    """``none`` says that it was looked for and not found."""

    NONE = "none"
    IN_UTERO = "in_utero"
    AFTER_BIRTH = "after_birth"
    TIMING_UNKNOWN = "timing_unknown"


class GaldProof(StrEnum):
    """How gestational alloimmune liver disease was shown; ``none`` says that it never was."""

    BIOPSY = "biopsy"
    MRI = "mri"
    AUTOPSY = "autopsy"
    NONE = "none"


class FetalFindings(Wire):
    """Details of the fetus or newborn of a past pregnancy, beside its complications. What is left out is unknown."""

    fnait_confirmed: bool | None = Field(
        None,
        description="Whether alloimmune thrombocytopenia (FNAIT) was confirmed in the laboratory; false: suspected only.",
    )
    lowest_platelets: Exact | None = Field(
        None,
        ge=0,
        le=1000,
        description="Lowest platelet count of that child, 10*9/L. For the reader; no rule decides by it.",
        examples=[12],
    )
    intracranial_haemorrhage: IntracranialHaemorrhage | None = Field(
        None, description="Intracranial haemorrhage of that child, and when. Absence is unknown, never none."
    )
    hydrops: bool | None = Field(None, description="Whether there was hydrops; false says that there was none.")
    hydrops_at: GestationalAge | None = Field(None, description="Gestation at which hydrops was first seen.")
    intrauterine_transfusion: bool | None = Field(
        None, description="Whether red cells were transfused in utero; false says that they were not."
    )
    intrauterine_transfusion_at: GestationalAge | None = Field(
        None, description="Gestation at the first intrauterine transfusion."
    )
    gald_proven_by: GaldProof | None = Field(
        None, description="What showed gestational alloimmune liver disease (GALD). Absence is unknown."
    )

    @model_validator(mode="after")
    def _happened(self) -> "FetalFindings":
        pairs = ((self.hydrops, self.hydrops_at), (self.intrauterine_transfusion, self.intrauterine_transfusion_at))
        if any(happened is False and at is not None for happened, at in pairs):
            raise ValueError("a gestation goes with something that happened")
        return self


class CorticosteroidResponse(StrEnum):
    ADEQUATE = "adequate"
    INADEQUATE = "inadequate"


class CorticosteroidTrial(Wire):
    """Corticosteroid for low platelets. What is left out is unknown; ``given`` false says that none was tried."""

    given: bool | None = Field(None, description="Whether a corticosteroid was given for the low platelets.")
    prednisone_mg_per_day: Exact | None = Field(
        None, gt=0, le=2000, description="Dose as prednisone, mg a day. For the reader; no rule decides by it."
    )
    days: Whole | None = Field(
        None, ge=1, le=400, description="Days of treatment so far. For the reader; no rule decides by it."
    )
    response: CorticosteroidResponse | None = Field(
        None, description="Platelet response, in the clinician's judgement."
    )
    harmed: bool | None = Field(None, description="Whether it caused harm that stands against going on.")
    contraindicated: bool | None = Field(None, description="Whether a corticosteroid is contraindicated.")

    @model_validator(mode="after")
    def _given(self) -> "CorticosteroidTrial":
        course = (self.prednisone_mg_per_day, self.days, self.response)
        if self.given is False and (self.harmed or any(item is not None for item in course)):
            raise ValueError("dose, days, response and harm go with a corticosteroid that was given")
        return self
