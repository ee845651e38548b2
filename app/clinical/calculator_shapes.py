"""What calculators are asked: figures with their units, exact or within bounds, and parts of a patient history.

The bounds here keep numbers finite; where a formula holds is data (app/knowledge/calculators.yaml), refused with its reason.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, create_model, model_validator

from app.clinical.gestation import EMBRYO_DAYS
from app.clinical.history import PatientHistory
from app.clinical.obstetric_sections import PregnancyStatus
from app.clinical.scalars import Day, Exact, GestationalAge, PartialDate, Whole, Wire
from app.clinical.sections import Sex
from app.logic.values import Interval


class AmountRange(Wire):
    """A number known only within bounds, both included."""

    minimum: Annotated[Exact, Field(gt=0, le=100_000)]
    maximum: Annotated[Exact, Field(gt=0, le=100_000)]

    @model_validator(mode="after")
    def _ordered(self) -> "AmountRange":
        if self.maximum < self.minimum:
            raise ValueError("maximum is below minimum")
        return self


class YearRange(Wire):
    """An age known only within bounds, both included."""

    minimum: Whole = Field(ge=0, le=120)
    maximum: Whole = Field(ge=0, le=120)

    @model_validator(mode="after")
    def _ordered(self) -> "YearRange":
        if self.maximum < self.minimum:
            raise ValueError("maximum is below minimum")
        return self


Amount = Annotated[Exact, Field(gt=0, le=100_000)] | AmountRange
Years = Annotated[Whole, Field(ge=0, le=120)] | YearRange
CreatinineUnit = Literal["mg/dL", "umol/L"]


def interval(amount: Decimal | int | AmountRange | YearRange) -> Interval:
    """The closed interval that an amount stands for."""
    if isinstance(amount, AmountRange | YearRange):
        return Interval(amount.minimum, amount.maximum)
    return Interval(amount, amount)


class Creatinine(Wire):
    """Serum creatinine with its unit."""

    value: Amount = Field(description="The number in `unit`, or its bounds.", examples=[0.62])
    unit: CreatinineUnit = Field(description="Arbitrary units and all other units are refused.", examples=["mg/dL"])


class KidneyInput(Wire):
    """What both kidney formulas read."""

    sex: Sex | None = Field(
        None, description="Sex in the formula; left out: both are computed and bound the answer.", examples=["female"]
    )
    age_years: Years = Field(description="Completed years, or their bounds.", examples=[32])
    creatinine: Creatinine
    creatinine_stable: bool | None = Field(
        None, description="Whether creatinine is stable; left out, the answer says that it holds only if it is."
    )
    pregnancy_status: PregnancyStatus | None = Field(
        None,
        description="Needed unless sex is male: the formula does not hold in pregnancy, and not known is not `not_pregnant`.",
        examples=["not_pregnant"],
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.sex is Sex.MALE and self.pregnancy_status not in {None, PregnancyStatus.NOT_PREGNANT}:
            raise ValueError("sex is male and pregnancy_status is not not_pregnant")
        return self


class CkdEpiRequest(KidneyInput):
    """Estimated glomerular filtration rate, CKD-EPI 2021, from creatinine."""


class CockcroftGaultRequest(KidneyInput):
    """Creatinine clearance, Cockcroft-Gault."""

    weight_kg: Amount = Field(description="Body weight, kg, or its bounds.", examples=[68])
    weight_basis: Literal["actual", "ideal", "adjusted"] = Field(
        description="Which weight it is; it is named in the answer.", examples=["actual"]
    )


class CreatinineUnitsRequest(Wire):
    """Serum creatinine in the other unit."""

    creatinine: Creatinine


class Scan(Wire):
    """A dating scan."""

    on: PartialDate = Field(description="Date of the scan.", examples=["2026-09-16"])
    gestational_age: GestationalAge = Field(description="Gestation that the scan found.")


def _embryo_day(value: int) -> int:
    if value not in EMBRYO_DAYS:
        raise ValueError("expected 3, 5 or 6")
    return value


class Transfer(Wire):
    """An embryo transfer."""

    on: PartialDate = Field(description="Date of the transfer.", examples=["2026-09-16"])
    embryo_day: Annotated[Whole, AfterValidator(_embryo_day)] | None = Field(
        None,
        description="Age of the embryo at transfer, days: 3, 5 or 6; left out, all three bound the answer.",
        examples=[5],
        json_schema_extra={"enum": [*EMBRYO_DAYS, None]},
    )


class GestationalAgeRequest(Wire):
    """Gestational age and due date, by one method."""

    as_of: Day | None = Field(
        None, description="Day to compute the gestation for; today (UTC) if left out.", examples=["2026-11-25"]
    )
    lmp_on: PartialDate | None = Field(None, description="First day of the last menstrual period.")
    scan: Scan | None = None
    transfer: Transfer | None = None

    @model_validator(mode="after")
    def _one_method(self) -> "GestationalAgeRequest":
        if sum(item is not None for item in (self.lmp_on, self.scan, self.transfer)) != 1:
            raise ValueError(
                "give exactly one of lmp_on, scan and transfer: which of them dates a pregnancy is a clinical decision"
            )
        return self


def _part(name: str, about: str, *sections: str) -> type[Wire]:
    """A request of the named sections of a patient history, exactly as an assessment takes them."""
    known = PatientHistory.model_fields
    fields: dict[str, Any] = {
        field: (known[field].annotation, known[field]) for field in ("as_of", "complete_sections", *sections)
    }
    return create_model(name, __base__=Wire, __doc__=about, **fields)


_NOW = ("pregnancy_status", "current_pregnancy", "postpartum")
_PAST = ("pregnancies", "loss_summary")
_APS = (*_PAST, "antiphospholipid_tests", "thrombotic_events", "laboratory", "conditions")

SydneyRequest = _part("SydneyRequest", "What the Sydney 2006 criteria read.", *_APS, "investigations")
AcrEularRequest = _part("AcrEularRequest", "What the ACR/EULAR 2023 criteria read.", *_APS)
AgapssRequest = _part("AgapssRequest", "What aGAPSS and GAPSS read.", "antiphospholipid_tests", "conditions")
PreeclampsiaRequest = _part(
    "PreeclampsiaRequest", "What the definitions of preeclampsia read.", *_NOW, "vitals", "laboratory", "conditions"
)
HellpRequest = _part("HellpRequest", "What the HELLP sets read.", *_NOW, "laboratory", "conditions")
AspirinRiskRequest = _part(
    "AspirinRiskRequest", "What the risk lists for aspirin read.", "patient", *_NOW, "plans", *_PAST, "conditions"
)

REQUESTS: tuple[type[Wire], ...] = (
    CkdEpiRequest,
    CockcroftGaultRequest,
    CreatinineUnitsRequest,
    GestationalAgeRequest,
    SydneyRequest,
    AcrEularRequest,
    AgapssRequest,
    PreeclampsiaRequest,
    HellpRequest,
    AspirinRiskRequest,
)
"""What each calculator reads, for the documentation of the API."""
