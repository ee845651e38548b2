"""What a sender may say about results: antiphospholipid antibodies, laboratory, blood pressure, investigations."""

from enum import StrEnum

from pydantic import Field

from app.clinical.scalars import Code, Day, Exact, GestationalAge, PartialDate, Whole, Wire


class Finding(StrEnum):
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    NOT_EXAMINED = "not_examined"


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


class Investigation(Wire):
    """A search for a cause: what was looked at, and what it showed."""

    code: Code = Field(description="Investigation id, listed at GET /v1/facts.", examples=["uterine_anatomy"])
    result: Finding
    on: PartialDate | None = None
