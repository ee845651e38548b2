"""Calculators of body size, dose, rate, duration and vaccine interval: one route each."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.clinical.calculation import Calculation
from app.clinical.dose_shapes import (
    BmiRequest,
    DoseVolumeRequest,
    DosingWeightRequest,
    IdealWeightRequest,
    RateConversionRequest,
    TotalDurationRequest,
    VaccineIntervalRequest,
)
from app.services import calculate_body, calculate_dose
from app.web.calculators import calculated, operation

router = APIRouter(tags=["calculators"])


@router.post(**operation("bmi", BmiRequest, Calculation), summary="Body mass index")
async def bmi(request: Request) -> Response:
    """kg/m2, naming the weight: the weight before pregnancy gives the obesity class."""
    return await calculated(request, BmiRequest, calculate_body.bmi)


@router.post(**operation("ideal-weight", IdealWeightRequest, Calculation), summary="Ideal body weight (Devine)")
async def ideal_weight(request: Request) -> Response:
    """kg, for adults of 152 cm or more."""
    return await calculated(request, IdealWeightRequest, calculate_body.ideal_weight)


@router.post(**operation("dosing-weight", DosingWeightRequest, Calculation), summary="Dosing (adjusted) body weight")
async def dosing_weight(request: Request) -> Response:
    """kg, with the factor and its source; the actual weight where adjusted weight is excluded, as in pregnancy."""
    return await calculated(request, DosingWeightRequest, calculate_body.adjusted_weight)


@router.post(**operation("dose-volume", DoseVolumeRequest, Calculation), summary="Dose and volume")
async def dose_volume(request: Request) -> Response:
    """G and mL, exact, and in whole vials by the rule named where vial sizes are given."""
    return await calculated(request, DoseVolumeRequest, calculate_dose.dose_volume)


@router.post(**operation("rate-conversion", RateConversionRequest, Calculation), summary="Infusion rate in other units")
async def rate_conversion(request: Request) -> Response:
    """mg/kg/min, mL/kg/min, mL/kg/h, and mL/h for the pump. Arithmetic only: a rate comes from the label of the very product."""
    return await calculated(request, RateConversionRequest, calculate_dose.rate_conversion)


@router.post(
    **operation("total-duration", TotalDurationRequest, Calculation), summary="Duration of an infusion in steps"
)
async def total_duration(request: Request) -> Response:
    """Minutes, from the steps and the final rate of the label that the sender names."""
    return await calculated(request, TotalDurationRequest, calculate_dose.total_duration)


@router.post(
    **operation("vaccine-interval", VaccineIntervalRequest, Calculation), summary="Live vaccines after immunoglobulin"
)
async def vaccine_interval(request: Request) -> Response:
    """Months from the last infusion to a measles- or varicella-containing vaccine, and the day where the last infusion is known."""
    return await calculated(request, VaccineIntervalRequest, calculate_dose.live_vaccine_interval)
