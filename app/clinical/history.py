"""PatientHistory: everything a sender may say about one patient. All of it is optional; what is absent is unknown."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from app.clinical.scalars import Day, Wire, count_interval, partial_date_bounds
from app.clinical.sections import (
    Allergy,
    AntiphospholipidTest,
    BloodPressure,
    Condition,
    CurrentPregnancy,
    EmbryoTransfer,
    Immunisation,
    Investigation,
    Laboratory,
    LossSummary,
    Medication,
    Patient,
    PlannedIvig,
    Plans,
    Postpartum,
    Pregnancy,
    PregnancyOutcome,
    PregnancyStatus,
    PreviousIvig,
    Sex,
    ThromboticEvent,
)

JURISDICTION = r"^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$"
MEMBERS = 200


class Indication(StrEnum):
    RECURRENT_PREGNANCY_LOSS = "recurrent_pregnancy_loss"
    ANTIPHOSPHOLIPID_SYNDROME = "antiphospholipid_syndrome"
    RECURRENT_IMPLANTATION_FAILURE = "recurrent_implantation_failure"
    PREECLAMPSIA = "preeclampsia"


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


LOSSES = frozenset(
    {
        PregnancyOutcome.BIOCHEMICAL,
        PregnancyOutcome.NON_VISUALISED,
        PregnancyOutcome.MISCARRIAGE,
        PregnancyOutcome.FETAL_DEATH,
        PregnancyOutcome.LOSS_UNSPECIFIED,
    }
)


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
        None, max_length=10, description="Only these indications; all if left out."
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

    @model_validator(mode="after")
    def _status_agrees(self) -> Self:
        implied = {PregnancyStatus.PREGNANT} if self.current_pregnancy else set()
        implied |= {PregnancyStatus.POSTPARTUM} if self.postpartum else set()
        if self.pregnancy_status:
            implied.add(self.pregnancy_status)
        if len(implied) > 1:
            raise ValueError("inconsistent: pregnancy_status, current_pregnancy and postpartum disagree")
        if self.patient.sex is Sex.MALE and (implied or self.pregnancies):
            raise ValueError("inconsistent: patient.sex is male and a pregnancy is given")
        return self

    @model_validator(mode="after")
    def _one_age(self) -> Self:
        if self.patient.birth_date is not None and self.patient.age_years is not None:
            raise ValueError("inconsistent: give patient.birth_date or patient.age_years, not both")
        return self

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if self.loss_summary is None or self.pregnancies is None:
            return self
        listed = sum(item.outcome in LOSSES for item in self.pregnancies)
        live = sum(item.outcome is PregnancyOutcome.LIVE_BIRTH for item in self.pregnancies)
        for counted, stated in ((listed, self.loss_summary.losses), (live, self.loss_summary.live_births)):
            high = count_interval(stated).high if stated is not None else None
            if high is not None and counted > high:
                raise ValueError("inconsistent: loss_summary counts fewer than pregnancies lists")
        return self

    def check_dates(self, today: date) -> None:
        """Raise ValueError when a past event lies after the date of assessment, or that date in the future."""
        horizon = self.as_of or today
        if horizon > today + timedelta(days=1):
            raise ValueError("as_of lies in the future")
        for stated in self._past_dates():
            if partial_date_bounds(stated)[0] > horizon:
                raise ValueError("a past event is dated after as_of")

    def _past_dates(self) -> list[str]:
        dated: list[str | date | None] = [item.ended_on for item in self.pregnancies or ()]
        lists = (self.embryo_transfers, self.antiphospholipid_tests, self.thrombotic_events, self.laboratory)
        dated += [item.on for entries in lists for item in entries or ()]
        others = (self.vitals, self.conditions, self.investigations, self.previous_ivig)
        dated += [item.on for entries in others for item in entries or ()]
        dated += [item.on for item in self.immunisations or () if not item.planned]
        dated += [self.patient.birth_date]
        return [str(item) for item in dated if item is not None]
