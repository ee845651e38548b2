"""All laboratory tests that a history may hold: units, exact conversions, plausible ranges, codes.

The ranges are working limits that catch a wrong unit or a slipped decimal; they say nothing about disease.
Creatinine: CLINICAL_DECISIONS 0.2 (mg/dL x 88.42 = umol/L; refused outside 0.2-20 mg/dL, 18-1768 umol/L).
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.clinical.catalogue import Coding
from app.clinical.laboratory_scales import LabTest, Scale

LOINC = "http://loinc.org"
CREATININE = Fraction("88.42")  # umol/L in one mg/dL
URINE_RATIO = Fraction(113)  # mg/mmol in one mg/mg
KATAL = Fraction(60)  # U/L in one ukat/L


def _scale(
    fact: str, unit: str, lowest: str, highest: str, others: Mapping[str, Fraction | int] | None = None
) -> Scale:
    per = {unit: Fraction(1)} | {other: Fraction(factor) for other, factor in (others or {}).items()}
    return Scale(fact, unit, Decimal(lowest), Decimal(highest), per)


def _loinc(*coded: tuple[str, str]) -> tuple[Coding, ...]:
    return tuple(Coding(LOINC, code, display) for code, display in coded)


def _enzyme(code: str, title: str, lowest: str, highest: str, *coded: tuple[str, str]) -> LabTest:
    scale = _scale(f"lab.{code}", "U/L", lowest, highest, {"[IU]/L": 1, "ukat/L": KATAL})
    question = f"What is the latest {title}, with the laboratory's upper limit of normal?"
    return LabTest(code, title, question, (scale,), codes=_loinc(*coded))


def _urine_ratio(code: str, name: str, title: str, *coded: tuple[str, str]) -> LabTest:
    per_mmol = _scale(
        f"lab.{name}_mg_mmol",
        "mg/mmol",
        "0",
        "5650",
        {"g/mol": 1, "mg/mg": URINE_RATIO, "g/g": URINE_RATIO, "mg/g": URINE_RATIO / 1000},
    )
    per_mg = _scale(
        f"lab.{name}_mg_mg",
        "mg/mg",
        "0",
        "50",
        {"g/g": 1, "mg/g": Fraction(1, 1000), "mg/mmol": 1 / URINE_RATIO, "g/mol": 1 / URINE_RATIO},
    )
    return LabTest(code, title, f"What is the latest {title}?", (per_mmol, per_mg), codes=_loinc(*coded))


def _finding(
    code: str,
    title: str,
    question: str,
    finding: Literal["positive", "abnormal"],
    *coded: tuple[str, str],
    scales: tuple[Scale, ...] = (),
) -> LabTest:
    return LabTest(code, title, question, scales, finding, _loinc(*coded))


_ALL = (
    LabTest(
        "platelets",
        "platelet count",
        "What is the latest platelet count?",
        (_scale("lab.platelets", "10*9/L", "1", "3000", {"10*3/uL": 1, "/uL": Fraction(1, 1000)}),),
        codes=_loinc(
            ("777-3", "Platelets [#/volume] in Blood by Automated count"), ("26515-7", "Platelets [#/volume] in Blood")
        ),
    ),
    LabTest(
        "creatinine",
        "serum creatinine",
        "What is the latest serum creatinine, with its unit?",
        (
            _scale("lab.creatinine_umol_l", "umol/L", "18", "1768", {"mg/dL": CREATININE}),
            _scale("lab.creatinine_mg_dl", "mg/dL", "0.2", "20", {"umol/L": 1 / CREATININE}),
        ),
        codes=_loinc(
            ("14682-9", "Creatinine [Moles/volume] in Serum or Plasma"),
            ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
        ),
    ),
    _enzyme(
        "ast",
        "aspartate aminotransferase (AST)",
        "1",
        "30000",
        ("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma"),
    ),
    _enzyme(
        "alt",
        "alanine aminotransferase (ALT)",
        "1",
        "30000",
        ("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma"),
    ),
    _enzyme(
        "ldh",
        "lactate dehydrogenase (LDH)",
        "10",
        "50000",
        ("2532-0", "Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma"),
    ),
    LabTest(
        "bilirubin",
        "total bilirubin",
        "What is the latest total bilirubin, with its unit?",
        # No conversion factor is in the evidence, so each printed unit is read for itself.
        (_scale("lab.bilirubin_mg_dl", "mg/dL", "0", "60"), _scale("lab.bilirubin_umol_l", "umol/L", "0", "1000")),
        codes=_loinc(("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma")),
    ),
    LabTest(
        "haemoglobin",
        "haemoglobin",
        "What is the latest haemoglobin, with its unit?",
        (_scale("lab.haemoglobin", "g/L", "15", "300", {"g/dL": 10}),),
        codes=_loinc(("718-7", "Hemoglobin [Mass/volume] in Blood")),
    ),
    LabTest(
        "haptoglobin",
        "haptoglobin",
        "What is the latest haptoglobin, with its unit?",
        (_scale("lab.haptoglobin", "g/L", "0", "10", {"mg/dL": Fraction(1, 100)}),),
        codes=_loinc(("4542-7", "Haptoglobin [Mass/volume] in Serum or Plasma")),
    ),
    LabTest(
        "urea_nitrogen",
        "blood urea nitrogen (BUN)",
        "What is the latest blood urea nitrogen (BUN)?",
        (_scale("lab.urea_nitrogen_mg_dl", "mg/dL", "0", "300"),),
        codes=_loinc(("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma")),
    ),
    LabTest("urea", "serum urea", "What is the latest serum urea?", (_scale("lab.urea_mmol_l", "mmol/L", "0", "120"),)),
    LabTest(
        "sodium",
        "serum sodium",
        "What is the latest serum sodium?",
        (_scale("lab.sodium", "mmol/L", "90", "200", {"meq/L": 1}),),
        codes=_loinc(("2951-2", "Sodium [Moles/volume] in Serum or Plasma")),
    ),
    LabTest(
        "iga",
        "immunoglobulin A (IgA)",
        "What is her IgA, measured quantitatively, with its unit?",
        # Above 6 g/L a value in mg/dL sent as g/L is the likelier reading, and it would hide a deficiency.
        (
            _scale(
                "lab.iga_mg_dl", "mg/dL", "0", "600", {"g/L": 100, "mg/L": Fraction(1, 10), "ug/mL": Fraction(1, 10)}
            ),
        ),
        codes=_loinc(("2458-8", "IgA [Mass/volume] in Serum or Plasma")),
    ),
    LabTest(
        "igg",
        "immunoglobulin G (IgG)",
        "What is her IgG, with its unit?",
        (_scale("lab.igg_g_l", "g/L", "0", "100", {"mg/dL": Fraction(1, 100)}),),
        codes=_loinc(("2465-3", "IgG [Mass/volume] in Serum or Plasma")),
    ),
    LabTest(
        "blood_viscosity",
        "blood viscosity",
        "Was blood viscosity measured, and what was it?",
        (_scale("lab.blood_viscosity", "mPa.s", "0.5", "100", {"cP": 1}),),
    ),
    LabTest(
        "tsh",
        "thyroid-stimulating hormone (TSH)",
        "What is the latest TSH?",
        (_scale("lab.tsh", "m[IU]/L", "0", "500", {"u[IU]/mL": 1}),),
        codes=_loinc(("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma")),
    ),
    LabTest(
        "sflt1_plgf_ratio",
        "sFlt-1/PlGF ratio",
        "If an sFlt-1/PlGF ratio was measured: what was it, and with which assay?",
        (_scale("lab.sflt1_plgf_ratio", "{ratio}", "0", "10000", {"1": 1}),),
        codes=_loinc(("74757-6", "Soluble fms-like tyrosine kinase-1/Placental growth factor [Ratio] in Serum")),
    ),
    _urine_ratio(
        "urine_protein_creatinine_ratio",
        "urine_pcr",
        "urine protein:creatinine ratio",
        ("2890-2", "Protein/Creatinine [Mass Ratio] in Urine"),
    ),
    _urine_ratio("urine_albumin_creatinine_ratio", "urine_acr", "urine albumin:creatinine ratio"),
    LabTest(
        "urine_protein_24h",
        "protein in a 24-hour urine collection",
        "How much protein did a 24-hour urine collection hold?",
        (_scale("lab.urine_protein_24h_mg", "mg/(24.h)", "0", "60000", {"mg/d": 1, "g/(24.h)": 1000, "g/d": 1000}),),
        codes=_loinc(("2889-4", "Protein [Mass/time] in 24 hour Urine")),
    ),
    LabTest(
        "urine_protein_dipstick",
        "urine protein by dipstick",
        "What does the urine dipstick show for protein (0, trace 0.5, 1+ to 4+)?",
        (
            _scale("lab.urine_dipstick_plus", "{plus}", "0", "4"),
            _scale("lab.urine_dipstick_g_l", "g/L", "0", "100", {"mg/dL": Fraction(1, 100)}),
        ),
        "positive",
        _loinc(("5804-0", "Protein [Mass/volume] in Urine by Test strip")),
    ),
    _finding(
        "blood_smear",
        "fragmented red cells (schistocytes) on a blood smear",
        "Does a blood smear show fragmented red cells (schistocytes)?",
        "abnormal",
    ),
    _finding(
        "direct_antiglobulin_test",
        "direct antiglobulin test",
        "Is the direct antiglobulin test positive?",
        "positive",
        ("1007-4", "Direct antiglobulin test.poly specific reagent [Presence] on Red Blood Cells"),
    ),
    _finding(
        "red_cell_antibody_screen",
        "red-cell antibody screen",
        "Is the red-cell antibody screen positive?",
        "positive",
        ("890-4", "Blood group antibody screen [Presence] in Serum or Plasma"),
    ),
    _finding("anti_iga", "antibodies against IgA", "Does she have antibodies against IgA?", "positive"),
    _finding(
        "hbsag",
        "hepatitis B surface antigen (HBsAg)",
        "Is HBsAg positive?",
        "positive",
        ("5196-1", "Hepatitis B virus surface Ag [Presence] in Serum or Plasma by Immunoassay"),
    ),
    _finding("anti_hbc", "hepatitis B core antibody (anti-HBc)", "Is anti-HBc positive?", "positive"),
    _finding("rubella_igg", "rubella IgG", "Is rubella IgG positive (immune)?", "positive"),
    _finding(
        "measles_igg",
        "measles IgG",
        "Is measles IgG positive (immune)?",
        "positive",
    ),
    LabTest(
        "igg_trough",
        "immunoglobulin G (IgG) trough, just before a replacement dose",
        "What is the latest IgG trough, just before a dose, with its unit?",
        (_scale("lab.igg_trough_g_l", "g/L", "0", "100", {"mg/dL": Fraction(1, 100)}),),
    ),
    _finding("varicella_igg", "varicella IgG", "Is varicella IgG positive (immune)?", "positive"),
    _finding(
        "tpo_antibodies",
        "thyroid peroxidase (TPO) antibodies",
        "Are thyroid peroxidase antibodies positive?",
        "positive",
        ("8099-4", "Thyroperoxidase Ab [Units/volume] in Serum or Plasma"),
        scales=(_scale("lab.tpo_antibodies", "k[IU]/L", "0", "100000", {"[IU]/mL": 1}),),
    ),
    _finding(
        "nk_cells",
        "natural killer (NK) cells in blood",
        "If NK cells were measured: does the laboratory call the result abnormal?",
        "abnormal",
        scales=(_scale("lab.nk_cells_percent", "%", "0", "100"),),
    ),
    _finding(
        "nk_cytotoxicity",
        "natural killer (NK) cell cytotoxicity",
        "If NK cytotoxicity was measured: does the laboratory call the result abnormal?",
        "abnormal",
        scales=(_scale("lab.nk_cytotoxicity_percent", "%", "0", "100"),),
    ),
    _finding(
        "th1_th2_ratio",
        "Th1/Th2 cytokine ratio",
        "If a Th1/Th2 ratio was measured: does the laboratory call the result abnormal?",
        "abnormal",
        scales=(_scale("lab.th1_th2_ratio", "{ratio}", "0", "1000", {"1": 1}),),
    ),
)

TESTS: Mapping[str, LabTest] = {test.code: test for test in _ALL}
