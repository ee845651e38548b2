"""Codes are data: which parts of the vocabulary an EHR's codes reach, and that no uncertain code is carried."""

import pytest

from app.authoring.bundle import decode
from app.clinical.catalogue import entries
from app.clinical.knowledge import Knowledge
from app.clinical.obstetric_sections import PregnancyOutcome
from app.clinical.result_sections import AplAssay
from app.fhir.terminology import canonical_system, code_key
from tests.fhir.charts import HCPCS, ICD, LOINC, RXNORM, SNOMED

WITHOUT_CODES = {
    "laboratory": {
        "urea", "blood_viscosity", "urine_albumin_creatinine_ratio", "blood_smear", "anti_iga", "anti_hbc",
        "rubella_igg", "measles_igg", "igg_trough", "varicella_igg", "nk_cells", "nk_cytotoxicity", "th1_th2_ratio",
    },
    "medications": {
        "methotrexate_over_15_mg", "qt_prolonging", "glucose_lowering", "immunoglobulin_replacement", "oestrogen",
        "loop_diuretic", "nephrotoxic",
    },
    "allergies": {"pork", "magnesium", "soya", "peanut", "corn"},
    "investigations": {
        "chronic_endometritis", "loss_karyotypes", "thyroid_function", "parental_karyotypes",
    },
    "immunisations": {"inactivated"},
}  # fmt: skip
"""No code of these is verified or likely: an EHR's resources do not reach them, and they are asked for."""


def reached(terms, section):
    found = {term.target.removeprefix(f"{section}/").partition(".")[0] for term in terms.terms
             if term.target.startswith(f"{section}/")}  # fmt: skip
    return found | {term.past.partition("/")[2] for term in terms.terms if term.past and section == "conditions"}


@pytest.mark.parametrize("section", sorted(WITHOUT_CODES))
def test_what_codes_reach_and_what_they_do_not(terms, section):
    vocabulary = {entry.code for entry in entries() if entry.section == section}
    assert vocabulary - reached(terms, section) == WITHOUT_CODES[section]
    assert reached(terms, section) <= vocabulary


def test_every_code_that_the_catalogue_carries_is_read(terms):
    """The reader and GET /v1/facts name the same codes: conditions and medications, allergies and tests."""
    carried = {
        (entry.section.value, entry.code, coding.system, coding.code) for entry in entries() for coding in entry.codes
    }
    targets = {(key, term.target) for key, found in terms.by_code.items() for term in found}
    lacking = {item for item in carried if (code_key(item[2], item[3]), f"{item[0]}/{item[1]}") not in targets}
    assert lacking == set()


def test_conditions_that_codes_reach_are_many_and_all_known(terms):
    vocabulary = {entry.code for entry in entries() if entry.section == "conditions"}
    found = reached(terms, "conditions")
    assert found <= vocabulary
    assert {
        "iga_deficiency",
        "systemic_lupus_erythematosus",
        "previous_thrombosis",
        "heart_failure",
        "donor_oocytes",
    } <= found


def test_every_assay_but_one_and_every_kind_of_coded_loss_has_codes(terms):
    assays = {
        term.target.partition("/")[2] for term in terms.terms if term.target.startswith("antiphospholipid_tests/")
    }
    assert {item.value for item in AplAssay} - assays == {
        "anti_beta2_glycoprotein_i_iga", "anti_phosphatidylserine_prothrombin"
    }  # fmt: skip
    outcomes = {term.target.partition("/")[2] for term in terms.terms if term.target.startswith("pregnancies/")}
    assert outcomes == {"miscarriage", "ectopic", "molar", "fetal_death"}
    assert outcomes <= {item.value for item in PregnancyOutcome}


@pytest.mark.parametrize(
    "code",
    ["16136-4", "21668-9", "74756-8", "42189-1", "H02AB07", "L04AB05", "C08CA05", "C02AB01", "C10AA03", "B05BA02"],
)
def test_uncertain_codes_are_not_carried(terms, code):
    assert not [key for key in terms.by_code if key.code == code]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("urn:oid:2.16.840.1.113883.6.96", SNOMED),
        ("http://snomed.info/sct/", SNOMED),
        ("http://snomed.info/sct|20250301", SNOMED),
        ("urn:oid:2.16.840.1.113883.6.1", LOINC),
        ("https://loinc.org", LOINC),
        ("urn:oid:2.16.840.1.113883.6.90", ICD),
        ("urn:oid:2.16.840.1.113883.6.88", RXNORM),
        ("urn:oid:2.16.840.1.113883.6.285", HCPCS),
        ("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", HCPCS),
    ],
)
def test_a_code_system_has_one_name(written, plain):
    assert canonical_system(written) == canonical_system(plain)


@pytest.mark.parametrize(
    ("written", "plain"), [("O039", "O03.9"), ("o03.9", "O03.9"), (" N96 ", "N96"), ("O364XX0", "O36.4XX0")]
)
def test_a_diagnosis_code_may_lack_its_dot(written, plain):
    assert code_key(ICD, written) == code_key(ICD, plain)


def test_a_document_from_before_the_terminology_is_still_read(rules):
    older = {name: value for name, value in rules.document.items() if name != "terminology"}
    assert isinstance(decode(older), Knowledge)
    assert decode(older).terminology == ()
    assert len(decode(rules.document).terminology) == len(rules.knowledge.terminology) > 200
