"""Calculators: one route each. Figures are computed by one library function; classifications run the rules of the rule set."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.clinical.calculation import Calculation, Classification
from app.clinical.calculator_shapes import (
    AcrEularRequest,
    AgapssRequest,
    AspirinRiskRequest,
    CkdEpiRequest,
    CockcroftGaultRequest,
    CreatinineUnitsRequest,
    GestationalAgeRequest,
    HellpRequest,
    PreeclampsiaRequest,
    SydneyRequest,
)
from app.services import calculate
from app.services.assess import Explain
from app.web.calculators import calculated, classified, operation
from app.web.context import context_of
from app.web.problems import responses
from app.web.shapes import CalculatorList, CalculatorShape

router = APIRouter(tags=["calculators"])
ExplainParameter = Annotated[
    Explain, Query(description="How much of each condition tree the criteria carry in `because`.", examples=["short"])
]


@router.get("/v1/calculators", summary="Calculators", operation_id="list_calculators", responses=responses(503))
async def list_calculators(request: Request) -> CalculatorList:
    """Every calculator with its formula in words, where it holds, its limits and the statements behind it."""
    rules = context_of(request).rules
    items = [CalculatorShape.of(item, rules) for item in rules.knowledge.calculators]
    return CalculatorList(rule_set=rules.version, items=items)


@router.post(**operation("ckd-epi-2021", CkdEpiRequest, Calculation), summary="Estimated GFR (CKD-EPI 2021)")
async def ckd_epi_2021(request: Request) -> Response:
    """mL/min/1.73 m2 from creatinine, for adults. Refused in pregnancy - report creatinine instead - and when pregnancy is not known."""
    return await calculated(request, CkdEpiRequest, calculate.ckd_epi)


@router.post(**operation("cockcroft-gault", CockcroftGaultRequest, Calculation), summary="Creatinine clearance")
async def cockcroft_gault(request: Request) -> Response:
    """Cockcroft-Gault, mL/min, naming the weight used. Refused in pregnancy and when pregnancy is not known."""
    return await calculated(request, CockcroftGaultRequest, calculate.creatinine_clearance)


@router.post(**operation("creatinine-units", CreatinineUnitsRequest, Calculation), summary="Creatinine units")
async def creatinine_units(request: Request) -> Response:
    """Serum creatinine from mg/dL to umol/L or back. Values that look like a unit error are refused; no other unit converts."""
    return await calculated(request, CreatinineUnitsRequest, calculate.creatinine_units)


@router.post(**operation("gestational-age", GestationalAgeRequest, Calculation), summary="Gestational age and due date")
async def gestational_age(request: Request) -> Response:
    """From the last menstrual period, a scan or an embryo transfer. Half-known dates and weeks give intervals."""
    today = context_of(request).today()
    return await calculated(request, GestationalAgeRequest, partial(calculate.gestational_age, today=today))


@router.post(**operation("sydney", SydneyRequest, Classification), summary="Antiphospholipid syndrome, Sydney 2006")
async def sydney(request: Request, explain: ExplainParameter = "short") -> Response:
    """The clinical, laboratory and timing criteria over the sections sent; what is not known keeps the answer open."""
    return await classified(request, "sydney", SydneyRequest, explain)


@router.post(
    **operation("acr-eular-2023", AcrEularRequest, Classification), summary="Antiphospholipid syndrome, ACR/EULAR 2023"
)
async def acr_eular_2023(request: Request, explain: ExplainParameter = "short") -> Response:
    """Entry criterion, clinical and laboratory points as intervals, and the classification."""
    return await classified(request, "acr-eular-2023", AcrEularRequest, explain)


@router.post(**operation("agapss", AgapssRequest, Classification), summary="aGAPSS and GAPSS")
async def agapss(request: Request, explain: ExplainParameter = "short") -> Response:
    """Points as intervals; unknown items contribute 0 to their weight. Descriptive, without a treatment threshold."""
    return await classified(request, "agapss", AgapssRequest, explain)


@router.post(
    **operation("preeclampsia", PreeclampsiaRequest, Classification), summary="Preeclampsia by ACOG, ISSHP and NICE"
)
async def preeclampsia(request: Request, explain: ExplainParameter = "short") -> Response:
    """Each issuer's definition side by side, with hypertension, proteinuria, organ findings and ACOG severe features."""
    return await classified(request, "preeclampsia", PreeclampsiaRequest, explain)


@router.post(**operation("hellp", HellpRequest, Classification), summary="HELLP by its printed sets")
async def hellp(request: Request, explain: ExplainParameter = "short") -> Response:
    """Tennessee, Sibai, Mississippi classes, Martin and ACOG side by side; the sets differ."""
    return await classified(request, "hellp", HellpRequest, explain)


@router.post(
    **operation("aspirin-risk", AspirinRiskRequest, Classification), summary="Aspirin to prevent preeclampsia, by risk"
)
async def aspirin_risk(request: Request, explain: ExplainParameter = "short") -> Response:
    """USPSTF, ACOG and NICE risk factors side by side; unknown factors keep an answer open unless the known suffice."""
    return await classified(request, "aspirin-risk", AspirinRiskRequest, explain)
