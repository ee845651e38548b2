"""A native history written as FHIR, as far as R4 resources and verified codes carry it."""

from typing import Any

from app.clinical.terms import Term
from tests.fhir.charts import HER, LOINC, SNOMED, bundle, concept, condition, observation, patient, quantity

LOCAL = "urn:example:site"
LOSSES = {"miscarriage": "17369002", "fetal_death": "237364002", "ectopic": "34801009"}
ASSAYS = {"lupus_anticoagulant": "3281-3", "anticardiolipin_igg": "3181-5", "anti_beta2_glycoprotein_i_igg": "44448-9"}
INVESTIGATIONS = ("uterine_anatomy", "thyroid_function", "parental_karyotypes")
AS_OF = "2026-11-25"


def site_terms() -> list[Term]:
    """What a site adds for findings that no published code of ours names."""
    return [
        Term(concept=code, target=f"investigations/{code}.{result}", system=LOCAL, code=f"{code}-{result}", display=code,
             confidence="verified")
        for code in INVESTIGATIONS for result in ("normal", "abnormal")
    ]  # fmt: skip


def carried(history: dict[str, Any]) -> dict[str, Any]:
    """What of a generated native history FHIR can say, with the dates that a chart would give."""
    found: dict[str, Any] = {
        "as_of": AS_OF,
        "patient": {"birth_date": f"{2026 - history['patient']['age_years']}-01-01"},
    }
    if history.get("jurisdiction"):
        found["jurisdiction"] = history["jurisdiction"]
    lost = [item["outcome"] for item in history.get("pregnancies", ()) if item["outcome"] in LOSSES]
    if lost:
        found["pregnancies"] = [
            {"outcome": name, "ended_on": f"{2015 + place}-05-0{place + 1}"} for place, name in enumerate(lost)
        ]
    if history.get("embryo_transfers"):
        found["embryo_transfers"] = [
            {"on": f"{2018 + place}-02-03"} for place, _ in enumerate(history["embryo_transfers"])
        ]
    tests = sorted(history.get("antiphospholipid_tests", ()), key=lambda item: item["on"])
    if tests:
        found["antiphospholipid_tests"] = tests
    if "current_pregnancy" in history and not lost:
        weeks = history["current_pregnancy"]["gestational_age"]["weeks"]
        found["current_pregnancy"] = {"gestational_age": {"weeks": weeks, "days": 0}}
    if history.get("investigations"):
        found["investigations"] = history["investigations"]
    if history.get("vitals"):
        found["vitals"] = history["vitals"]
    if history.get("previous_ivig"):
        found["previous_ivig"] = [{}]
        if history["previous_ivig"][0]["reaction"] == "anaphylaxis":
            found["allergies"] = [{"code": "immunoglobulin", "status": "present"}]
            found["conditions"] = [{"code": "immunoglobulin_anaphylaxis", "status": "present"}]
    return found


def written(history: dict[str, Any]) -> dict[str, Any]:
    """The same as a Bundle, one resource a fact."""
    made = [patient(birthDate=history["patient"]["birth_date"], gender="unknown")]
    for place, item in enumerate(history.get("pregnancies", ())):
        made.append(
            condition(
                f"l{place}", (SNOMED, LOSSES[item["outcome"]]), clinical="resolved", onsetDateTime=item["ended_on"]
            )
        )
    for place, item in enumerate(history.get("embryo_transfers", ())):
        made.append({"resourceType": "Procedure", "id": f"t{place}", "subject": HER, "status": "completed",
                     "code": concept((SNOMED, "75456002")), "performedDateTime": item["on"]})  # fmt: skip
    for place, item in enumerate(history.get("antiphospholipid_tests", ())):
        made.append(observation(f"a{place}", ASSAYS[item["assay"]], item["on"], valueString=item["result"]))
    if "current_pregnancy" in history:
        weeks = history["current_pregnancy"]["gestational_age"]["weeks"]
        made.append(observation("g", "18185-9", AS_OF, valueString=f"{weeks}w0d"))
    made += [
        condition(f"i{item['code']}", (LOCAL, f"{item['code']}-{item['result']}"))
        for item in history.get("investigations", ())
    ]
    for place, item in enumerate(history.get("vitals", ())):
        parts = [("8480-6", "systolic"), ("8462-4", "diastolic")]
        made.append(observation(f"v{place}", "85354-9", None, component=[
            {"code": concept((LOINC, code)), "valueQuantity": quantity(item[name], "mm[Hg]")} for code, name in parts
        ]))  # fmt: skip
    if "previous_ivig" in history:
        made.append({"resourceType": "MedicationStatement", "id": "p", "subject": HER, "status": "completed",
                     "medicationCodeableConcept": concept(("http://www.whocc.no/atc", "J06BA02"))})  # fmt: skip
    if "allergies" in history:
        made.append({
            "resourceType": "AllergyIntolerance", "id": "x", "patient": HER, "code": concept((SNOMED, "294633002")),
            "clinicalStatus": concept(("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")),
            "reaction": [{"manifestation": [concept((SNOMED, "39579001"))]}],
        })  # fmt: skip
    return bundle(*made)
